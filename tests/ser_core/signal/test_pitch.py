"""Pitch of sounds whose pitch is known."""

import numpy as np
import pytest

from ser_core.signal import pitch
from ser_core.signal.spectrum import FRAME_RATE, HOP_LENGTH
from tests.voices import noise, silence, tone, voice

OCTAVE_JUMP = 0.5  # octaves


def track(waveform):
    return pitch.track(waveform, 1 + waveform.size // HOP_LENGTH)


@pytest.mark.parametrize("frequency", [80.0, 120.0, 200.0, 317.0, 500.0, 650.0])
def test_a_voice_has_the_pitch_it_was_made_with(frequency):
    found = track(voice(pitch=frequency))
    error = np.log2(found.frequency[found.voiced] / frequency)
    assert found.voiced.mean() > 0.7
    assert abs(np.median(error)) < 1 / 120, "within a tenth of a semitone"
    assert (np.abs(error) > OCTAVE_JUMP).mean() < 0.02, "no octave jumps"


def test_a_rising_voice_rises_as_fast_as_it_was_made_to():
    found = track(voice(seconds=1.5, pitch=120.0, glide=0.8))
    when = np.flatnonzero(found.voiced) / FRAME_RATE
    slope = np.polyfit(when, np.log2(found.frequency[found.voiced]), 1)[0]
    assert slope == pytest.approx(0.8, abs=0.03)


def test_noise_and_silence_have_no_pitch_and_a_quiet_voice_has_its_own():
    assert track(noise()).voiced.mean() < 0.1
    assert not track(silence()).voiced.any()
    quiet = track(voice() * np.float32(0.01))
    np.testing.assert_allclose(track(voice()).frequency, quiet.frequency, rtol=1e-4)


def test_a_pure_tone_has_more_harmonics_than_noise_and_a_noisy_voice_lies_between():
    clean = track(tone(200.0))
    noisy = track(tone(200.0) + noise(amplitude=0.1))
    ratio = [np.median(t.harmonics_to_noise[t.voiced]) for t in (clean, noisy)]
    assert ratio[0] > ratio[1] + 6.0
    # -3.5 dB of signal over noise in 8 kHz, most of which lies over 4 kHz or spreads over lags:
    assert 0.0 < ratio[1] < 20.0


def test_the_levels_of_harmonics_are_read_off_where_they_are():
    fundamental = tone(200.0, amplitude=0.4)
    second = tone(400.0, amplitude=0.04)
    found = track(fundamental + second)
    h1, h2, _ = found.harmonics[:, found.voiced]
    assert np.median(h1 - h2) == pytest.approx(20.0, abs=1.0), "a tenth of the amplitude is 20 dB"


def test_there_is_one_value_for_each_frame_however_short_the_sound():
    for n_samples in (1, 100, 799, 800, 12_345):
        waveform = noise(seconds=n_samples / 16_000)
        found = track(waveform)
        assert found.frequency.shape == found.periodicity.shape == (1 + n_samples // HOP_LENGTH,)
        assert found.harmonics.shape == (3, 1 + n_samples // HOP_LENGTH)


@pytest.mark.parametrize("n_frames", [1, 2, 3, 4, 7, 100, 101])
def test_no_other_path_gains_more_than_the_one_that_is_chosen(n_frames):
    """It is computed from both ends; here, from the first frame to the last."""
    generator = np.random.default_rng(n_frames)
    first = generator.random(6).astype(np.float32)
    gain = generator.random((n_frames, 6, 6)).astype(np.float32)
    path = pitch._best_path(first, gain)
    best = first.astype(np.float64)
    for step in gain[1:]:
        best = (best[:, None] + step).max(axis=0)
    along = gain[np.arange(1, n_frames), path[:-1], path[1:]]
    assert first[path[0]] + along.sum(dtype=np.float64) == pytest.approx(best.max())
