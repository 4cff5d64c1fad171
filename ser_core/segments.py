"""pydub's `AudioSegment`, the one form in which audio enters, and the way from it to a waveform."""

import sys
import warnings
from collections.abc import Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

from ser_core.errors import EmptyAudioError

with warnings.catch_warnings():
    # pydub warns that it finds no ffmpeg on the PATH, which it is not asked to use, and newer
    # Pythons warn of pydub's spelling.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

__all__ = ["SAMPLE_RATE", "AudioSegment", "to_waveform"]

SAMPLE_RATE = 16_000  # Hz, of every waveform in the core

# soxr's own standard. Measured for 4 s of 48 kHz: 0.5 ms, where its quickest takes 0.3 and its best
# 0.8, beside 13 ms for decoding them from Opus.
_RESAMPLER = "HQ"
_BLOCK = 1 << 20  # frames that are mixed and resampled at a time: 22 s at 48 kHz

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
    samples = np.frombuffer(segment.raw_data, dtype=f"{_BYTE_ORDER}i{segment.sample_width}")
    frames = samples.reshape(-1, segment.channels)
    if not len(frames):
        raise EmptyAudioError("There is no sound in this recording: record it again.")
    scale = np.float32(1 / (1 << 8 * segment.sample_width - 1))
    blocks = _mono_blocks(frames, scale)
    if segment.frame_rate != SAMPLE_RATE:
        blocks = _resampled(blocks, segment.frame_rate, len(frames))
    waveform = np.concatenate(list(blocks))
    # A resampler overshoots at steep edges.
    return np.clip(waveform, -1.0, 1.0, out=waveform)


def _mono_blocks(
    frames: NDArray[np.signedinteger], scale: np.float32
) -> Iterator[NDArray[np.float32]]:
    """Mix to mono and scale, a block at a time: a long recording is never held twice."""
    channels = frames.shape[1]
    for start in range(0, len(frames), _BLOCK):
        block = frames[start : start + _BLOCK]
        mono = block[:, 0].astype(np.float32)
        for channel in range(1, channels):
            mono += block[:, channel]
        mono *= scale / np.float32(channels)
        yield mono


def _resampled(
    blocks: Iterator[NDArray[np.float32]], sample_rate: int, n_frames: int
) -> Iterator[NDArray[np.float32]]:
    """Resample blocks as one stream, from a rate in Hz to `SAMPLE_RATE`."""
    if n_frames <= _BLOCK:
        for block in blocks:
            yield soxr.resample(block, sample_rate, SAMPLE_RATE, _RESAMPLER)
        return
    stream = soxr.ResampleStream(sample_rate, SAMPLE_RATE, 1, "float32", _RESAMPLER)
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.empty(0, np.float32), last=True)
