"""MP3: MPEG audio layer III, a stream of frames (ISO/IEC 11172-3 and 13818-3).

The decoder is handed the frames alone: no tags, and nothing of what lies between. It learns the
length from an information frame at the start ("Xing" or "Info", an addition that nearly every
encoder writes); where that is missing it guesses, and would leave out most of a recording at a
variable bit rate, so one is written that says how many frames there are.
"""

import math
from dataclasses import dataclass

from ser_core.containers import id3
from ser_core.containers.kinds import Container
from ser_core.containers.outline import Outline, cut_off

_HEADER = 4  # bytes
_SYNC = 0xFFE0_0000
_LAYER_3 = 1
_MPEG_1, _MPEG_2 = 3, 2  # version numbers; MPEG-2.5 is 0, and 1 is reserved
_RESERVED = 1
_MONO = 3  # channel mode

_BIT_RATES = {  # kbit/s by index; index 0 is "free format", which is not decoded, 15 is forbidden
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),  # MPEG-1
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),  # MPEG-2, 2.5
}
_SAMPLE_RATES = (44_100, 48_000, 32_000)  # Hz, MPEG-1; halved in MPEG-2, quartered in 2.5
_INFORMATION_BIT_RATE = 64  # kbit/s: the frame that is written is at least 96 bytes long

# How frames are told from chance: so many headers that fit together, one behind the other.
_CHAIN = 3
_SPARE = 10  # frames of information and padding, which are no part of a recording's length
_LEAD_IN = 4096  # bytes after a tag in which the first frame is looked for
_MAX_CANDIDATES = 10_000  # places at which a lost stream is looked for, in all of a file


@dataclass(frozen=True)
class _Header:
    """One frame's header, as far as it matters here."""

    kind: tuple[int, int, bool]  # version, index of the sample rate, mono: the same in every frame
    length: int  # bytes, with the header

    @property
    def sample_rate(self) -> int:
        version, index, _ = self.kind
        return _SAMPLE_RATES[index] >> (0 if version == _MPEG_1 else 1 if version == _MPEG_2 else 2)

    @property
    def samples(self) -> int:
        return 1152 if self.kind[0] == _MPEG_1 else 576

    @property
    def side_information(self) -> int:
        """Bytes between the header and the place of an information frame's name."""
        version, _, mono = self.kind
        return (17 if mono else 32) if version == _MPEG_1 else (9 if mono else 17)


@dataclass(frozen=True)
class _Walk:
    """The frames of a stream."""

    runs: list[tuple[int, int]]  # offsets of stretches without a gap
    first: _Header
    frames: int
    cut: bool  # within the last frame
    endless: bool  # beyond the limit, and not walked further


def starts_at(data: bytes, offset: int) -> bool:
    """Tell whether an MP3 stream starts here, or soon after where a tag stood before."""
    return _first_frame(data, offset) is not None


def read_outline(data: bytes, max_seconds: float) -> Outline:
    """Gather the frames.

    A stream that ends within a frame is used as far as it goes, for streams that were recorded off
    the air end so; unless its information frame tells that there was more.

    Parameters
    ----------
    data
        The whole file, perhaps with an ID3 tag before it.
    max_seconds
        The limit: frames beyond it are not counted.

    Returns
    -------
    Outline
        The frames, with an information frame, and their length.

    Raises
    ------
    DamagedAudioError
        There are fewer frames than the information frame says, or none.
    """
    start = _first_frame(data, id3.skip(data))
    walk = None if start is None else _walk(data, start, max_seconds)
    if walk is None:
        raise cut_off(Container.MP3)
    if walk.endless:
        return Outline((data[start:],), math.inf)
    stream = b"".join(data[begin:end] for begin, end in walk.runs)
    information = stream[: walk.first.length]
    frames = walk.frames
    if _is_information(information, walk.first):
        frames -= 1
        declared = _declared_frames(information, walk.first)
        # Some encoders count the information frame too: one less is no loss.
        if declared is not None and frames < declared - (0 if walk.cut else 1):
            raise cut_off(Container.MP3)
        if declared is None or declared < frames:
            stream = _information_frame(walk.first, frames) + stream[len(information) :]
    else:
        stream = _information_frame(walk.first, frames) + stream
    if not frames:
        raise cut_off(Container.MP3)
    return Outline((stream,), frames * walk.first.samples / walk.first.sample_rate)


def _header(data: bytes, offset: int) -> _Header | None:
    """Read a frame's header; None where there is none."""
    word = int.from_bytes(data[offset : offset + _HEADER], "big")
    version = word >> 19 & 3
    rate_index = word >> 10 & 3
    if (
        len(data) < offset + _HEADER
        or word & _SYNC != _SYNC
        or version == _RESERVED
        or word >> 17 & 3 != _LAYER_3
        or rate_index == len(_SAMPLE_RATES)
    ):
        return None
    bit_rate = _BIT_RATES[version == _MPEG_1][word >> 12 & 15]
    if not bit_rate:
        return None
    kind = (version, rate_index, word >> 6 & 3 == _MONO)
    padding = word >> 9 & 1
    return _Header(kind, _frame_length(kind, bit_rate) + padding)


def _frame_length(kind: tuple[int, int, bool], bit_rate: int) -> int:
    """Give the length in bytes of a frame at a bit rate in kbit/s (ISO/IEC 11172-3, 2.4.3.1)."""
    header = _Header(kind, 0)
    return header.samples // 8 * bit_rate * 1000 // header.sample_rate


def _first_frame(data: bytes, offset: int) -> int | None:
    """Find the first frame: here, or soon after where a tag stood before."""
    if _is_chain(data, offset):
        return offset
    if not offset:
        return None
    for candidate in range(offset, min(offset + _LEAD_IN, len(data))):
        if data[candidate] == 0xFF and _is_chain(data, candidate):
            return candidate
    return None


def _is_chain(data: bytes, offset: int) -> bool:
    """Tell whether some frames that fit together follow each other, or fill the file."""
    kind = None
    for _ in range(_CHAIN):
        header = _header(data, offset)
        if header is None or (kind is not None and header.kind != kind):
            return False
        kind = header.kind
        offset += header.length
        if offset + _HEADER > len(data):
            break
    return True


def _walk(data: bytes, start: int, max_seconds: float) -> _Walk | None:
    """Follow the frames to the end, over whatever lies between them."""
    first = _header(data, start)
    if first is None:
        return None
    runs = []
    frames = 0
    max_frames = max_seconds * first.sample_rate / first.samples + _SPARE
    candidates = _MAX_CANDIDATES
    offset = start
    cut = False
    while frames <= max_frames:
        header = _header(data, offset)
        if header is not None and header.kind == first.kind:
            cut = offset + header.length > len(data)
            if not cut:
                frames += 1
                offset += header.length
                continue
        if offset > start:
            runs.append((start, offset))
        start, candidates = (len(data), 0) if cut else _resume(data, offset, first, candidates)
        if start == len(data):
            break
        offset = start
    return _Walk(runs, first, frames, cut, frames > max_frames) if frames else None


def _resume(data: bytes, offset: int, first: _Header, candidates: int) -> tuple[int, int]:
    """Find where a lost stream goes on; the end of the file where it does not."""
    while candidates:
        candidates -= 1
        offset = data.find(b"\xff", offset + 1)
        if offset < 0:
            break
        header = _header(data, offset)
        if header is not None and header.kind == first.kind and _is_chain(data, offset):
            return offset, candidates
    return len(data), 0


def _is_information(frame: bytes, header: _Header) -> bool:
    """Tell whether a frame is an information frame, which holds no sound."""
    return _information_name(frame, header) != b""


def _information_name(frame: bytes, header: _Header) -> bytes:
    """Give an information frame's name; nothing for a frame of sound."""
    place = _HEADER + header.side_information
    if frame[place : place + 4] in (b"Xing", b"Info"):
        return frame[place : place + 4]
    return b"VBRI" if frame[36:40] == b"VBRI" else b""


def _declared_frames(frame: bytes, header: _Header) -> int | None:
    """Read how many frames follow, where an information frame says so."""
    if _information_name(frame, header) == b"VBRI":
        return int.from_bytes(frame[50:54], "big")
    place = _HEADER + header.side_information
    counted = frame[place + 7 : place + 8] >= b"\x01" and frame[place + 7] & 1
    return int.from_bytes(frame[place + 8 : place + 12], "big") if counted else None


def _information_frame(first: _Header, frames: int) -> bytes:
    """Write an information frame that says how many frames follow."""
    version, rate_index, mono = first.kind
    bit_rate_index = _BIT_RATES[version == _MPEG_1].index(_INFORMATION_BIT_RATE)
    word = _SYNC | version << 19 | _LAYER_3 << 17 | 1 << 16 | bit_rate_index << 12
    word |= rate_index << 10 | (_MONO if mono else 0) << 6
    name = b"Info" + (1).to_bytes(4, "big") + frames.to_bytes(4, "big")
    frame = word.to_bytes(_HEADER, "big") + bytes(first.side_information) + name
    return frame.ljust(_frame_length(first.kind, _INFORMATION_BIT_RATE), b"\0")
