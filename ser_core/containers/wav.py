"""WAV: RIFF chunks (Microsoft & IBM 1991), and RF64 (EBU Tech 3306) for sizes beyond 4 GiB.

The decoder is handed a file that is written anew from two chunks, the format and the samples: the
other kinds of chunk, and whatever sizes the header claimed, never reach it.
"""

import struct

from ser_core.containers.kinds import Container
from ser_core.containers.outline import Outline, cut_off, damaged
from ser_core.errors import UnsupportedAudioError

_RIFF_HEADER = 12  # bytes: "RIFF", size, "WAVE"
_CHUNK_HEADER = 8  # bytes: name, size
_FORMAT_BYTES = range(16, 1024)  # how long the format chunk may be
_MAX_CHUNKS = 1000  # before the samples; real files have a handful

# A recorder that cannot go back to write the length leaves a size that cannot be: nothing, or one
# near the largest signed or unsigned 32-bit number (ffmpeg 0xFFFFFFFF, sox 0x7FFFF000, arecord
# 0x80000000).
_UNKNOWN_SIZE_FROM = 0x7FFF_0000
_IN_DS64 = 0xFFFF_FFFF  # an RF64 file keeps the true size in its ds64 chunk

# Some recorders count their header among the samples, which misses nothing that can be heard.
_SLIP = 64  # bytes

# The format tags that libsndfile decodes: PCM, MS ADPCM, float, A-law, mu-law, IMA ADPCM, GSM 6.10,
# and "extensible", which names one of them further on.
_FORMAT_TAGS = {0x0001, 0x0002, 0x0003, 0x0006, 0x0007, 0x0011, 0x0031, 0xFFFE}


def read_outline(data: bytes, _max_seconds: float) -> Outline:
    """Find the format and the samples, and write them as a WAV file of nothing else.

    Parameters
    ----------
    data
        The whole file.

    Returns
    -------
    Outline
        The rewritten file. The length is left to the decoder, which knows the sample format.

    Raises
    ------
    DamagedAudioError
        A chunk is missing, or there are fewer samples than the header says.
    UnsupportedAudioError
        The samples are compressed in a way that is not decoded.
    """
    audio_format: bytes | None = None
    long_size = 0
    offset = _RIFF_HEADER
    for _ in range(_MAX_CHUNKS):
        name, size, offset = _chunk_header(data, offset)
        if name == b"data":
            if audio_format is None:
                raise damaged(Container.WAV)
            if data.startswith(b"RF64") and size == _IN_DS64:
                size = long_size
            return Outline((_rewrite(audio_format, _samples(data, offset, size)),))
        body = data[offset : offset + size]
        if len(body) < size:
            raise cut_off(Container.WAV)
        if name == b"fmt ":
            audio_format = _checked_format(body)
        elif name == b"ds64" and size >= 16:
            long_size = int.from_bytes(body[8:16], "little")
        offset += size + size % 2  # chunks are padded to an even length
    raise damaged(Container.WAV)


def _chunk_header(data: bytes, offset: int) -> tuple[bytes, int, int]:
    """Read one chunk's name and size, and where its body begins."""
    header = data[offset : offset + _CHUNK_HEADER]
    if len(header) < _CHUNK_HEADER:
        raise cut_off(Container.WAV)
    return header[:4], int.from_bytes(header[4:], "little"), offset + _CHUNK_HEADER


def _checked_format(body: bytes) -> bytes:
    """Check that a format chunk is one that can be decoded."""
    if len(body) not in _FORMAT_BYTES:
        raise damaged(Container.WAV)
    if int.from_bytes(body[:2], "little") not in _FORMAT_TAGS:
        raise UnsupportedAudioError(
            "This WAV file is compressed in a way that cannot be read: save it as PCM WAV or MP3."
        )
    return body


def _samples(data: bytes, offset: int, size: int) -> bytes:
    """Take the samples, as many as the header says or, where it cannot know, as there are."""
    there = len(data) - offset
    riff_size = int.from_bytes(data[4:8], "little")
    # An empty data chunk may be followed by chunks that are no samples: the RIFF size tells, for it
    # covers those, and a recorder that did not know one size did not know the other.
    unknown = size >= _UNKNOWN_SIZE_FROM or (size == 0 and riff_size + _CHUNK_HEADER <= offset)
    if unknown:
        size = there
    elif size > there + _SLIP:
        raise cut_off(Container.WAV)
    return data[offset : offset + size]


def _rewrite(audio_format: bytes, samples: bytes) -> bytes:
    """Write a WAV file of a format chunk and a data chunk."""
    padding = b"\0" * (len(audio_format) % 2)
    chunks = (
        b"WAVE",
        struct.pack("<4sI", b"fmt ", len(audio_format)) + audio_format + padding,
        struct.pack("<4sI", b"data", len(samples)),
        samples,
    )
    size = sum(len(chunk) for chunk in chunks)
    return b"".join((struct.pack("<4sI", b"RIFF", size), *chunks))
