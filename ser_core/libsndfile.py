"""libsndfile, by way of soundfile: WAV, FLAC, MP3, Ogg Vorbis and Ogg Opus, decoded in-process.

It is read block by block and never beyond the limit, whatever a header says, so that neither a lie
nor an honest hour of silence in a few kilobytes fills the memory.
"""

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from ser_core.containers import Container
from ser_core.containers.outline import cut_off
from ser_core.errors import (
    AudioTooLongError,
    DamagedAudioError,
    EmptyAudioError,
    UnsupportedAudioError,
)
from ser_core.segments import BLOCK, AudioSegment

SAMPLE_RATES = range(4_000, 192_001)  # Hz; speech is no longer speech below
MAX_CHANNELS = 8

_BLOCK = 1 << 18  # samples of all channels that are read at a time
_MAX_BYTES_PER_SECOND = 192_000 * 2  # what an `AudioSegment` may hold: 192 kHz of mono 16-bit
_UNKNOWN_FRAMES = 1 << 62  # from here on, a header's number of frames means "unknown"
_MAX_FRAMES = 1 << 40  # of any limit, so that arithmetic stays within 64 bits

# Formats of up to 16 bits: libsndfile gives them as int16 without loss.
_SHORT = {"PCM_S8", "PCM_U8", "PCM_16", "ULAW", "ALAW", "IMA_ADPCM", "MS_ADPCM", "GSM610"}
_LONG = {"PCM_24", "PCM_32"}  # as int32, without loss
_REAL = {"FLOAT", "DOUBLE"}  # as float64, for an int32 keeps more than a float32
# All others are lossy: as float32, which libsndfile decodes to anyway, for int16.


class _ForwardFile(soundfile.SoundFile):  # type: ignore[misc] # soundfile declares no types
    """A file that is read from the beginning to the end.

    soundfile seeks to where it already is after every read, which costs time, and fails at the end
    of a FLAC file that was streamed and does not tell its length.
    """

    def seekable(self) -> bool:
        return False


@dataclass(frozen=True)
class _Layout:
    """How decoded audio is laid out in a segment."""

    sample_rate: int  # Hz
    channels: int
    sample_width: int  # bytes


def read(parts: Sequence[BinaryIO], *, max_seconds: float) -> AudioSegment:
    """Decode one recording, or several that are chained.

    16-bit and lossy formats become 16-bit segments, all others 32-bit ones; values beyond full
    scale are clipped. Where the rate and the channels would make the segment larger than
    mono at 192 kHz and 16 bits, it is mixed to mono, and then cut to 16 bits.

    Parameters
    ----------
    parts
        The recordings, as open files.
    max_seconds
        The limit on all of them together.

    Returns
    -------
    AudioSegment
        At the recording's own sample rate.

    Raises
    ------
    AudioTooLongError
        There is more than the limit, or a header says so.
    DamagedAudioError
        It cannot be decoded, or holds less than it says.
    EmptyAudioError
        It holds no samples.
    UnsupportedAudioError
        The sample rate or the number of channels is out of bounds, or changes between recordings.
    """
    return joined(read_blocks(parts, max_seconds=max_seconds))


def joined(blocks: Iterable[AudioSegment]) -> AudioSegment:
    """Put the blocks of a recording together; there is at least one."""
    samples = io.BytesIO()
    for block in blocks:
        samples.write(block.raw_data)
    return _segment(
        samples.getvalue(), _Layout(block.frame_rate, block.channels, block.sample_width)
    )


def read_blocks(parts: Iterable[BinaryIO], *, max_seconds: float) -> Iterator[AudioSegment]:
    """Decode as `read` does, but block by block: no more than a few are ever held.

    Yields
    ------
    AudioSegment
        Of `BLOCK` frames each, the last of fewer.
    """
    layout: _Layout | None = None
    samples = bytearray()
    n_frames = 0
    for part in parts:
        try:
            with _ForwardFile(part) as file:
                layout = _checked_layout(file, layout)
                width = layout.channels * layout.sample_width
                for block in _read(file, layout, n_frames, max_seconds):
                    n_frames += len(block)
                    samples += block.data
                    while len(samples) > BLOCK * width:
                        yield _segment(bytes(samples[: BLOCK * width]), layout)
                        del samples[: BLOCK * width]
        except (soundfile.SoundFileError, OSError, ValueError) as cause:
            raise DamagedAudioError(
                "This recording is damaged and cannot be decoded: send another copy of it, "
                "or record it again."
            ) from cause
    if layout is None or not samples:
        raise EmptyAudioError("There is no sound in this recording: record it again.")
    yield _segment(bytes(samples), layout)


def _segment(data: bytes, layout: _Layout) -> AudioSegment:
    return AudioSegment(
        data,
        sample_width=layout.sample_width,
        frame_rate=layout.sample_rate,
        channels=layout.channels,
    )


def too_long(max_seconds: float, seconds: float = math.inf) -> AudioTooLongError:
    """Build the error for a recording beyond the limit, with its length where that is known."""
    length, limit = f"{_spoken(seconds)} long", _spoken(max_seconds)
    if seconds == math.inf or length == f"{limit} long":
        length = "too long"
    return AudioTooLongError(f"This recording is {length}: send at most {limit} of it.")


def _spoken(seconds: float) -> str:
    """Say a length of time as people do: "90 seconds", "10 minutes", "1 h 5 min"."""
    if seconds < 120 or seconds == math.inf:
        return f"{seconds:.3g} seconds"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} h {minutes % 60} min"


def _checked_layout(file: soundfile.SoundFile, before: _Layout | None) -> _Layout:
    """Choose the layout for a file, which must be that of the recording before it."""
    sample_rate, channels = file.samplerate, file.channels
    if sample_rate not in SAMPLE_RATES or not 1 <= channels <= MAX_CHANNELS:
        raise UnsupportedAudioError(
            f"This recording says it has {channels} channels at {sample_rate} Hz: save it with "
            f"1 to {MAX_CHANNELS} channels at {SAMPLE_RATES[0]} to {SAMPLE_RATES[-1]} Hz."
        )
    width = 4 if file.subtype in _LONG | _REAL else 2
    if sample_rate * channels * width > _MAX_BYTES_PER_SECOND:
        channels = 1
    if sample_rate * channels * width > _MAX_BYTES_PER_SECOND:
        width = 2
    layout = _Layout(sample_rate, channels, width)
    if before not in (None, layout):
        raise UnsupportedAudioError(
            "This file holds several different recordings, one after another: send one of them."
        )
    return layout


def _read(
    file: soundfile.SoundFile, layout: _Layout, before: int, max_seconds: float
) -> Iterator[NDArray[Any]]:
    """Decode a file behind so many frames, as far as the limit and one frame more."""
    limit = int(min(max_seconds * layout.sample_rate, _MAX_FRAMES))
    declared = file.frames
    if declared < _UNKNOWN_FRAMES and before + declared > limit:
        raise too_long(max_seconds, (before + declared) / layout.sample_rate)
    frames = before
    for block in _blocks(file, limit + 1 - before):
        frames += len(block)
        if frames > limit:
            raise too_long(max_seconds)
        yield _to_integers(_folded(block, layout), layout)
    if file.format == "FLAC" and declared < _UNKNOWN_FRAMES and frames - before < declared:
        raise cut_off(Container.FLAC)


def _blocks(file: soundfile.SoundFile, frames: int) -> Iterator[NDArray[Any]]:
    """Read at most some frames, in blocks of shape (n_frames, n_channels) that are used at once."""
    if file.subtype in _SHORT:
        dtype: type[np.generic] = np.int16
    elif file.subtype in _LONG:
        dtype = np.int32
    elif file.subtype in _REAL:
        dtype = np.float64
    else:
        dtype = np.float32
    buffer = np.empty((_BLOCK // file.channels, file.channels), dtype)
    while frames > 0:
        block = file.read(out=buffer[:frames])
        if not len(block):
            return
        frames -= len(block)
        yield block


def _folded(block: NDArray[Any], layout: _Layout) -> NDArray[Any]:
    """Mix to mono where the layout has fewer channels than the file."""
    if block.shape[1] == layout.channels:
        return block
    mean: NDArray[Any] = block.mean(axis=1, dtype=np.float64, keepdims=True)
    return mean if block.dtype.kind == "f" else np.rint(mean).astype(block.dtype)


def _to_integers(block: NDArray[Any], layout: _Layout) -> NDArray[Any]:
    """Convert to integers of the segment's width, clipping what is beyond full scale.

    libsndfile does not scale floats when it is asked for integers, nor clip them: so we do.
    """
    integer = np.dtype(f"i{layout.sample_width}")
    if block.dtype.kind == "i":
        if block.dtype.itemsize > integer.itemsize:
            block = block >> 8 * (block.dtype.itemsize - integer.itemsize)
        return np.ascontiguousarray(block, dtype=integer)
    full_scale = 1 << 8 * layout.sample_width - 1
    with np.errstate(all="ignore"):
        if np.isnan(block.sum()):
            np.nan_to_num(block, copy=False, posinf=1.0, neginf=-1.0)
        block *= full_scale
    np.rint(block, out=block)
    # The largest float32 below 2**15 that is an integer is 2**15 - 1; float64 keeps 2**31 - 1.
    np.clip(block, -full_scale, full_scale - 1, out=block)
    return block.astype(integer)
