"""Encoding and decoding again: bit rate, likeness and delay."""

import numpy as np
import pytest
import scipy.signal

from ser_core.audio.codecs import MP3, OPUS, encode, round_trip
from tests.voices import silence, tone, voice

SECONDS = 6.0
VOICE = voice(SECONDS, glide=0.1)

codecs = pytest.mark.parametrize("codec", [OPUS, MP3], ids=["Opus", "MP3"])


def delay(waveform, original):
    """Return the delay of a waveform in samples."""
    correlation = scipy.signal.correlate(waveform, original, method="fft")
    return int(correlation.argmax()) - (original.size - 1)


@pytest.mark.parametrize(
    ("codec", "bit_rate"),
    [
        *((OPUS, rate) for rate in (16_000, 24_000, 32_000, 64_000, 128_000)),
        *((MP3, rate) for rate in (MP3.lowest, 16_000, 24_000, 32_000, 64_000, MP3.highest)),
    ],
)
def test_about_the_bits_are_written_that_are_asked_for(codec, bit_rate):
    written = len(encode(VOICE, codec, bit_rate=bit_rate)) * 8 / SECONDS
    assert written == pytest.approx(bit_rate, rel=0.15 if codec is OPUS else 0.05)


def test_opus_spends_less_on_silence():
    quiet = encode(silence(SECONDS), OPUS, bit_rate=32_000)
    assert len(quiet) < len(encode(VOICE, OPUS, bit_rate=32_000)) / 3


@pytest.mark.parametrize(
    ("codec", "bit_rate"),
    [
        *((OPUS, rate) for rate in (16_000, 32_000)),
        *((MP3, rate) for rate in (8_000, 16_000, 24_000, 32_000, 40_000, 64_000)),
    ],
)
@pytest.mark.parametrize("n_samples", [5_000, 16_000, 30_001, 48_000])
def test_it_comes_back_in_time_whether_or_not_the_file_tells_its_delay(codec, bit_rate, n_samples):
    sound = VOICE[:n_samples]
    back = round_trip(sound, codec, bit_rate=bit_rate)
    assert back.shape == sound.shape
    assert back.dtype == np.float32
    assert delay(back, sound) == 0
    assert not np.array_equal(back, sound)
    np.testing.assert_array_equal(round_trip(sound, codec, bit_rate=bit_rate), back)
    if codec is OPUS and n_samples >= 16_000:
        assert np.corrcoef(back, sound)[0, 1] > 0.9


def test_fewer_bits_are_a_worse_copy():
    errors = [
        np.mean((round_trip(VOICE, OPUS, bit_rate=rate) - VOICE) ** 2)
        for rate in (64_000, 32_000, 16_000, 8_000)
    ]
    assert errors == sorted(errors)


@codecs
def test_what_exceeds_full_scale_is_not_clipped_and_silence_stays_silent(codec):
    assert np.abs(round_trip(silence(), codec, bit_rate=32_000)).max() < 1e-3
    loud = tone(300.0) * 10
    back = round_trip(loud, codec, bit_rate=64_000)
    assert np.abs(back[4_000:-4_000]).max() == pytest.approx(3.0, rel=0.05)
    assert np.corrcoef(back, loud)[0, 1] > 0.99


@codecs
@pytest.mark.parametrize("n_samples", [0, 1, 100, 1_000])
def test_the_shortest_of_sounds_keep_their_length(codec, n_samples):
    back = round_trip(VOICE[:n_samples], codec, bit_rate=32_000)
    assert back.size == n_samples
    assert np.isfinite(back).all()
