"""Frames of which the waveform alone is needed, as a model of an encoder's features does."""

import numpy as np
import pytest

from ser_core.features import take_waveform_alone
from ser_core.inference import frames, windows
from ser_core.inference.frames import FrameStream
from tests.voices import SAMPLE_RATE, talk

BLOCKS = np.split(talk(3.0), 3)


@pytest.mark.parametrize(
    ("families", "waveform_alone"),
    [(("whisper",), True), (("mel",), False), (("mel", "whisper"), False)],
)
def test_the_spectrum_and_the_pitch_are_left_out_where_no_family_takes_them(
    families, waveform_alone
):
    assert take_waveform_alone(families) == waveform_alone


def test_without_spectrum_and_pitch_all_else_is_measured_as_with_them():
    plain, whole = FrameStream(waveform_alone=True), FrameStream()
    one = frames.join([plain.measure(block) for block in BLOCKS])
    other = frames.join([whole.measure(block) for block in BLOCKS])
    mask = other.level > -40
    for found, expected in ((one, other), (one.take(mask), other.take(mask))):
        assert (found.power, found.pitch) == (None, None)
        assert expected.power.shape[1] == len(expected.pitch.power) == 2 * len(found)
        for name in ("waveform", "level", "voice"):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_an_encoder_gets_the_speech_of_a_window_at_the_loudness_of_its_training(monkeypatch):
    monkeypatch.setattr(
        windows.extraction, "extract_from_sound", lambda sound, families: sound.waveform
    )
    for gain in (0.1, 1.0):
        found = FrameStream(waveform_alone=True).measure(np.float32(gain) * talk(2.0))
        waveform = windows.measure(found, ("whisper",))
        assert waveform.size == 2 * SAMPLE_RATE
        assert np.sqrt(np.mean(waveform**2)) == pytest.approx(0.1, rel=1e-3)
