"""Through a codec and back: how many bits, how alike, and in time."""

import numpy as np
import pytest
import scipy.signal

from ser_core.codecs import (
    MP3_BIT_RATES,
    OPUS_BIT_RATES,
    encode_mp3,
    encode_opus,
    mp3_round_trip,
    opus_round_trip,
)
from ser_core.errors import AudioError
from tests.voices import SAMPLE_RATE, silence, tone, voice

SECONDS = 6.0
VOICE = voice(SECONDS, glide=0.1)


def bits_per_second(encoded):
    return len(encoded) * 8 / SECONDS


def delay(waveform, original):
    """Give by how many samples a waveform comes late."""
    correlation = scipy.signal.correlate(waveform, original, method="fft")
    return int(correlation.argmax()) - (original.size - 1)


@pytest.mark.parametrize("bit_rate", [16_000, 24_000, 32_000, 64_000, 128_000])
def test_opus_writes_about_the_bits_that_are_asked_for(bit_rate):
    assert bits_per_second(encode_opus(VOICE, bit_rate=bit_rate)) == pytest.approx(
        bit_rate, rel=0.15
    )


@pytest.mark.parametrize("bit_rate", MP3_BIT_RATES)
def test_mp3_writes_the_bits_that_are_asked_for(bit_rate):
    assert bits_per_second(encode_mp3(VOICE, bit_rate=bit_rate)) == pytest.approx(
        bit_rate, rel=0.05
    )


def test_opus_spends_less_on_silence():
    quiet = encode_opus(silence(SECONDS), bit_rate=32_000)
    assert len(quiet) < len(encode_opus(VOICE, bit_rate=32_000)) / 3


@pytest.mark.parametrize("bit_rate", [16_000, 32_000])
@pytest.mark.parametrize("n_samples", [16_000, 30_001, 48_000])
def test_opus_comes_back_in_time_and_alike(bit_rate, n_samples):
    sound = VOICE[:n_samples]
    back = opus_round_trip(sound, bit_rate=bit_rate)
    assert back.shape == sound.shape
    assert back.dtype == np.float32
    assert delay(back, sound) == 0
    assert np.corrcoef(back, sound)[0, 1] > 0.9
    assert not np.array_equal(back, sound)


@pytest.mark.parametrize("bit_rate", [8_000, 16_000, 24_000, 32_000, 40_000, 64_000])
@pytest.mark.parametrize("n_samples", [5_000, 16_000, 30_001])
def test_mp3_comes_back_in_time_whether_or_not_the_file_tells_its_delay(bit_rate, n_samples):
    sound = VOICE[:n_samples]
    back = mp3_round_trip(sound, bit_rate=bit_rate)
    assert back.shape == sound.shape
    assert back.dtype == np.float32
    assert delay(back, sound) == 0


def test_fewer_bits_are_a_worse_copy():
    errors = [
        np.mean((opus_round_trip(VOICE, bit_rate=rate) - VOICE) ** 2)
        for rate in (64_000, 32_000, 16_000, 8_000)
    ]
    assert errors == sorted(errors)


@pytest.mark.parametrize("round_trip", [opus_round_trip, mp3_round_trip])
def test_what_exceeds_full_scale_is_not_clipped(round_trip):
    loud = tone(300.0) * 10
    back = round_trip(loud, bit_rate=64_000)
    assert np.abs(back[4_000:-4_000]).max() == pytest.approx(3.0, rel=0.05)
    assert np.corrcoef(back, loud)[0, 1] > 0.99


@pytest.mark.parametrize("round_trip", [opus_round_trip, mp3_round_trip])
@pytest.mark.parametrize("n_samples", [0, 1, 100, 1_000])
def test_the_shortest_of_sounds_keep_their_length(round_trip, n_samples):
    back = round_trip(VOICE[:n_samples], bit_rate=32_000)
    assert back.size == n_samples
    assert np.isfinite(back).all()


def test_silence_stays_silent():
    assert np.abs(opus_round_trip(silence(), bit_rate=16_000)).max() < 1e-3
    assert np.abs(mp3_round_trip(silence(), bit_rate=32_000)).max() < 1e-3


def test_the_same_goes_in_the_same_comes_out():
    first, second = (opus_round_trip(VOICE, bit_rate=24_000) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("bit_rate", [OPUS_BIT_RATES[0] - 1, OPUS_BIT_RATES[1] + 1])
def test_bit_rates_that_opus_does_not_have_are_refused(bit_rate):
    with pytest.raises(AudioError, match="Opus takes"):
        opus_round_trip(VOICE[:SAMPLE_RATE], bit_rate=bit_rate)


def test_bit_rates_that_mp3_does_not_have_are_refused():
    with pytest.raises(AudioError, match="32,000"):
        mp3_round_trip(VOICE[:SAMPLE_RATE], bit_rate=33_000)
