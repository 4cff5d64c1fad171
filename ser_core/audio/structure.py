"""Where the recordings in a file begin and end, and whether the last of them breaks off.

libav reads the first of several recordings that were put together byte by byte, and does not say
when the end of one is missing. So the outermost elements of the containers in which that happens
are followed here, by their lengths alone. What is in them is left to libav, and every byte of the
file belongs to a part.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Literal

MOST_PARTS = 100  # recordings in one file; those behind belong to the last
_MOST_ELEMENTS = 200_000  # that are followed, so that no file takes for ever
_MOST_CHUNKS = 1_000  # before the samples of a WAV or AIFF recording
_SEARCHED = 1 << 16  # bytes that are searched at a time for the next page

_UNKNOWN = {0, *range(0x7FFFFF00, 0x80000000), *range(0xFFFFFF00, 0x100000000)}
"""Lengths that programs write where they cannot know one, with or without that of a header."""

_FORMS: dict[bytes, Literal["little", "big"]] = {b"RIFF": "little", b"FORM": "big"}
_SAMPLES = (b"data", b"SSND")  # the chunk with the samples, in WAV and in AIFF

_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675

ISO_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""With which MP4 and MOV files begin (ISO/IEC 14496-12; Apple, QuickTime File Format)."""

_Element = tuple[int, int, bool]  # where it begins and ends; whether a recording begins with it


@dataclass(frozen=True)
class Structure:
    """The outermost structure of a file.

    Parameters
    ----------
    parts
        Where each recording begins and ends, as offsets in bytes, without gaps.
    is_cut_off
        Whether the file ends before one of its elements does.
    """

    parts: tuple[tuple[int, int], ...]
    is_cut_off: bool


def read_structure(file: BinaryIO) -> Structure:
    """Follow the outermost elements of a file.

    Parameters
    ----------
    file
        Open for reading; left at its beginning.

    Returns
    -------
    Structure
        One part that is not cut off, where the container is none of those that are followed.
    """
    size = file.seek(0, os.SEEK_END)
    starts, furthest = [0], 0
    follow = _follower(_read(file, 0, 8))
    if follow is not None:
        for start, end, is_new in islice(follow(file, size), _MOST_ELEMENTS):
            if is_new and start and len(starts) < MOST_PARTS:
                starts.append(start)
            furthest = max(furthest, end)
    file.seek(0)
    parts = tuple(zip(starts, [*starts[1:], size], strict=True))
    # A last byte, which only makes a length even, is often left out.
    return Structure(parts, is_cut_off=furthest > size + 1)


def _read(file: BinaryIO, position: int, count: int) -> bytes:
    file.seek(position)
    return file.read(count)


def _follower(head: bytes) -> Callable[[BinaryIO, int], Iterator[_Element]] | None:
    """Choose how to follow a file's elements by its first bytes."""
    if head[:4] in _FORMS:
        return _forms
    if head[:4] == b"caff":
        return _caf_chunks
    if head[:4] == b"OggS":
        return _pages
    if head[:4] == _EBML.to_bytes(4, "big"):
        return _ebml_elements
    if head[4:8] in ISO_BOXES:
        return _boxes
    return None


def _caf_chunks(file: BinaryIO, size: int) -> Iterator[_Element]:
    """Follow the chunks of a CAF recording (Apple, Core Audio Format)."""
    position = 8
    while position + 12 <= size:
        length = int.from_bytes(_read(file, position + 4, 8), "big", signed=True)
        if length < 0:
            return  # the samples go on to the end of the file
        yield position, position + 12 + length, False
        position += 12 + length


def _forms(file: BinaryIO, size: int) -> Iterator[_Element]:
    """Follow WAV or AIFF recordings (Microsoft, RIFF; Apple, AIFF-C)."""
    start = 0
    while (form := _read(file, start, 8))[:4] in _FORMS:
        order = _FORMS[form[:4]]
        length = int.from_bytes(form[4:], order)
        yield start, _end_of_samples(file, start + 12, order), True
        if length in _UNKNOWN:
            return
        end = start + 8 + length
        yield start, end, False
        following = [at for at in (end, end + 1) if _read(file, at, 4) == form[:4]]
        if not following:
            return
        start = following[0]


def _end_of_samples(file: BinaryIO, position: int, order: Literal["little", "big"]) -> int:
    """Return where the chunk of samples says that it ends; 0 where it does not say."""
    for _ in range(_MOST_CHUNKS):
        head = _read(file, position, 8)
        length = int.from_bytes(head[4:], order)
        if len(head) < 8 or (head[:4] in _SAMPLES and length in _UNKNOWN):
            return 0
        position += 8 + length
        if head[:4] in _SAMPLES:
            return position
        position += length % 2
    return 0


def _pages(file: BinaryIO, size: int) -> Iterator[_Element]:
    """Follow the pages of Ogg (RFC 3533)."""
    position, began_stream = 0, True
    while position < size:
        head = _read(file, position, 27 + 255)
        if head[:4] != b"OggS":
            found = _read(file, position + 1, _SEARCHED).find(b"OggS")
            position += 1 + found if found >= 0 else _SEARCHED - 3
            continue
        n_segments = head[26] if len(head) > 26 else 1
        end = position + 27 + n_segments + sum(head[27 : 27 + n_segments])
        begins_stream = bool(head[5:6] != b"" and head[5] & 2)
        yield position, end, begins_stream and not began_stream
        position, began_stream = end, begins_stream


def _ebml_elements(file: BinaryIO, size: int) -> Iterator[_Element]:
    """Follow the elements of Matroska and WebM (RFC 8794), into segments and open clusters."""
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
        length -= 1 << 7 * n_length  # the bit that marks how many bytes the length has
        is_open = length == (1 << 7 * n_length) - 1
        if n_identity > 4 or n_length > 8 or (is_open and identity not in (_SEGMENT, _CLUSTER)):
            return
        yield position, size if is_open else body + length, identity == _EBML
        position = body if is_open or identity == _SEGMENT else body + length


def _boxes(file: BinaryIO, size: int) -> Iterator[_Element]:
    """Follow the boxes of MP4 and MOV."""
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
