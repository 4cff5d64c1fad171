"""A waveform sent through a lossy codec and back: what a voice note or an MP3 leaves of a voice.

Encoding and decoding are libsndfile's, in this process and in memory. It takes a compression level
from 0 to 1 where a person says a bit rate; the formulas here are its own (1.2), and the tests
measure the bytes that come of them.
"""

import io
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE

Array = NDArray[np.float32]

OPUS_BIT_RATES = (6_000, 256_000)  # the lowest and the highest that libsndfile asks of Opus
MP3_BIT_RATES = (8_000, 160_000)  # the same of MP3 at 16 kHz (MPEG-2 layer III, ISO/IEC 13818-3)

MP3_DELAY = 1_105
"""Samples by which MP3 comes late: 576 of LAME's encoder, 529 of every decoder.

The LAME tag tells decoders to cut them away. Where the bit rate leaves no room for it in a frame,
nobody does, and the decoded waveform is longer than what was encoded.
"""


def opus_round_trip(waveform: Array, *, bit_rate: int) -> Array:
    """Encode as Opus in Ogg, as voice notes are, and decode again.

    The bit rate is the one asked of the encoder, as a messenger asks for it, and it varies: about
    that much is written while somebody speaks, and far less in silence.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`.
    bit_rate
        In bits per second, within `OPUS_BIT_RATES`.

    Returns
    -------
    ndarray
        (n_samples,) float32, in time with the waveform.
    """
    return _decode(encode_opus(waveform, bit_rate=bit_rate), waveform)


def mp3_round_trip(waveform: Array, *, bit_rate: int) -> Array:
    """Encode as MP3 of a constant bit rate and decode again.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`.
    bit_rate
        In bits per second, within `MP3_BIT_RATES`.

    Returns
    -------
    ndarray
        (n_samples,) float32, in time with the waveform.
    """
    return _decode(encode_mp3(waveform, bit_rate=bit_rate), waveform)


def encode_opus(waveform: Array, *, bit_rate: int) -> bytes:
    """Return the bytes of an Ogg/Opus file; parameters as `opus_round_trip`."""
    lowest, highest = OPUS_BIT_RATES
    level = (highest - bit_rate) / (highest - lowest)
    return _encode(waveform, format="OGG", subtype="OPUS", compression_level=level)


def encode_mp3(waveform: Array, *, bit_rate: int) -> bytes:
    """Return the bytes of an MP3 file; parameters as `mp3_round_trip`."""
    lowest, highest = MP3_BIT_RATES
    # At a level of exactly 1 libsndfile refuses.
    level = min((highest - bit_rate) / (highest - lowest), 0.999)
    constant = {"compression_level": level, "bitrate_mode": "CONSTANT"}
    return _encode(waveform, format="MP3", subtype="MPEG_LAYER_III", **constant)


def _encode(waveform: Array, **options: Any) -> bytes:
    """Encode a waveform, turned down where it exceeds ±1, which an encoder would clip."""
    file = io.BytesIO()
    soundfile.write(file, waveform / _full_scale(waveform), SAMPLE_RATE, **options)
    return file.getvalue()


def _decode(encoded: bytes, waveform: Array) -> Array:
    """Decode what a waveform became, cut to its time, and turn it up again."""
    if waveform.size == 0:
        return waveform.copy()  # libsndfile does not read a file of no samples
    decoded, _ = soundfile.read(io.BytesIO(encoded), dtype="float32")
    if decoded.size > waveform.size:
        decoded = decoded[MP3_DELAY:]
    fitted = np.zeros(waveform.size, dtype=np.float32)
    n_samples = min(decoded.size, waveform.size)
    fitted[:n_samples] = decoded[:n_samples]
    return fitted * _full_scale(waveform)


def _full_scale(waveform: Array) -> np.float32:
    return np.float32(max(1.0, float(np.abs(waveform).max(initial=0.0))))
