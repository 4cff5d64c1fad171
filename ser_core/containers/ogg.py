"""Ogg (RFC 3533): pages of one or more streams, and recordings chained one behind the other.

The decoder is handed the pages of one audio stream: pictures, subtitles and other streams never
reach it. Chained recordings are handed on as a part each, for libsndfile reads the first alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ser_core.containers.kinds import Container
from ser_core.containers.outline import Outline, cut_off, damaged
from ser_core.errors import NoAudioStreamError, UnsupportedAudioError

_MAGIC = b"OggS"
_HEADER = 27  # bytes, before the table of segments
_FIRST_PAGE = 0x02  # flag: of its stream
_NO_POSITION = (1 << 64) - 1  # of a page on which no packet ends
_MAX_PAGES = 500_000  # ten minutes at a page for each of the shortest packets, twice over
_MAX_PARTS = 100  # chained recordings

_OPUS_RATE = 48_000  # Hz: what positions count in, whatever was recorded (RFC 7845, section 4)
_VORBIS_RATE = slice(12, 16)  # where Vorbis keeps it in its first packet

# How the first packet of a stream begins.
_OPUS = b"OpusHead"
_VORBIS = b"\x01vorbis"
_OTHER_AUDIO = (b"Speex   ", b"\x7fFLAC", b"PCM     ", b"CELT    ")


@dataclass(frozen=True)
class _Page:
    """One page: where it is, and what its header says."""

    start: int  # offset of the header
    body: int  # offset of the contents
    end: int
    is_first: bool
    position: int
    stream: int


@dataclass
class _Recording:
    """The streams of one link of the chain, while they are gathered."""

    kinds: dict[int, bytes] = field(default_factory=dict)  # a stream's first packet, by its number
    pages: dict[int, list[_Page]] = field(default_factory=dict)
    begun: bool = False  # a page has come that is not the first of its stream


def read_outline(data: bytes) -> Outline:
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
    recordings = [_Recording()]
    for page in _pages(data):
        recording = recordings[-1]
        if page.is_first and recording.begun:
            recording = _Recording()
            recordings.append(recording)
        if page.is_first:
            recording.kinds.setdefault(page.stream, data[page.body : min(page.end, page.body + 64)])
        recording.begun |= not page.is_first
        recording.pages.setdefault(page.stream, []).append(page)
    if len(recordings) > _MAX_PARTS:
        raise damaged(Container.OGG)
    parts = []
    seconds = 0.0
    for recording in recordings:
        stream = _audio_stream(recording)
        pages = recording.pages[stream]
        parts.append(_joined(data, pages))
        seconds += _seconds(recording.kinds[stream], pages)
    return Outline(tuple(parts), seconds)


def _pages(data: bytes) -> Iterator[_Page]:
    """Walk the pages, over whatever lies between them."""
    offset = data.find(_MAGIC)
    for _ in range(_MAX_PAGES):
        header = data[offset : offset + _HEADER]
        body = offset + _HEADER + (header[-1] if len(header) == _HEADER else 0)
        end = body + sum(data[offset + _HEADER : body])
        if len(header) < _HEADER or end > len(data):
            raise cut_off(Container.OGG)
        yield _Page(
            start=offset,
            body=body,
            end=end,
            is_first=bool(header[5] & _FIRST_PAGE),
            position=int.from_bytes(header[6:14], "little"),
            stream=int.from_bytes(header[14:18], "little"),
        )
        offset = data.find(_MAGIC, end)
        if offset < 0:
            rest = data[end:]
            if rest and _MAGIC.startswith(rest):
                raise cut_off(Container.OGG)
            return
    raise damaged(Container.OGG)


def _audio_stream(recording: _Recording) -> int:
    """Choose the stream to decode: the first that is Opus or Vorbis."""
    for stream, first_packet in recording.kinds.items():
        if first_packet.startswith((_OPUS, _VORBIS)):
            return stream
    if any(first_packet.startswith(_OTHER_AUDIO) for first_packet in recording.kinds.values()):
        raise UnsupportedAudioError(
            "This Ogg file holds audio that is neither Opus nor Vorbis: save it as one of these."
        )
    if not recording.kinds:
        raise damaged(Container.OGG)
    raise NoAudioStreamError("This Ogg file holds no sound: send one with a voice in it.")


def _joined(data: bytes, pages: list[_Page]) -> bytes:
    """Join the pages of one stream."""
    start, end = pages[0].start, pages[-1].end
    if sum(page.end - page.start for page in pages) == end - start:
        return data[start:end]  # the usual case: nothing lies between
    return b"".join(data[page.start : page.end] for page in pages)


def _seconds(first_packet: bytes, pages: list[_Page]) -> float:
    """Measure a stream by its positions, which need not begin at nought."""
    positions = [page.position for page in pages if page.position not in (0, _NO_POSITION)]
    if first_packet.startswith(_OPUS):
        sample_rate = _OPUS_RATE
    else:
        sample_rate = int.from_bytes(first_packet[_VORBIS_RATE], "little")
    if not positions or not sample_rate:
        return 0.0
    return max(0, positions[-1] - positions[0]) / sample_rate
