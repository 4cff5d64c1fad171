"""Mixing of channels: the voice is kept, whatever the other channels hold."""

import numpy as np
import pytest

from ser_core.audio.channels import mix
from tests.voices import SAMPLE_RATE, noise, silence, talk, tone

VOICE = talk(2.0)
HUM = tone(50.0, 2.0)
HISS = noise(2.0)


def mixed(*channels):
    return mix(np.stack(channels, axis=1), sample_rate=SAMPLE_RATE)


def test_one_channel_is_itself():
    assert np.array_equal(mixed(VOICE), VOICE)


@pytest.mark.parametrize("other", [silence(2.0), HUM, HISS], ids=["silence", "hum", "hiss"])
@pytest.mark.parametrize("side", [0, 1])
def test_a_channel_without_a_voice_is_left_out(other, side):
    channels = [VOICE, other] if side == 0 else [other, VOICE]
    assert np.array_equal(mixed(*channels), VOICE)


def test_a_channel_upside_down_does_not_cancel_the_other():
    assert np.abs(mixed(VOICE, -VOICE)) == pytest.approx(np.abs(VOICE), abs=1e-6)
    assert np.abs(mixed(0.5 * VOICE, -VOICE)) == pytest.approx(0.75 * np.abs(VOICE), abs=1e-6)


def test_the_centre_of_a_film_is_heard_among_five_silent_channels():
    quiet = silence(2.0)
    assert np.array_equal(mixed(quiet, quiet, VOICE, quiet, quiet, quiet), VOICE)


def test_two_voices_are_both_heard():
    other = talk(2.0, pitch=230.0, seed=1)
    assert mixed(VOICE, other) == pytest.approx((VOICE + other) / 2, abs=1e-6)


def test_where_there_is_no_voice_the_mean_is_taken():
    assert mixed(HUM, HISS) == pytest.approx((HUM + HISS) / 2, abs=1e-6)
    assert mixed(VOICE[:100], HISS[:100]) == pytest.approx((VOICE + HISS)[:100] / 2, abs=1e-6)
