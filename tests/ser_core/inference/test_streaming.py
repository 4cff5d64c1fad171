"""A listener's answers do not depend on the pieces that it is fed, and it keeps no sound."""

import tracemalloc
from functools import cache
from itertools import cycle
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ser_core
from ser_core.audio import decode, to_waveform
from ser_core.corpora.discovery import find_clips
from ser_core.errors import FeatureError
from ser_core.inference import streaming as listening
from ser_core.inference.analysis import analyse_waveform
from ser_core.inference.smoothing import MOST_FRAMES, TimelineSmoother
from ser_core.inference.streaming import Listener, ListenerOptions
from ser_core.models.emotion_model import load_shipped_model
from tests.timelines import tiles
from tests.voices import SAMPLE_RATE, noise, silence, talk

DIALOGUE = np.concatenate(
    [talk(6.0, pitch=110.0), silence(2.5), talk(7.0, pitch=260.0, syllables_per_second=5.0, seed=1)]
)


@cache
def heard_at_once():
    """Return the answers to the dialogue in one piece."""
    listener = Listener(load_shipped_model("small"))
    return [*listener.feed(DIALOGUE), listener.finish()]


@pytest.mark.slow
@settings(max_examples=3, deadline=None)
@given(sizes=st.lists(st.integers(0, 40_000), min_size=1, max_size=12))
def test_the_sizes_of_the_pieces_make_no_difference(sizes):
    """One sample, an odd number, several hops, and windows that are asked about two at a time."""
    listener, answers, start = Listener(load_shipped_model("small")), [], 0
    with mock.patch.object(listening, "BATCH", 2):
        for size in cycle([*sizes, 1, 30_000]):
            answers += listener.feed(DIALOGUE[start : start + size])
            start += size
            if start >= DIALOGUE.size:
                break
    for one, other in zip([*answers, listener.finish()], heard_at_once(), strict=True):
        assert (one.time, one.level) == (other.time, other.level)
        assert (one.prediction is None) == (other.prediction is None)
        if one.prediction is not None:
            likely = one.prediction.probabilities
            assert likely == pytest.approx(other.prediction.probabilities, abs=1e-4)


def test_there_is_an_answer_for_every_hop_as_soon_as_it_is_complete():
    """Half a second less a sample is none yet."""
    listener = Listener(load_shipped_model("small"))
    assert listener.feed(talk(3.0)[: SAMPLE_RATE // 2 - 1]) == []
    (first,) = listener.feed(talk(3.0)[SAMPLE_RATE // 2 - 1 : SAMPLE_RATE // 2])
    assert first.time == 0.5
    assert [one.time for one in listener.feed(talk(3.0)[: 2 * SAMPLE_RATE])] == [1, 1.5, 2, 2.5]


def test_an_answer_is_what_is_heard_in_its_window_and_how_loud_its_hop_was():
    """A sine of amplitude 0.5 has a level of -9 dBFS."""
    wave = 0.5 * np.sin(2 * np.pi * 200 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    answers = Listener(load_shipped_model("small")).feed(wave.astype(np.float32))
    assert [one.level for one in answers] == pytest.approx([-9.03, -9.03], abs=0.01)
    assert [one.prediction for one in answers] == [None, None]
    (quiet,) = Listener(load_shipped_model("small")).feed(silence(0.5))
    assert quiet.level == -np.inf


def test_a_voice_is_answered_and_silence_after_it_is_not():
    """The window holds three seconds; after that there is no voice in it."""
    answers = Listener(load_shipped_model("small")).feed(np.concatenate([talk(4.0), silence(5.0)]))
    spoken = [one.prediction is not None for one in answers]
    assert all(spoken[2:8])
    assert not any(spoken[-3:])


@pytest.mark.slow
@pytest.mark.parametrize("pitch", [90.0, 150.0, 220.0])
def test_a_single_word_is_answered(pitch):
    word = np.concatenate([noise(3.0, 0.0005), talk(0.3, pitch=pitch), noise(1.0, 0.0005)])
    listener = Listener(load_shipped_model("small"))
    answers = [*listener.feed(word), listener.finish()]
    assert any(answer.prediction is not None for answer in answers)


def test_shared_frames_say_what_a_recording_of_the_window_would(corpora):
    """Of real voices, a window gets nearly the same probabilities either way."""
    clips = find_clips("ravdess", corpora / "originals")
    model = load_shipped_model("small")
    apart = []
    for clip in clips:
        waveform = to_waveform(decode(clip.path))
        waveform = waveform[: waveform.size // 8000 * 8000]
        listener = Listener(model, options=ListenerOptions(window=8.0, hop=0.5))
        found = listener.feed(np.concatenate([waveform, silence(0.5)]))[-1].prediction
        expected = analyse_waveform(waveform, model=model).prediction
        apart.append(
            max(
                abs(found.probabilities[name] - expected.probabilities[name])
                for name in model.emotions
            )
        )
    assert np.median(apart) < 0.05
    assert max(apart) < 0.25


def held_by_the_core():
    """Return the bytes allocated by ser_core; other threads of the tests allocate more."""
    ours = tracemalloc.Filter(True, str(Path(ser_core.__file__).parent / "*"))
    snapshot = tracemalloc.take_snapshot().filter_traces([ours])
    return sum(trace.size for trace in snapshot.traces)


@pytest.mark.slow
def test_what_is_held_does_not_grow(monkeypatch):
    """After minutes no more sound, levels and windows are kept than after one."""
    model = load_shipped_model("small")
    listener = Listener(model, options=ListenerOptions(window=3.0, hop=1.5))
    smoother = TimelineSmoother(model.emotions, 0.5)
    piece = np.concatenate([talk(2.5), silence(0.5), noise(1.5), silence(0.5)])
    sizes = []
    for _ in range(3):
        for _ in range(12):
            for heard in listener.feed(piece):
                smoother.extend(heard)
            assert smoother.n_open_frames <= MOST_FRAMES + 75
            assert sum(len(part) for part in listener._window) <= 150
            assert listener._n_waiting < 1.5 * SAMPLE_RATE
        if not tracemalloc.is_tracing():
            tracemalloc.start()
        sizes.append(held_by_the_core())
    tracemalloc.stop()
    assert smoother.timeline(180.0).duration == 180.0
    assert sizes[2] - sizes[1] < 300_000


@pytest.mark.slow
def test_a_long_speech_without_a_pause_is_read_for_good_too():
    """Two minutes: early segments are fixed on the way, and none is lost where that happens."""
    model = load_shipped_model("small")
    listener = Listener(model, options=ListenerOptions(window=4.0, hop=4.0))
    smoother = TimelineSmoother(model.emotions, 0.5)
    speech = talk(30.0, pitch=130.0)
    for _ in range(4):
        for heard in listener.feed(speech):
            smoother.extend(heard)
    smoother.extend(listener.finish())
    timeline = smoother.timeline(120.0)
    assert timeline.shares.get("no speech", 0.0) < 0.1
    assert tiles(timeline, 120.0)


def test_what_is_no_sound_is_refused():
    """NaN, two channels, integers; and more sound after the end."""
    listener = Listener(load_shipped_model("small"))
    broken = talk(1.0)
    broken[100] = np.nan
    for wrong in (broken, np.zeros((2, 100), np.float32), np.zeros(100, np.int16)):
        with pytest.raises(FeatureError):
            listener.feed(wrong)
    listener.finish()
    with pytest.raises(ValueError, match="finished"):
        listener.feed(talk(1.0))


def test_options_that_make_no_sense_are_refused():
    """A hop longer than the window would leave gaps."""
    with pytest.raises(ValueError, match="hop"):
        ListenerOptions(window=1.0, hop=2.0)
    with pytest.raises(ValueError, match="hop"):
        ListenerOptions(hop=0.0)
