"""WebM and Matroska: EBML elements within elements (RFC 8794 and RFC 9559)."""

import struct
from collections.abc import Iterator

from ser_core.containers.kinds import Container
from ser_core.containers.outline import Outline, cut_off, damaged
from ser_core.errors import NoAudioStreamError

_SEGMENT = 0x18538067
_CLUSTER = 0x1F43B675
_INFO = 0x1549A966
_TRACKS = 0x1654AE6B
_TRACK = 0xAE
_TRACK_KIND = 0x83
_TIME_SCALE = 0x2AD7B1
_DURATION = 0x4489

_AUDIO = 2  # a track's kind
_DEFAULT_TIME_SCALE = 1_000_000  # ns
_NANOSECONDS = 1e-9  # s
_MAX_ELEMENTS = 250_000  # a browser writes one for each 10 to 60 ms
_MAX_ID, _MAX_SIZE = 4, 8  # bytes of a number

_Element = tuple[int, int, int]  # identifier, offsets of the contents' begin and end


def read_outline(data: bytes, _max_seconds: float) -> Outline:
    """Look for a track of sound, and walk to the end.

    A browser's recorder writes no sizes and no length, for it cannot go back: that is no fault.

    Parameters
    ----------
    data
        The whole file.

    Returns
    -------
    Outline
        The file as it is, and the length it declares, where it does.

    Raises
    ------
    DamagedAudioError
        The file ends within an element.
    NoAudioStreamError
        No track is one of sound.
    """
    seconds = None
    sounds: list[bool] = []
    for identifier, begin, end in _elements(data, 0, len(data)):
        if end > len(data):
            raise cut_off(Container.MATROSKA)
        if identifier == _INFO and seconds is None:
            seconds = _seconds(data, begin, end)
        elif identifier == _TRACKS:
            sounds += [
                _is_sound(data, *track)
                for kind, *track in _elements(data, begin, end)
                if kind == _TRACK
            ]
    if not sounds:
        raise damaged(Container.MATROSKA)
    if not any(sounds):
        raise NoAudioStreamError("This video holds no sound: send one with a voice in it.")
    return Outline((data,), seconds)


def _elements(data: bytes, begin: int, end: int) -> Iterator[_Element]:
    """Walk the elements of one level; those of segments, and of clusters of no size, are on it."""
    offset = begin
    for _ in range(_MAX_ELEMENTS):
        identifier, offset = _number(data, offset, _MAX_ID, keep_marker=True)
        size, offset = _number(data, offset, _MAX_SIZE)
        if identifier is None or offset > end:
            return
        if identifier == _SEGMENT:
            if size is not None:
                end = offset + size  # what lies behind is none of it
            if end > len(data):
                raise cut_off(Container.MATROSKA)
        elif size is not None:
            yield identifier, offset, offset + size
            offset += size
        elif identifier != _CLUSTER:
            return
    raise damaged(Container.MATROSKA)


def _number(
    data: bytes, offset: int, longest: int, *, keep_marker: bool = False
) -> tuple[int | None, int]:
    """Read a number of variable length, and where it ends (RFC 8794, section 4).

    All its bits set mean unknown: None. So does what is no number, beyond whose end nothing is.
    """
    first = data[offset] if offset < len(data) else 0
    length = 9 - first.bit_length()
    raw = data[offset : offset + length]
    if length > longest or len(raw) < length:
        return None, len(data) + 1
    number = int.from_bytes(raw, "big")
    bits = (1 << 7 * length) - 1
    if not keep_marker:
        number &= bits
    unknown = number & bits == bits
    return (None if unknown else number), offset + length


def _is_sound(data: bytes, begin: int, end: int) -> bool:
    """Tell whether a track is one of sound."""
    return any(
        identifier == _TRACK_KIND and int.from_bytes(data[begin:end], "big") == _AUDIO
        for identifier, begin, end in _elements(data, begin, end)
    )


def _seconds(data: bytes, begin: int, end: int) -> float | None:
    """Read the declared length, which is a float in units of the time scale."""
    scale = _DEFAULT_TIME_SCALE
    duration = 0.0
    for identifier, start, stop in _elements(data, begin, end):
        value = data[start:stop]
        if identifier == _TIME_SCALE and len(value) <= _MAX_SIZE:
            scale = int.from_bytes(value, "big")
        elif identifier == _DURATION and len(value) in (4, 8):
            (duration,) = struct.unpack(">f" if len(value) == 4 else ">d", value)
    seconds = duration * scale * _NANOSECONDS
    return seconds if 0 < seconds < float("inf") else None
