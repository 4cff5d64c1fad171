"""Ogg (RFC 3533): pages of one or more streams, and recordings chained one behind the other.

The decoder is handed the pages of one audio stream: pictures, subtitles and other streams never
reach it. Chained recordings are handed on as a part each, for libsndfile reads the first alone.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ser_core.containers.kinds import Container
from ser_core.containers.outline import Outline, cut_off, damaged
from ser_core.errors import NoAudioStreamError, UnsupportedAudioError

_MAGIC = b"OggS"
_HEADER = struct.Struct("<5x B Q I 8x B")  # flags, position, stream; length of the segment table
_FIRST_PAGE = 0x02  # flag: of its stream
_NO_POSITION = (1 << 64) - 1  # of a page on which no packet ends
_MAX_PAGES = 250_000  # ten minutes at a page for each of the shortest packets, of 2.5 ms
_MAX_PARTS = 100  # chained recordings
_MAX_STREAMS = 16  # in each of them
_PEEK = 64  # bytes of a stream's first packet that are looked at

_OPUS_RATE = 48_000  # Hz: what positions count in, whatever was recorded (RFC 7845, section 4)
_VORBIS_RATE = slice(12, 16)  # where Vorbis keeps it in its first packet

# How the first packet of a stream begins.
_OPUS = b"OpusHead"
_VORBIS = b"\x01vorbis"
_OTHER_AUDIO = (b"Speex   ", b"\x7fFLAC", b"PCM     ", b"CELT    ")


class _Page(NamedTuple):
    """One page: where it is, and what its header says."""

    start: int  # offset of the header
    body: int  # offset of the contents
    end: int
    is_first: bool
    position: int
    stream: int


@dataclass
class _Stream:
    """One stream of a recording, while its pages are gathered."""

    first_packet: bytes  # or the beginning of it
    runs: list[tuple[int, int]] = field(default_factory=list)  # offsets of pages without a gap
    positions: list[int] = field(default_factory=list)  # on its first page of sound, and its last

    def add(self, page: _Page) -> None:
        """Add the next page."""
        if self.runs and self.runs[-1][1] == page.start:
            self.runs[-1] = (self.runs[-1][0], page.end)
        else:
            self.runs.append((page.start, page.end))
        if page.position not in (0, _NO_POSITION):
            self.positions[1:] = [page.position]

    def seconds(self) -> float:
        """Measure it by its positions, which need not begin at nought."""
        if self.first_packet.startswith(_OPUS):
            sample_rate = _OPUS_RATE
        else:
            sample_rate = int.from_bytes(self.first_packet[_VORBIS_RATE], "little")
        if not self.positions or not sample_rate:
            return 0.0
        return max(0, self.positions[-1] - self.positions[0]) / sample_rate


def read_outline(data: bytes, _max_seconds: float) -> Outline:
    """Gather the pages of the audio.

    Parameters
    ----------
    data
        The whole file.

    Returns
    -------
    Outline
        A part for each chained recording, and their length together. It comes from the positions on
        the pages, and leaves out the first page of each.

    Raises
    ------
    DamagedAudioError
        The file ends within a page.
    NoAudioStreamError
        There are pictures or words, but no audio.
    UnsupportedAudioError
        The audio is neither Opus nor Vorbis.
    """
    streams = [_audio_stream(recording) for recording in _recordings(data)]
    parts = (b"".join(data[begin:end] for begin, end in stream.runs) for stream in streams)
    return Outline(tuple(parts), sum(stream.seconds() for stream in streams))


def _recordings(data: bytes) -> list[dict[int, _Stream]]:
    """Sort the pages: by the links of the chain, and in each by the numbers of the streams."""
    recordings: list[dict[int, _Stream]] = []
    begun = True  # a page has come that is not the first of its stream: the next first is another's
    for page in _pages(data):
        if page.is_first:
            if begun:
                recordings.append({})
            recordings[-1].setdefault(page.stream, _Stream(data[page.body : page.end][:_PEEK]))
            if len(recordings) > _MAX_PARTS or len(recordings[-1]) > _MAX_STREAMS:
                raise damaged(Container.OGG)
        begun = not page.is_first
        if recordings and page.stream in recordings[-1]:
            recordings[-1][page.stream].add(page)
    if not recordings:
        raise damaged(Container.OGG)
    return recordings


def _pages(data: bytes) -> Iterator[_Page]:
    """Walk the pages, over whatever lies between them."""
    offset = data.find(_MAGIC)
    for _ in range(_MAX_PAGES):
        if offset + _HEADER.size > len(data):
            raise cut_off(Container.OGG)
        flags, position, stream, segments = _HEADER.unpack_from(data, offset)
        table = offset + _HEADER.size
        body = table + segments
        end = body + sum(data[table:body])
        if end > len(data):
            raise cut_off(Container.OGG)
        yield _Page(offset, body, end, bool(flags & _FIRST_PAGE), position, stream)
        offset = data.find(_MAGIC, end)
        if offset < 0:
            rest = data[end:]
            if rest and _MAGIC.startswith(rest):
                raise cut_off(Container.OGG)
            return
    raise damaged(Container.OGG)


def _audio_stream(recording: dict[int, _Stream]) -> _Stream:
    """Choose the stream to decode: the first that is Opus or Vorbis."""
    for stream in recording.values():
        if stream.first_packet.startswith((_OPUS, _VORBIS)):
            return stream
    if any(stream.first_packet.startswith(_OTHER_AUDIO) for stream in recording.values()):
        raise UnsupportedAudioError(
            "This Ogg file holds audio that is neither Opus nor Vorbis: save it as one of these."
        )
    raise NoAudioStreamError("This Ogg file holds no sound: send one with a voice in it.")
