"""FLAC (RFC 9639): metadata blocks, then frames.

The decoder is handed the first block, STREAMINFO, and the frames: tags, pictures and seek tables
never reach it.
"""

from ser_core.containers import id3
from ser_core.containers.kinds import Container
from ser_core.containers.outline import Outline, cut_off, damaged

_MAGIC = b"fLaC"
_BLOCK_HEADER = 4  # bytes: last-block flag and kind, then a length of three bytes
_LAST_BLOCK = 0x80
_STREAMINFO = 0  # its kind
_STREAMINFO_BYTES = 34
_MAX_BLOCKS = 1000  # real files have a handful


def read_outline(data: bytes, _max_seconds: float) -> Outline:
    """Find STREAMINFO and the frames.

    Parameters
    ----------
    data
        The whole file, perhaps with an ID3 tag before it.

    Returns
    -------
    Outline
        A FLAC file of STREAMINFO and frames alone, and the length that STREAMINFO declares.

    Raises
    ------
    DamagedAudioError
        The file ends within its metadata, or begins with something else than STREAMINFO.
    """
    offset = id3.skip(data) + len(_MAGIC)
    stream_info = b""
    for _ in range(_MAX_BLOCKS):
        header = data[offset : offset + _BLOCK_HEADER]
        body = offset + _BLOCK_HEADER
        size = int.from_bytes(header[1:], "big")
        if len(header) < _BLOCK_HEADER or body + size > len(data):
            raise cut_off(Container.FLAC)
        if not stream_info:
            if header[0] & ~_LAST_BLOCK != _STREAMINFO or size != _STREAMINFO_BYTES:
                raise damaged(Container.FLAC)
            stream_info = data[body : body + size]
        offset = body + size
        if header[0] & _LAST_BLOCK:
            break
    else:
        raise damaged(Container.FLAC)
    block = bytes([_LAST_BLOCK | _STREAMINFO]) + len(stream_info).to_bytes(3, "big") + stream_info
    return Outline((_MAGIC + block + data[offset:],), _declared_seconds(stream_info))


def _declared_seconds(stream_info: bytes) -> float | None:
    """Read the length from STREAMINFO (RFC 9639, section 8.2); 0 samples mean unknown."""
    packed = int.from_bytes(stream_info[10:18], "big")
    sample_rate = packed >> 44
    samples = packed & (1 << 36) - 1
    return samples / sample_rate if samples and sample_rate else None
