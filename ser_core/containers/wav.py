"""WAV: RIFF chunks (Microsoft & IBM 1991), and RF64 (EBU Tech 3306) for sizes beyond 4 GiB.

The decoder is handed a file that is written anew from two chunks, the format and the samples: the
other kinds of chunk, and whatever sizes the header claimed, never reach it.
"""

import struct
from typing import NamedTuple

from ser_core.containers.kinds import Container
from ser_core.containers.outline import Outline, Sliced, cut_off, damaged
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


class Layout(NamedTuple):
    """Where the samples are, and what a file of them alone begins with."""

    header: bytes
    start: int  # offset of the first sample
    end: int


def begins(data: Sliced) -> bool:
    """Tell whether a file begins as WAV does."""
    return data[:4] in (b"RIFF", b"RF64") and data[8:_RIFF_HEADER] == b"WAVE"


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
    layout = read_layout(data)
    return Outline((layout.header + data[layout.start : layout.end],))


def read_layout(data: Sliced) -> Layout:
    """Find the format and the samples, without reading the samples.

    Parameters
    ----------
    data
        The whole file; of it a few bytes of each chunk are asked for.

    Returns
    -------
    Layout
        The rewritten file: its header, and which bytes come behind that.

    Raises
    ------
    DamagedAudioError, UnsupportedAudioError
        As `read_outline`.
    """
    audio_format: bytes | None = None
    long_size = 0
    offset = _RIFF_HEADER
    for _ in range(_MAX_CHUNKS):
        name, size, offset = _chunk_header(data, offset)
        if name == b"data":
            if audio_format is None:
                raise damaged(Container.WAV)
            if data[:4] == b"RF64" and size == _IN_DS64:
                size = long_size
            end = _end_of_samples(data, offset, size)
            return Layout(_header(audio_format, end - offset), offset, end)
        if offset + size > len(data):
            raise cut_off(Container.WAV)
        body = data[offset : offset + min(size, _FORMAT_BYTES.stop)]
        if name == b"fmt ":
            audio_format = _checked_format(body)
        elif name == b"ds64" and size >= 16:
            long_size = int.from_bytes(body[8:16], "little")
        offset += size + size % 2  # chunks are padded to an even length
    raise damaged(Container.WAV)


def _chunk_header(data: Sliced, offset: int) -> tuple[bytes, int, int]:
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


def _end_of_samples(data: Sliced, offset: int, size: int) -> int:
    """Find where the samples end, by the header or, where that cannot know, by the file."""
    there = len(data) - offset
    riff_size = int.from_bytes(data[4:8], "little")
    # An empty data chunk may be followed by chunks that are no samples: the RIFF size tells, for it
    # covers those, and a recorder that did not know one size did not know the other.
    unknown = size >= _UNKNOWN_SIZE_FROM or (size == 0 and riff_size + _CHUNK_HEADER <= offset)
    if unknown:
        size = there
    elif size > there + _SLIP:
        raise cut_off(Container.WAV)
    return min(offset + size, len(data))


def _header(audio_format: bytes, size: int) -> bytes:
    """Write the beginning of a WAV file of a format chunk and a data chunk of so many bytes."""
    padding = b"\0" * (len(audio_format) % 2)
    chunks = (
        b"WAVE",
        struct.pack("<4sI", b"fmt ", len(audio_format)) + audio_format + padding,
        struct.pack("<4sI", b"data", size),
    )
    whole = sum(len(chunk) for chunk in chunks) + size
    return b"".join((struct.pack("<4sI", b"RIFF", whole), *chunks))
