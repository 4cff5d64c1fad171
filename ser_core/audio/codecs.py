"""A waveform sent through a lossy codec and back: what a voice note or an MP3 leaves of a voice.

Encoding and decoding are libsndfile's, in this process and in memory. It takes a compression level
from 0 to 1 where a person says a bit rate; the formulas here are its own (1.2), and the tests
measure the bytes that come of them.
"""

import io
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from ser_core.audio.segments import SAMPLE_RATE

Array = NDArray[np.float32]


class Codec(NamedTuple):
    """A lossy codec as libsndfile knows it.

    Parameters
    ----------
    format, subtype
        Of the file.
    lowest, highest
        The bit rates, in bits per second, of compression levels 1 and 0.
    bitrate_mode
        Constant, or as the encoder sees fit.
    """

    format: str
    subtype: str
    lowest: int
    highest: int
    bitrate_mode: str | None = None


OPUS = Codec("OGG", "OPUS", lowest=6_000, highest=256_000)
"""As voice notes are: about the bit rate is written in speech, and far less in silence."""

MP3 = Codec("MP3", "MPEG_LAYER_III", lowest=8_000, highest=160_000, bitrate_mode="CONSTANT")
"""At 16 kHz (MPEG-2 layer III, ISO/IEC 13818-3)."""

MP3_DELAY = 1_105
"""Samples by which MP3 comes late: 576 of LAME's encoder, 529 of every decoder.

The LAME tag tells decoders to cut them away. Where the bit rate leaves no room for it in a frame,
nobody does, and the decoded waveform is longer than what was encoded.
"""


def round_trip(waveform: Array, codec: Codec, *, bit_rate: int) -> Array:
    """Encode a waveform and decode it again.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`.
    codec
        `OPUS` or `MP3`.
    bit_rate
        In bits per second, between the codec's lowest and highest.

    Returns
    -------
    ndarray
        (n_samples,) float32, in time with the waveform.
    """
    if waveform.size == 0:
        return waveform.copy()  # libsndfile does not read a file of no samples
    full_scale = np.float32(max(1.0, float(np.abs(waveform).max())))  # an encoder would clip
    encoded = encode(waveform / full_scale, codec, bit_rate=bit_rate)
    decoded, _ = soundfile.read(io.BytesIO(encoded), dtype="float32")
    if decoded.size > waveform.size:
        decoded = decoded[MP3_DELAY:]
    fitted = np.zeros(waveform.size, dtype=np.float32)
    n_samples = min(decoded.size, waveform.size)
    fitted[:n_samples] = decoded[:n_samples]
    return fitted * full_scale


def encode(waveform: Array, codec: Codec, *, bit_rate: int) -> bytes:
    """Return the bytes of a file; parameters as `round_trip`, the waveform within ±1."""
    # At a level of exactly 1 libsndfile refuses MP3.
    level = min((codec.highest - bit_rate) / (codec.highest - codec.lowest), 0.999)
    file = io.BytesIO()
    soundfile.write(
        file,
        waveform,
        SAMPLE_RATE,
        format=codec.format,
        subtype=codec.subtype,
        compression_level=level,
        bitrate_mode=codec.bitrate_mode,
    )
    return file.getvalue()
