"""The analysis of a worker, run in the tests' own process."""

import io
import itertools
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from bot.analysis.result import (
    LONG_SECONDS,
    AnalysisOptions,
    AnalysisResult,
    AudioWarning,
    DrawTimeline,
)
from bot.analysis.trial_recordings import trial_recording
from bot.analysis.worker import analyse_recording, model_in_use
from bot.views.style import ReplyStyle
from ser_core.audio import SAMPLE_RATE, decode, to_waveform
from ser_core.errors import WeightsError
from ser_core.inference.analysis import analyse_waveform
from ser_core.models import load_shipped_model

LIMITS = (None, 25 * 2**20, 600.0)  # the default model, bytes, seconds
LONG = AnalysisOptions()
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
def result(long_note: bytes) -> AnalysisResult:
    return analyse_recording(long_note, *LIMITS, LONG)


@pytest.mark.parametrize(
    ("problem", "described"),
    [
        (None, "encoder (whisper-base)"),
        (WeightsError("There are no weights."), "small: There are no weights."),
    ],
)
def test_the_model_is_described_with_its_weights_or_with_the_reason_why_it_is_the_small_one(
    monkeypatch: pytest.MonkeyPatch, problem: WeightsError | None, described: str
):
    small = load_shipped_model("small")
    encoder = replace(small, name="encoder", facts=replace(small.facts, families=("whisper",)))
    monkeypatch.setattr("ser_core.models.encoder_problem", lambda: problem)
    monkeypatch.setattr("bot.analysis.worker._model", lambda _: small if problem else encoder)
    assert str(model_in_use(None)) == described


def test_a_model_of_ones_own_is_described_by_the_name_of_its_file(tmp_path: Path):
    load_shipped_model("small").save(tmp_path / "mine.joblib")
    assert str(model_in_use(tmp_path / "mine.joblib")) == "mine.joblib"


def test_a_long_note_has_segments_from_its_beginning_to_its_end(result: AnalysisResult):
    assert result.duration > LONG_SECONDS
    assert result.segments[0].start == 0
    assert result.segments[-1].end == pytest.approx(result.duration)
    assert all(one.end == other.start for one, other in itertools.pairwise(result.segments))
    spoken = [segment.ranked[0][0] for segment in result.segments if segment.ranked]
    assert len(spoken) >= len(CLIPS)
    assert spoken[-1] == "angry"


def test_the_result_of_a_long_note_is_the_mean_of_its_segments(result: AnalysisResult):
    spoken = [segment for segment in result.segments if segment.ranked]
    seconds = sum(segment.end - segment.start for segment in spoken)
    for name, probability in result.ranked:
        weighted = sum(
            dict(segment.ranked)[name] * (segment.end - segment.start) for segment in spoken
        )
        assert probability == pytest.approx(weighted / seconds)
    assert sum(probability for _, probability in result.ranked) == pytest.approx(1.0)
    assert result.speech_share == pytest.approx(seconds / result.duration)


def test_a_long_note_has_an_image_small_enough_for_a_chat(result: AnalysisResult):
    assert result.timeline_image is not None
    assert len(result.timeline_image) < 100_000
    with Image.open(io.BytesIO(result.timeline_image)) as picture:
        assert picture.format == "PNG"
        assert picture.width / picture.height == pytest.approx(4.0)


def test_the_image_is_drawn_with_the_names_in_the_options(long_note: bytes, result: AnalysisResult):
    names = (("angry", "wütend"), ("sad", "traurig"), ("not sure", "unsicher"))
    german = analyse_recording(long_note, *LIMITS, AnalysisOptions(names=names))
    assert german.timeline_image != result.timeline_image
    assert replace(german, timeline_image=result.timeline_image) == result


def test_with_a_higher_lowest_confidence_the_answer_is_not_sure(
    long_note: bytes, result: AnalysisResult
):
    strict = analyse_recording(long_note, *LIMITS, AnalysisOptions(min_confidence=1.0))
    assert result.is_sure
    assert not strict.is_sure
    assert not any(segment.is_sure for segment in strict.segments if segment.ranked)
    assert dict(strict.ranked) == dict(result.ranked)


def test_a_short_note_has_the_cores_result_and_its_segments():
    recording = trial_recording()
    result = analyse_recording(recording, *LIMITS, LONG)
    analysis = analyse_waveform(to_waveform(decode(recording)))
    assert analysis.prediction is not None
    assert result.ranked == analysis.prediction.ranked
    assert [(one.start, one.end, one.ranked) for one in result.segments] == [
        (one.start, one.end, one.prediction.ranked if one.prediction else ())
        for one in analysis.timeline.segments
    ]
    assert (result.timeline_image, result.warning) == (None, None)


def test_a_part_that_cannot_be_decoded_is_warned_of(long_note: bytes):
    result = analyse_recording(long_note[: len(long_note) // 2], *LIMITS, LONG)
    assert result.ranked
    assert isinstance(result.warning, AudioWarning)
    assert "is missing" in result.warning.message
    assert result.warning.values["read"] == pytest.approx(result.duration, abs=0.01)
    assert pickle.loads(pickle.dumps(result)) == result  # noqa: S301


def test_images_are_drawn_as_the_options_say(long_note: bytes):
    assert (
        analyse_recording(
            long_note, *LIMITS, AnalysisOptions(draw_timeline=DrawTimeline.NEVER)
        ).timeline_image
        is None
    )
    short = analyse_recording(
        trial_recording(), *LIMITS, ReplyStyle().analysis_options_for(DrawTimeline.ALWAYS)
    )
    assert short.timeline_image is not None
    assert short.ranked == analyse_recording(trial_recording(), *LIMITS, LONG).ranked


def test_there_is_no_image_of_silence_however_long():
    silence = flac(np.zeros(12 * SAMPLE_RATE))
    result = analyse_recording(silence, *LIMITS, AnalysisOptions(draw_timeline=DrawTimeline.ALWAYS))
    assert (result.ranked, result.segments, result.timeline_image) == ((), (), None)
    assert (result.duration, result.speech_share) == (12.0, 0.0)
