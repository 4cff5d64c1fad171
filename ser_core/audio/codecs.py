"""Lossy codecs: a waveform encoded and decoded again, as in a voice note or an MP3 file.

libsndfile encodes and decodes, in memory. It takes a compression level from 0 to 1 instead of a bit
rate; the conversion here is that of libsndfile 1.2, and the tests measure the size of the result.
"""

import io
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from ser_core.audio.segments import SAMPLE_RATE

Array = NDArray[np.float32]


class Codec(NamedTuple):
    """A lossy codec of libsndfile.

    Parameters
    ----------
    format, subtype
        libsndfile's names of the container and the encoding.
    min_bit_rate, max_bit_rate
        Bit rates in bits per second, at compression levels 1 and 0.
    bitrate_mode
        ``"CONSTANT"``, or None for the encoder's default.
    """

    format: str
    subtype: str
    min_bit_rate: int
    max_bit_rate: int
    bitrate_mode: str | None = None


OPUS = Codec("OGG", "OPUS", min_bit_rate=6_000, max_bit_rate=256_000)
"""The codec of voice notes, with a variable bit rate: as set in speech, less in silence."""

MP3 = Codec(
    "MP3",
    "MPEG_LAYER_III",
    min_bit_rate=8_000,
    max_bit_rate=160_000,
    bitrate_mode="CONSTANT",
)
"""MPEG-2 layer III (ISO/IEC 13818-3), which is what MP3 is at 16 kHz."""

MP3_DELAY = 1_105
"""Delay of MP3 in samples: 576 of LAME's encoder and 529 of every decoder.

Decoders remove it where a LAME tag is there. At bit rates that leave no room for the tag in a frame
it stays, and the decoded waveform is longer than the original.
"""


def round_trip(waveform: Array, codec: Codec, *, bit_rate: int) -> Array:
    """Encode a waveform, and return it decoded.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`.
    codec
        `OPUS` or `MP3`.
    bit_rate
        Bit rate in bits per second, between the minimum and the maximum of the codec.

    Returns
    -------
    ndarray
        (n_samples,) float32, aligned with the waveform.
    """
    if waveform.size == 0:
        return waveform.copy()  # libsndfile does not read a file without samples
    full_scale = np.float32(max(1.0, float(np.abs(waveform).max())))  # encoders clip beyond 1
    encoded = encode(waveform / full_scale, codec, bit_rate=bit_rate)
    decoded, _ = soundfile.read(io.BytesIO(encoded), dtype="float32")
    if decoded.size > waveform.size:
        decoded = decoded[MP3_DELAY:]
    fitted = np.zeros(waveform.size, dtype=np.float32)
    n_samples = min(decoded.size, waveform.size)
    fitted[:n_samples] = decoded[:n_samples]
    return fitted * full_scale


def encode(waveform: Array, codec: Codec, *, bit_rate: int) -> bytes:
    """Return an encoded file; parameters as in `round_trip`, with the waveform within ±1."""
    bit_rates = codec.max_bit_rate - codec.min_bit_rate
    # libsndfile refuses MP3 at a level of exactly 1.
    compression_level = min((codec.max_bit_rate - bit_rate) / bit_rates, 0.999)
    file = io.BytesIO()
    soundfile.write(
        file,
        waveform,
        SAMPLE_RATE,
        format=codec.format,
        subtype=codec.subtype,
        compression_level=compression_level,
        bitrate_mode=codec.bitrate_mode,
    )
    return file.getvalue()
