"""MP4, M4A, 3GP and QuickTime: boxes within boxes (ISO/IEC 14496-12)."""

from collections.abc import Iterator

from ser_core.containers.kinds import Container
from ser_core.containers.outline import Outline, cut_off, damaged
from ser_core.errors import NoAudioStreamError

_HEADER = 8  # bytes: size, kind
_LONG_HEADER = 16  # bytes, where a size of 1 says that the true one follows
_MAX_BOXES = 100_000  # on one level; a stream of fragments has two for each
_TO_THE_END = 0

# What may be cut off at the end of a file; anything else there is stray bytes.
_KNOWN_KINDS = {b"mdat", b"moov", b"moof", b"mfra", b"free", b"skip", b"sidx", b"udta", b"uuid"}

_Box = tuple[bytes, int, int]  # kind, offsets of the contents' begin and end


def read_outline(data: bytes, _max_seconds: float) -> Outline:
    """Look for the index, and a track of sound in it.

    Parameters
    ----------
    data
        The whole file.

    Returns
    -------
    Outline
        The file as it is, and the length its index declares, where it does.

    Raises
    ------
    DamagedAudioError
        The file ends within a box, or has no index.
    NoAudioStreamError
        No track is one of sound.
    """
    index: _Box | None = None
    for box in _boxes(data, 0, len(data)):
        kind, _, end = box
        if end > len(data):
            if kind in _KNOWN_KINDS:
                raise cut_off(Container.MP4)
            break
        if kind == b"moov":
            index = box
    if index is None:
        raise damaged(Container.MP4)
    _, begin, end = index
    tracks = [box for box in _boxes(data, begin, end) if box[0] == b"trak"]
    media = [found for track in tracks if (found := _child(data, track, b"mdia"))]
    sounds = [box for box in media if _is_sound(data, box)]
    if not sounds:
        raise NoAudioStreamError("This video or MP4 file holds no sound: send one with a voice.")
    claims = (
        _seconds(data, _child(data, index, b"mvhd")),
        _seconds(data, _child(data, sounds[0], b"mdhd")),
    )
    return Outline((data,), min((claim for claim in claims if claim), default=None))


def _boxes(data: bytes, begin: int, end: int) -> Iterator[_Box]:
    """Walk the boxes of one level; a box that runs beyond the level is the last."""
    offset = begin
    for _ in range(_MAX_BOXES):
        if offset + _HEADER > end:
            return
        size = int.from_bytes(data[offset : offset + 4], "big")
        kind = data[offset + 4 : offset + _HEADER]
        header = _HEADER
        if size == 1:
            size = int.from_bytes(data[offset + _HEADER : offset + _LONG_HEADER], "big")
            header = _LONG_HEADER
        elif size == _TO_THE_END:
            size = end - offset
        if size < header:
            return
        yield kind, offset + header, offset + size
        offset += size
    raise damaged(Container.MP4)


def _child(data: bytes, parent: _Box, kind: bytes) -> _Box | None:
    """Find the first box of a kind within another."""
    _, begin, end = parent
    return next((box for box in _boxes(data, begin, end) if box[0] == kind), None)


def _is_sound(data: bytes, media: _Box) -> bool:
    """Tell by its handler whether a track is one of sound."""
    handler = _child(data, media, b"hdlr")
    return handler is not None and data[handler[1] + 8 : handler[1] + 12] == b"soun"


def _seconds(data: bytes, header: _Box | None) -> float | None:
    """Read the length from a movie's or a track's header, which are laid out alike.

    All bits set, or nought, mean unknown (ISO/IEC 14496-12, sections 8.2.2 and 8.4.2).
    """
    if header is None:
        return None
    _, begin, end = header
    is_long = data[begin : begin + 1] == b"\x01"
    at, width = (begin + 20, 8) if is_long else (begin + 12, 4)
    if at + 4 + width > end:
        return None
    time_scale = int.from_bytes(data[at : at + 4], "big")
    duration = int.from_bytes(data[at + 4 : at + 4 + width], "big")
    unknown = duration in (0, (1 << 8 * width) - 1)
    return None if unknown or not time_scale else duration / time_scale
