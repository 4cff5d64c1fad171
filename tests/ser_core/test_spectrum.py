"""The one short-time Fourier transform."""

import numpy as np
import pytest

from ser_core import spectrum
from tests.voices import noise, tone


def test_a_tone_is_in_the_bin_of_its_frequency():
    power = spectrum.compute(tone(1000.0)).power
    assert spectrum.frequencies()[power.mean(axis=1).argmax()] == pytest.approx(1000.0, abs=16)


def test_there_are_a_hundred_frames_a_second():
    assert spectrum.compute(noise(seconds=2.0)).n_frames == 201


def test_a_note_is_in_the_chroma_of_its_pitch_class():
    for frequency in (440.0, 880.0, 1760.0):
        chroma = spectrum.compute(tone(frequency)).chroma.mean(axis=1)
        assert chroma.argmax() == 9, "A is nine semitones over C"
        assert chroma.max() <= 1.0


def test_log_mel_does_not_depend_on_loudness():
    loud = spectrum.compute(noise()).log_mel
    quiet = spectrum.compute(noise() * np.float32(0.001)).log_mel
    np.testing.assert_allclose(loud, quiet, atol=1e-2)
    assert loud.min() >= 0.0, "nothing lies under the floor"
