"""Through a codec and back: how many bits, how alike, and in time."""

import numpy as np
import pytest
import scipy.signal

from ser_core.codecs import encode_mp3, encode_opus, mp3_round_trip, opus_round_trip
from tests.voices import silence, tone, voice

SECONDS = 6.0
VOICE = voice(SECONDS, glide=0.1)


def delay(waveform, original):
    """Give by how many samples a waveform comes late."""
    correlation = scipy.signal.correlate(waveform, original, method="fft")
    return int(correlation.argmax()) - (original.size - 1)


@pytest.mark.parametrize(
    ("encode", "bit_rates", "tolerance"),
    [
        (encode_opus, (16_000, 24_000, 32_000, 64_000, 128_000), 0.15),
        (encode_mp3, (8_000, 16_000, 24_000, 32_000, 48_000, 64_000, 96_000, 160_000), 0.05),
    ],
)
def test_a_codec_writes_about_the_bits_that_are_asked_for(encode, bit_rates, tolerance):
    for bit_rate in bit_rates:
        written = len(encode(VOICE, bit_rate=bit_rate)) * 8 / SECONDS
        assert written == pytest.approx(bit_rate, rel=tolerance)


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
    np.testing.assert_array_equal(opus_round_trip(sound, bit_rate=bit_rate), back)


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
def test_what_exceeds_full_scale_is_not_clipped_and_silence_stays_silent(round_trip):
    loud = tone(300.0) * 10
    assert np.abs(round_trip(silence(), bit_rate=32_000)).max() < 1e-3
    back = round_trip(loud, bit_rate=64_000)
    assert np.abs(back[4_000:-4_000]).max() == pytest.approx(3.0, rel=0.05)
    assert np.corrcoef(back, loud)[0, 1] > 0.99


@pytest.mark.parametrize("round_trip", [opus_round_trip, mp3_round_trip])
@pytest.mark.parametrize("n_samples", [0, 1, 100, 1_000])
def test_the_shortest_of_sounds_keep_their_length(round_trip, n_samples):
    back = round_trip(VOICE[:n_samples], bit_rate=32_000)
    assert back.size == n_samples
    assert np.isfinite(back).all()
