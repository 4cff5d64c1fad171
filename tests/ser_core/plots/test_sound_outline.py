"""The outline and spectrogram of a sound in a picture."""

import numpy as np
import pytest

from ser_core.plots import sound_outline as outlines
from ser_core.plots.sound_outline import DYNAMIC_RANGE, SoundOutline, outline_of
from ser_core.signal.spectrum import N_MELS, mel_filters
from tests.voices import SAMPLE_RATE, noise, silence, tone


def test_the_outline_is_as_high_and_as_low_as_the_sound_and_where_it_is():
    sound = np.concatenate([silence(1.0), tone(200.0, 1.0, amplitude=0.5)])
    lows, highs = outline_of(sound).peaks(100)
    assert lows.shape == highs.shape == (100,)
    assert np.all(highs[:50] == 0)
    assert np.all(lows[:50] == 0)
    assert highs[51:-1] == pytest.approx(0.5, rel=0.01)
    assert lows[51:-1] == pytest.approx(-0.5, rel=0.01)


def test_the_spectrogram_is_loud_where_the_tone_is():
    sound = np.concatenate([tone(500.0, 1.0), tone(3000.0, 1.0)])
    levels = outline_of(sound).decibels(50)
    assert levels.shape == (N_MELS, 50)
    assert levels.max() == pytest.approx(DYNAMIC_RANGE)
    assert levels.min() >= 0
    peaks = mel_filters().argmax(axis=1) * SAMPLE_RATE / 512
    assert peaks[levels[:, 10].argmax()] == pytest.approx(500, abs=60)
    assert peaks[levels[:, 40].argmax()] == pytest.approx(3000, abs=120)


def test_it_does_not_matter_in_which_pieces_the_sound_comes(monkeypatch):
    sound = noise(3.0)
    whole, pieces = outline_of(sound), SoundOutline()
    for piece in np.array_split(sound, 7):
        pieces.feed(piece)
    assert pieces.duration == whole.duration == 3.0
    np.testing.assert_array_equal(pieces.peaks(200), whole.peaks(200))
    assert np.median(np.abs(pieces.decibels(150) - whole.decibels(150))) < 0.01, "but at the seams"


def test_there_are_never_more_columns_than_there_is_sound():
    short = outline_of(tone(300.0, 0.1))
    assert short.peaks(1000)[0].size == 0.1 * SAMPLE_RATE / outlines.PEAK_LENGTH + 1
    assert short.decibels(1000).shape[1] == 5
