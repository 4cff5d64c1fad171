"""AMR, narrow band and wide band: what telephones record (RFC 4867, section 5)."""

import math

from ser_core.containers.kinds import Container
from ser_core.containers.outline import Outline, cut_off, damaged

WIDE_BAND = b"#!AMR-WB\n"
NARROW_BAND = b"#!AMR\n"

_ALWAYS_CLEAR = 0b1000_0011  # bits of a frame's header that are nought in files
_FRAME_SECONDS = 0.02
# Bytes of a frame by its type, with its one-byte header (3GPP TS 26.101 and 26.201).
_NARROW_LENGTHS = (13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1)
_WIDE_LENGTHS = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1)


def read_outline(data: bytes, max_seconds: float) -> Outline:
    """Follow the frames to the end.

    Parameters
    ----------
    data
        The whole file.
    max_seconds
        The limit: frames beyond it are not counted.

    Returns
    -------
    Outline
        The file as it is, and its length.

    Raises
    ------
    DamagedAudioError
        The file ends within a frame, or holds something else than frames.
    """
    wide = data.startswith(WIDE_BAND)
    lengths = _WIDE_LENGTHS if wide else _NARROW_LENGTHS
    offset = len(WIDE_BAND if wide else NARROW_BAND)
    frames = 0
    while offset < len(data):
        if data[offset] & _ALWAYS_CLEAR:
            raise damaged(Container.AMR)
        offset += lengths[data[offset] >> 3 & 15]
        frames += 1
        if frames * _FRAME_SECONDS > max_seconds:
            return Outline((data,), math.inf)
    if offset > len(data):
        raise cut_off(Container.AMR)
    return Outline((data,), frames * _FRAME_SECONDS)
