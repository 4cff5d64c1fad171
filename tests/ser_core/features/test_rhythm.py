"""Rhythm of sounds whose rhythm is known."""

import numpy as np
import pytest

from ser_core.features import contours, rhythm
from ser_core.signal import pitch, spectrum
from tests.voices import noise, silence, voice


def rhythm_of(waveform):
    spectral = spectrum.compute(waveform)
    track = pitch.track(waveform, spectral.n_frames)
    numbers = rhythm.measure(track, contours.loudness(spectral)[0])
    assert np.isfinite(numbers).all()
    return dict(zip(rhythm.NAMES, numbers.tolist(), strict=True))


def test_runs_are_where_a_mask_is_true():
    mask = np.array([1, 1, 0, 0, 1, 0, 1, 1, 1], dtype=bool)
    assert rhythm.runs(mask).tolist() == [[0, 2], [4, 5], [6, 9]]
    assert rhythm.runs(np.zeros(4, dtype=bool)).tolist() == []


def test_pauses_are_measured_in_seconds():
    said = rhythm_of(np.concatenate([voice(1.0), silence(0.5), voice(1.0)]))
    assert said["gap_max_s"] == pytest.approx(0.55, abs=0.15)
    assert said["quiet_share"] > 0.15


def test_syllables_are_counted():
    slow = rhythm_of(voice(3.0, syllables_per_second=3.0))
    fast = rhythm_of(voice(3.0, syllables_per_second=6.0))
    assert slow["loudness_peaks_per_second"] == pytest.approx(3.0, abs=0.7)
    assert fast["loudness_peaks_per_second"] == pytest.approx(6.0, abs=0.7)


def test_a_voice_that_rises_has_rising_runs():
    rising, falling = rhythm_of(voice(glide=0.6)), rhythm_of(voice(glide=-0.6))
    assert rising["run_slope_mean"] == pytest.approx(0.6, abs=0.15)
    assert falling["run_slope_mean"] == pytest.approx(-0.6, abs=0.15)
    assert rising["run_slope_rising_share"] > falling["run_slope_rising_share"]
    none = rhythm_of(noise())
    assert none["voiced_share"] < 0.1
    assert none["run_slope_mean"] == 0.0
