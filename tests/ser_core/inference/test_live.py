"""Live sessions: answers in time, with the times at which things were said."""

import time

import numpy as np
import pytest
import soundfile

from ser_core.audio import SAMPLE_RATE
from ser_core.emotions import NO_SPEECH
from ser_core.inference.analysis import analyse_waveform
from ser_core.inference.live import Session, play, read_recording, warm_up
from ser_core.inference.streaming import ListenerOptions
from ser_core.models.emotion_model import load_default_model
from tests.timelines import tiles
from tests.voices import silence, talk

HOP = 0.5


def session(*, may_skip, **options):
    options = ListenerOptions(**{"window": 3.0, "hop": HOP, **options})
    return Session(load_default_model(), options=options, may_skip=may_skip)


def test_every_hop_is_answered_as_long_as_sound_comes_in_time():
    live = session(may_skip=True)
    heard = list(live.process(np.array_split(talk(4.0), 80)))
    assert [one.time for one in heard] == pytest.approx(np.arange(1, 9) * HOP)
    assert live.late == 0
    assert live.finish().duration == pytest.approx(4.0)


def test_what_came_while_the_analysis_was_busy_is_left_out_but_for_the_newest_hop():
    live = session(may_skip=True)
    loud, quiet = talk(4.1), silence(1.0)
    heard = list(live.process([quiet, loud, quiet]))
    assert [one.time for one in heard] == pytest.approx([0.5, 1.0, 5.0, 5.5, 6.0])
    assert live.late == 7
    assert tiles(live.finish().timeline, pytest.approx(6.1))


def test_nothing_is_left_out_of_a_recording_however_fast_it_comes():
    live = session(may_skip=False)
    assert len(list(live.process([silence(30.0)]))) == 60
    assert live.late == 0
    (only,) = live.finish().timeline.segments
    assert (only.start, only.end, only.label) == (0, 30, NO_SPEECH)


def test_a_recording_may_be_longer_than_what_strangers_send(tmp_path):
    path = tmp_path / "long.flac"
    sound = np.resize(talk(4.0), 11 * 60 * SAMPLE_RATE)
    soundfile.write(path, sound, SAMPLE_RATE)
    np.testing.assert_allclose(read_recording(path), sound, atol=1 / 32_768)


def test_a_recording_plays_every_sample_in_order():
    waveform = np.arange(10_001, dtype=np.float32)
    np.testing.assert_array_equal(np.concatenate(list(play(waveform, at_pace=False))), waveform)


def test_at_its_own_pace_no_sound_is_heard_before_it_has_been_played():
    began = time.monotonic()
    n_samples = 0
    for block in play(silence(0.5), at_pace=True):
        n_samples += block.size
        assert time.monotonic() - began >= n_samples / SAMPLE_RATE - 1e-3


def test_warming_up_leaves_the_model_as_it_was():
    model = load_default_model()
    warm_up(model)  # sums in one thread are rounded otherwise than in two
    before = list(session(may_skip=False).process([talk(2.0)]))
    warm_up(model)
    assert list(session(may_skip=False).process([talk(2.0)])) == before


@pytest.mark.parametrize("seconds", [2.0, 30.0])
def test_the_answer_at_the_end_is_that_for_the_recording_whatever_windows_are_shown(seconds):
    waveform = np.concatenate([talk(seconds / 2), talk(seconds / 2, pitch=240.0)])
    live = session(may_skip=False, window=1.0, hop=0.3)
    list(live.process(play(waveform, at_pace=False)))
    assert live.finish() == analyse_waveform(waveform)
