"""ID3v2 tags, which stand before the audio of MP3 files and are stepped over."""

_HEADER = 10  # bytes
_FOOTER = 10  # bytes, where a flag says that there is one
_FOOTER_FLAG = 0x10
_MAX_TAGS = 10  # one behind the other; real files have one


def skip(data: bytes) -> int:
    """Give the offset of the first byte behind every ID3v2 tag at the start of a file.

    The size in a tag has seven bits in each byte (ID3v2.4.0, section 3.1).

    Parameters
    ----------
    data
        The whole file.

    Returns
    -------
    int
        Bytes to step over; 0 without a tag. It may lie beyond the end of a file that is cut off.
    """
    offset = 0
    for _ in range(_MAX_TAGS):
        if not data.startswith(b"ID3", offset) or len(data) < offset + _HEADER:
            break
        flags = data[offset + 5]
        size = 0
        for byte in data[offset + 6 : offset + _HEADER]:
            size = size << 7 | byte & 0x7F
        offset += _HEADER + size + (_FOOTER if flags & _FOOTER_FLAG else 0)
    return offset
