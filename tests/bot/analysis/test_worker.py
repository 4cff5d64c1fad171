"""What a worker process hears; here in the tests' own process."""

import io
import itertools
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from bot.analysis.result import LONG_SECONDS, Drawing, Hearing, Remark, Wishes
from bot.analysis.trial_recordings import trial_recording
from bot.analysis.worker import listen
from bot.views.style import Manner
from ser_core.audio import SAMPLE_RATE, decode, to_waveform
from ser_core.inference.analysis import analyse_waveform

LIMITS = (None, 25 * 2**20, 600.0)  # the default model, bytes, seconds
LONG = Wishes()
CLIPS = ("03-01-05-01-01-01-01.wav", "03-01-04-01-01-01-01.wav", "03-01-05-02-01-01-02.wav")
"""Angry, sad, angry; with silence around each they take more than eight seconds."""


def flac(waveform: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, waveform, SAMPLE_RATE, format="FLAC")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def long_note(corpora: Path) -> bytes:
    clips = [to_waveform(decode(corpora / "originals" / name)) for name in CLIPS]
    return flac(np.concatenate(clips))


@pytest.fixture(scope="module")
def heard(long_note: bytes) -> Hearing:
    return listen(long_note, *LIMITS, LONG)


def test_a_long_note_has_turns_from_its_beginning_to_its_end(heard: Hearing):
    assert heard.duration > LONG_SECONDS
    assert heard.turns[0].start == 0
    assert heard.turns[-1].end == pytest.approx(heard.duration)
    assert all(one.end == other.start for one, other in itertools.pairwise(heard.turns))
    spoken = [turn.ranked[0][0] for turn in heard.turns if turn.ranked]
    assert len(spoken) >= len(CLIPS)
    assert spoken[-1] == "angry"


def test_the_answer_for_all_of_a_long_note_is_the_mean_of_its_turns(heard: Hearing):
    spoken = [turn for turn in heard.turns if turn.ranked]
    seconds = sum(turn.end - turn.start for turn in spoken)
    for name, probability in heard.ranked:
        weighted = sum(dict(turn.ranked)[name] * (turn.end - turn.start) for turn in spoken)
        assert probability == pytest.approx(weighted / seconds)
    assert sum(probability for _, probability in heard.ranked) == pytest.approx(1.0)
    assert heard.speech_share == pytest.approx(seconds / heard.duration)


def test_a_long_note_has_a_picture_small_enough_for_a_chat(heard: Hearing):
    assert heard.picture is not None
    assert len(heard.picture) < 100_000
    with Image.open(io.BytesIO(heard.picture)) as picture:
        assert picture.format == "PNG"
        assert picture.width / picture.height == pytest.approx(4.0)


def test_the_picture_is_drawn_in_the_language_that_is_wished(long_note: bytes, heard: Hearing):
    names = (("angry", "wütend"), ("sad", "traurig"), ("not sure", "unsicher"))
    german = listen(long_note, *LIMITS, Wishes(names=names))
    assert german.picture != heard.picture
    assert replace(german, picture=heard.picture) == heard


def test_a_server_that_wants_more_confidence_is_told_less(long_note: bytes, heard: Hearing):
    strict = listen(long_note, *LIMITS, Wishes(min_confidence=1.0))
    assert heard.is_sure
    assert not strict.is_sure
    assert not any(turn.is_sure for turn in strict.turns if turn.ranked)
    assert dict(strict.ranked) == dict(heard.ranked)


def test_a_short_note_is_heard_as_the_core_hears_it_and_has_no_turns():
    recording = trial_recording()
    heard = listen(recording, *LIMITS, LONG)
    analysis = analyse_waveform(to_waveform(decode(recording)))
    assert analysis.prediction is not None
    assert heard.ranked == analysis.prediction.ranked
    assert (heard.turns, heard.picture, heard.remark) == ((), None, None)


def test_what_could_not_be_read_is_remarked(long_note: bytes):
    heard = listen(long_note[: len(long_note) // 2], *LIMITS, LONG)
    assert heard.ranked
    assert isinstance(heard.remark, Remark)
    assert "is missing" in heard.remark.message
    assert heard.remark.values["read"] == pytest.approx(heard.duration, abs=0.01)
    assert pickle.loads(pickle.dumps(heard)) == heard  # noqa: S301


def test_pictures_are_drawn_of_what_is_wished(long_note: bytes):
    assert listen(long_note, *LIMITS, Wishes(drawing=Drawing.NEVER)).picture is None
    short = listen(trial_recording(), *LIMITS, Manner().wishes_for(Drawing.ALWAYS))
    assert short.picture is not None
    assert short.ranked == listen(trial_recording(), *LIMITS, LONG).ranked


def test_there_is_no_picture_of_silence_however_long():
    silence = flac(np.zeros(12 * SAMPLE_RATE))
    heard = listen(silence, *LIMITS, Wishes(drawing=Drawing.ALWAYS))
    assert (heard.ranked, heard.turns, heard.picture) == ((), (), None)
    assert (heard.duration, heard.speech_share) == (12.0, 0.0)
