"""pydub's `AudioSegment`, the one form in which audio enters, and the way from it to a waveform."""

import itertools
import sys
import warnings
from collections.abc import Iterable, Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

from ser_core.errors import EmptyAudioError

with warnings.catch_warnings():
    # pydub warns that it finds no ffmpeg on the PATH, which it is not asked to use, and newer
    # Pythons warn of pydub's spelling.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

__all__ = ["BLOCK", "SAMPLE_RATE", "AudioSegment", "to_waveform", "to_waveforms"]

SAMPLE_RATE = 16_000  # Hz, of every waveform in the core

# soxr's own standard. Measured for 4 s of 48 kHz: 0.5 ms, where its quickest takes 0.3 and its best
# 0.8, beside 13 ms for decoding them from Opus.
_RESAMPLER = "HQ"
BLOCK = 1 << 20  # frames that are mixed and resampled at a time: 22 s at 48 kHz

_BYTE_ORDER = "<" if sys.byteorder == "little" else ">"  # pydub's samples have the machine's


def to_waveform(segment: AudioSegment) -> NDArray[np.float32]:
    """Mix a segment to one channel and resample it to `SAMPLE_RATE`.

    The channels' mean is taken; the full scale of the segment's integers becomes 1.

    Parameters
    ----------
    segment
        Any segment: 8, 16 or 32 bits, any number of channels, any sample rate.

    Returns
    -------
    ndarray of float32, shape (n_samples,)
        Mono at 16 kHz, within [-1, 1].

    Raises
    ------
    EmptyAudioError
        The segment holds no samples.
    """
    if not segment.raw_data:
        raise EmptyAudioError("There is no sound in this recording: record it again.")
    return np.concatenate(list(to_waveforms([segment])))


def to_waveforms(segments: Iterable[AudioSegment]) -> Iterator[NDArray[np.float32]]:
    """Mix and resample a recording that comes as segments, piece by piece.

    Parameters
    ----------
    segments
        All of one form and of `BLOCK` frames, but for the last; or one of any length.

    Yields
    ------
    ndarray of float32, shape (n_samples,)
        Put together, exactly what `to_waveform` gives of the segments put together.
    """
    segments = iter(segments)
    first = next(segments, None)
    if first is None:
        return
    everything = itertools.chain([first], segments)
    blocks: Iterator[NDArray[np.float32]] = itertools.chain.from_iterable(
        map(_mono_blocks, everything)
    )
    if first.frame_rate != SAMPLE_RATE:
        blocks = _resampled(blocks, first.frame_rate)
    for block in blocks:
        # A resampler overshoots at steep edges.
        yield np.clip(block, -1.0, 1.0, out=block)


def _mono_blocks(segment: AudioSegment) -> Iterator[NDArray[np.float32]]:
    """Mix to mono and scale, a block at a time: a long recording is never held twice."""
    samples = np.frombuffer(segment.raw_data, dtype=f"{_BYTE_ORDER}i{segment.sample_width}")
    frames = samples.reshape(-1, segment.channels)
    scale = np.float32(1 / (1 << 8 * segment.sample_width - 1))
    channels = frames.shape[1]
    for start in range(0, len(frames), BLOCK):
        block = frames[start : start + BLOCK]
        mono = block[:, 0].astype(np.float32)
        for channel in range(1, channels):
            mono += block[:, channel]
        mono *= scale / np.float32(channels)
        yield mono


def _resampled(
    blocks: Iterator[NDArray[np.float32]], sample_rate: int
) -> Iterator[NDArray[np.float32]]:
    """Resample blocks as one stream, from a rate in Hz to `SAMPLE_RATE`."""
    first = next(blocks)
    second = next(blocks, None)
    if second is None:
        yield soxr.resample(first, sample_rate, SAMPLE_RATE, _RESAMPLER)
        return
    stream = soxr.ResampleStream(sample_rate, SAMPLE_RATE, 1, "float32", _RESAMPLER)
    for block in itertools.chain([first, second], blocks):
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.empty(0, np.float32), last=True)
