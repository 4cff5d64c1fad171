"""Contours of sounds whose spectrum is known."""

import numpy as np
import pytest
import scipy.signal

from ser_core.features import contours
from ser_core.signal import pitch, spectrum
from tests.voices import SAMPLE_RATE, noise, silence, tone, voice


def shape_of(waveform):
    rows = contours.shape(spectrum.compute(waveform))
    assert rows.shape[0] == len(contours.SHAPE_NAMES)
    assert np.isfinite(rows).all()
    middle = rows[:, 5:-5].mean(axis=1)
    return dict(zip(contours.SHAPE_NAMES, middle.tolist(), strict=True))


def low_pass(waveform, frequency):
    sos = scipy.signal.butter(8, frequency, fs=SAMPLE_RATE, output="sos")
    return scipy.signal.sosfilt(sos, waveform).astype(np.float32)


def test_the_centroid_and_rolloffs_of_a_tone_are_its_frequency():
    said = shape_of(tone(2000.0))
    for name in ("centroid_khz", "rolloff_50_khz"):
        assert said[name] == pytest.approx(2.0, abs=0.1)
    assert said["bandwidth_khz"] < 0.5


def test_white_noise_is_flat_and_wide_and_a_tone_is_not():
    white, sine = shape_of(noise()), shape_of(tone(1000.0))
    assert white["centroid_khz"] == pytest.approx(4.0, abs=0.1)
    assert white["entropy"] > sine["entropy"] + 2.0
    assert white["flatness_db"] > sine["flatness_db"] + 10.0
    assert white["zero_crossings"] == pytest.approx(0.5, abs=0.02)
    assert sine["zero_crossings"] == pytest.approx(2 * 1000 / SAMPLE_RATE, abs=0.005)


def test_taking_the_highs_away_tilts_the_spectrum():
    bright = shape_of(noise())
    dull = shape_of(low_pass(noise(), 1000.0))
    assert dull["alpha_ratio_db"] > bright["alpha_ratio_db"] + 10
    assert dull["hammarberg_db"] > bright["hammarberg_db"] + 10
    assert dull["rolloff_90_khz"] < 1.2 < bright["rolloff_90_khz"]


def test_a_steady_sound_has_no_flux_and_a_changing_one_has():
    steady = shape_of(tone(1000.0))
    changing = shape_of(np.concatenate([tone(f, 0.05) for f in (400, 2000) * 20]))
    assert changing["flux"] > 5 * steady["flux"]


@pytest.mark.parametrize("gain", [0.003, 3.0])
def test_no_contour_depends_on_loudness(gain):
    quiet = spectrum.compute(voice())
    loud = spectrum.compute(voice() * np.float32(gain))
    np.testing.assert_allclose(contours.shape(quiet), contours.shape(loud), rtol=2e-2, atol=2e-2)
    np.testing.assert_allclose(contours.loudness(quiet), contours.loudness(loud), atol=2e-2)


def test_pitch_is_bridged_over_gaps_and_counted_in_semitones():
    waveform = np.concatenate([voice(0.8, pitch=110.0), silence(0.3), voice(0.8, pitch=220.0)])
    track = pitch.track(waveform, 1 + waveform.size // 160)
    bridged = contours.pitch(track)[0]
    assert np.isfinite(bridged).all()
    assert np.median(bridged[:60]) == pytest.approx(12.0, abs=0.3), "110 Hz is an octave over 55"
    assert np.median(bridged[-60:]) == pytest.approx(24.0, abs=0.3)
    gap = bridged[90:104]
    assert np.abs(np.diff(gap, n=2)).max() < 1e-3, "a straight line from the one to the other"


def test_a_shaky_voice_has_jitter():
    steady = voice(pitch=150.0)
    time = np.arange(steady.size) / SAMPLE_RATE
    shaky = voice(pitch=150.0 * 2.0 ** (0.2 * np.sin(2 * np.pi * 9.0 * time)))
    jitter = contours.VOICE_NAMES.index("jitter")
    levels = []
    for waveform in (steady, shaky):
        track = pitch.track(waveform, 1 + waveform.size // 160)
        levels.append(contours.voice_quality(track)[jitter, track.voiced].mean())
    assert levels[1] > 2 * levels[0]


def test_rasta_takes_a_channel_out():
    log_mel = spectrum.compute(voice()).log_mel
    channel = np.linspace(0, 20, log_mel.shape[0], dtype=np.float32)[:, None]
    np.testing.assert_allclose(
        contours.rasta(log_mel), contours.rasta(log_mel + channel), atol=1e-3
    )
