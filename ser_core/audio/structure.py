"""The outermost structure of a file: concatenated recordings, and whether the end is missing.

libav only reads the first of several recordings that were concatenated byte by byte, and does not
report that the end of one is missing. So this module follows the outermost elements of a container,
by their lengths alone; their content is left to libav. Every byte of the file belongs to a part.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Literal

MAX_PARTS = 100  # recordings in one file; the last part holds all beyond that
_MAX_ELEMENTS = 200_000  # limits the time that a file can take
_MAX_CHUNKS = 1_000  # before the samples of a WAV or AIFF recording
_SEARCH_BYTES = 1 << 16  # that are searched at a time for the next Ogg page

_UNKNOWN_LENGTHS = {0, *range(0x7FFFFF00, 0x80000000), *range(0xFFFFFF00, 0x100000000)}
"""Placeholders for a length that a program did not know, with or without the header's bytes."""

_BYTE_ORDERS: dict[bytes, Literal["little", "big"]] = {b"RIFF": "little", b"FORM": "big"}
_SAMPLE_CHUNKS = (b"data", b"SSND")  # of WAV and AIFF

_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675

ISO_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""First boxes of MP4 and MOV files (ISO/IEC 14496-12; Apple, QuickTime File Format)."""

_Element = tuple[int, int, bool]  # start, end; whether a recording starts with it


@dataclass(frozen=True)
class Structure:
    """The outermost structure of a file.

    Parameters
    ----------
    parts
        Start and end of each recording as offsets in bytes, without gaps.
    is_cut_off
        Whether the file ends before one of its elements does.
    """

    parts: tuple[tuple[int, int], ...]
    is_cut_off: bool


def read_structure(file: BinaryIO) -> Structure:
    """Return the outermost structure of a file.

    Parameters
    ----------
    file
        Open for reading; its position is set to the beginning.

    Returns
    -------
    Structure
        A single part that is not cut off if the container is unknown.
    """
    size = file.seek(0, os.SEEK_END)
    starts, furthest = [0], 0
    elements = _parser(_read(file, 0, 8))
    if elements is not None:
        for start, end, is_new in islice(elements(file, size), _MAX_ELEMENTS):
            if is_new and start and len(starts) < MAX_PARTS:
                starts.append(start)
            furthest = max(furthest, end)
    file.seek(0)
    parts = tuple(zip(starts, [*starts[1:], size], strict=True))
    # A last byte of padding to an even length is often left out.
    return Structure(parts, is_cut_off=furthest > size + 1)


def _read(file: BinaryIO, position: int, count: int) -> bytes:
    file.seek(position)
    return file.read(count)


def _parser(head: bytes) -> Callable[[BinaryIO, int], Iterator[_Element]] | None:
    """Return the parser of a file's elements, by its first bytes; None if there is none."""
    if head[:4] in _BYTE_ORDERS:
        return _riff_chunks
    if head[:4] == b"caff":
        return _caf_chunks
    if head[:4] == b"OggS":
        return _ogg_pages
    if head[:4] == _EBML.to_bytes(4, "big"):
        return _ebml_elements
    if head[4:8] in ISO_BOXES:
        return _iso_boxes
    return None


def _caf_chunks(file: BinaryIO, size: int) -> Iterator[_Element]:
    """Yield the chunks of a CAF recording (Apple, Core Audio Format)."""
    position = 8
    while position + 12 <= size:
        length = int.from_bytes(_read(file, position + 4, 8), "big", signed=True)
        if length < 0:
            return  # the samples extend to the end of the file
        yield position, position + 12 + length, False
        position += 12 + length


def _riff_chunks(file: BinaryIO, size: int) -> Iterator[_Element]:
    """Yield WAV or AIFF recordings and the samples of each (Microsoft, RIFF; Apple, AIFF-C)."""
    start = 0
    while (head := _read(file, start, 8))[:4] in _BYTE_ORDERS:
        order = _BYTE_ORDERS[head[:4]]
        length = int.from_bytes(head[4:], order)
        yield start, _end_of_samples(file, start + 12, order), True
        if length in _UNKNOWN_LENGTHS:
            return
        end = start + 8 + length
        yield start, end, False
        next_starts = [offset for offset in (end, end + 1) if _read(file, offset, 4) == head[:4]]
        if not next_starts:
            return
        start = next_starts[0]


def _end_of_samples(file: BinaryIO, position: int, order: Literal["little", "big"]) -> int:
    """Return the end of the chunk of samples by its declared length; 0 if that is unknown."""
    for _ in range(_MAX_CHUNKS):
        head = _read(file, position, 8)
        length = int.from_bytes(head[4:], order)
        if len(head) < 8 or (head[:4] in _SAMPLE_CHUNKS and length in _UNKNOWN_LENGTHS):
            return 0
        position += 8 + length
        if head[:4] in _SAMPLE_CHUNKS:
            return position
        position += length % 2
    return 0


def _ogg_pages(file: BinaryIO, size: int) -> Iterator[_Element]:
    """Yield the pages of Ogg (RFC 3533)."""
    position, began_stream = 0, True
    while position < size:
        head = _read(file, position, 27 + 255)
        if head[:4] != b"OggS":
            found = _read(file, position + 1, _SEARCH_BYTES).find(b"OggS")
            position += 1 + found if found >= 0 else _SEARCH_BYTES - 3
            continue
        n_segments = head[26] if len(head) > 26 else 1
        end = position + 27 + n_segments + sum(head[27 : 27 + n_segments])
        begins_stream = bool(head[5:6] != b"" and head[5] & 2)
        yield position, end, begins_stream and not began_stream
        position, began_stream = end, begins_stream


def _ebml_elements(file: BinaryIO, size: int) -> Iterator[_Element]:
    """Yield the elements of Matroska and WebM (RFC 8794), also in segments and open clusters."""
    position = 0
    while position < size:
        head = _read(file, position, 12)
        n_identity = 9 - head[0].bit_length()
        n_length = 9 - head[n_identity].bit_length() if len(head) > n_identity else 1
        body = position + n_identity + n_length
        if body > size:
            yield position, body + 1, False
            return
        identity = int.from_bytes(head[:n_identity], "big")
        length = int.from_bytes(head[n_identity : n_identity + n_length], "big")
        length -= 1 << 7 * n_length  # the marker bit, by which the number of bytes is encoded
        is_open = length == (1 << 7 * n_length) - 1
        if n_identity > 4 or n_length > 8 or (is_open and identity not in (_SEGMENT, _CLUSTER)):
            return
        yield position, size if is_open else body + length, identity == _EBML
        position = body if is_open or identity == _SEGMENT else body + length


def _iso_boxes(file: BinaryIO, size: int) -> Iterator[_Element]:
    """Yield the boxes of MP4 and MOV."""
    position, has_media = 0, False
    while position + 8 <= size:
        head = _read(file, position, 16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:], "big")
        elif length == 0:
            length = size - position
        if length < 8:
            return
        is_new = head[4:8] == b"ftyp" and has_media
        has_media = head[4:8] == b"mdat" or (has_media and not is_new)
        yield position, position + length, is_new
        position += length
