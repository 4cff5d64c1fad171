"""ADTS: AAC in a stream of frames, each with a header of its own (ISO/IEC 13818-7, section 6.2)."""

import math

from ser_core.containers import id3
from ser_core.containers.kinds import Container
from ser_core.containers.outline import Outline, cut_off

_HEADER = 7  # bytes
_SYNC = 0xFFF0  # twelve bits, and a layer of 0: what tells it from MP3
_SYNC_MASK = 0xFFF6
_SAMPLE_RATES = (  # Hz, by index
    *(96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025),
    *(8_000, 7_350),
)
_BLOCK = 1024  # samples

# How frames are told from chance: so many headers that fit together, one behind the other.
_CHAIN = 3


def starts_at(data: bytes, offset: int) -> bool:
    """Tell whether an ADTS stream starts here."""
    rate_index = None
    for _ in range(_CHAIN):
        frame = _frame(data, offset)
        if frame is None or rate_index not in (None, frame[1]):
            return False
        length, rate_index, _ = frame
        offset += length
        if offset + _HEADER > len(data):
            break
    return True


def read_outline(data: bytes, max_seconds: float) -> Outline:
    """Follow the frames to the end.

    Parameters
    ----------
    data
        The whole file, perhaps with an ID3 tag before it.
    max_seconds
        The limit: frames beyond it are not counted.

    Returns
    -------
    Outline
        The frames, and their length.

    Raises
    ------
    DamagedAudioError
        The file ends within a frame.
    """
    offset = start = id3.skip(data)
    seconds = 0.0
    while (frame := _frame(data, offset)) is not None:
        length, rate_index, blocks = frame
        if offset + length > len(data):
            raise cut_off(Container.ADTS)
        seconds += blocks * _BLOCK / _SAMPLE_RATES[rate_index]
        offset += length
        if seconds > max_seconds:
            seconds = math.inf
            break
    return Outline((data[start:offset],), seconds)


def _frame(data: bytes, offset: int) -> tuple[int, int, int] | None:
    """Read a frame's header: its length in bytes, index of the sample rate, blocks of samples."""
    header = data[offset : offset + _HEADER]
    word = int.from_bytes(header, "big")
    length = word >> 13 & 0x1FFF
    rate_index = word >> 34 & 15
    if (
        len(header) < _HEADER
        or word >> 40 & _SYNC_MASK != _SYNC
        or rate_index >= len(_SAMPLE_RATES)
        or length < _HEADER
    ):
        return None
    return length, rate_index, (word & 3) + 1
