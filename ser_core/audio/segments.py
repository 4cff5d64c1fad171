"""pydub's `AudioSegment`, which all audio is decoded to, and its conversion to a waveform."""

import itertools
import sys
import warnings
from collections.abc import Iterable, Iterator

import numpy as np
import soxr
from numpy.typing import NDArray

from ser_core.audio.channels import downmix
from ser_core.errors import EmptyAudioError

with warnings.catch_warnings():
    # pydub warns if there is no ffmpeg on the PATH, which is not needed here, and newer versions of
    # Python warn of invalid escapes in pydub's code.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

__all__ = [
    "BLOCK_FRAMES",
    "SAMPLE_RATE",
    "AudioSegment",
    "no_sound_error",
    "to_waveform",
    "to_waveforms",
]

SAMPLE_RATE = 16_000  # Hz, of every waveform in the core

# soxr's default quality. Measured for 4 s at 48 kHz: 0.5 ms, beside 0.3 ms for its lowest quality,
# 0.8 ms for its highest, and 4 ms for decoding from Opus.
_RESAMPLER_QUALITY = "HQ"
BLOCK_FRAMES = 1 << 20  # frames that are mixed and resampled at a time: 22 s at 48 kHz

_BYTE_ORDER = "<" if sys.byteorder == "little" else ">"  # pydub's samples have the machine's


def to_waveform(segment: AudioSegment) -> NDArray[np.float32]:
    """Mix a segment to one channel and resample it to `SAMPLE_RATE`.

    Channels are mixed by `channels.downmix`; integers are scaled to a full scale of 1.

    Parameters
    ----------
    segment
        Audio with 8, 16 or 32 bits, any number of channels and any sample rate.

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
        raise no_sound_error()
    return np.concatenate(list(to_waveforms([segment])))


def no_sound_error() -> EmptyAudioError:
    """Return the error for a recording without samples."""
    return EmptyAudioError("There is no sound in this recording: record it again.")


def to_waveforms(segments: Iterable[AudioSegment]) -> Iterator[NDArray[np.float32]]:
    """Mix and resample the segments of a recording, block by block.

    Parameters
    ----------
    segments
        Segments of any length. Consecutive ones with one sample rate are resampled as one stream.

    Yields
    ------
    ndarray of float32, shape (n_samples,)
        Concatenated, exactly what `to_waveform` returns for the joined segments.
    """
    for sample_rate, run in itertools.groupby(segments, key=lambda segment: segment.frame_rate):
        blocks: Iterator[NDArray[np.float32]] = itertools.chain.from_iterable(
            map(_mono_blocks, run)
        )
        if sample_rate != SAMPLE_RATE:
            blocks = _resampled(blocks, sample_rate)
        for block in blocks:
            # Resampling overshoots at steep edges.
            yield np.clip(block, -1.0, 1.0, out=block)


def _mono_blocks(segment: AudioSegment) -> Iterator[NDArray[np.float32]]:
    """Convert to mono float blocks, so that a long segment is not in memory twice."""
    samples = np.frombuffer(segment.raw_data, dtype=f"{_BYTE_ORDER}i{segment.sample_width}")
    frames = samples.reshape(-1, segment.channels)
    scale = np.float32(1 / (1 << 8 * segment.sample_width - 1))
    for start in range(0, len(frames), BLOCK_FRAMES):
        block = frames[start : start + BLOCK_FRAMES].astype(np.float32)
        block *= scale
        yield downmix(block, sample_rate=segment.frame_rate)


def _resampled(
    blocks: Iterator[NDArray[np.float32]], sample_rate: int
) -> Iterator[NDArray[np.float32]]:
    """Resample blocks as one stream, from a sample rate in Hz to `SAMPLE_RATE`."""
    first = next(blocks)
    second = next(blocks, None)
    if second is None:
        yield soxr.resample(first, sample_rate, SAMPLE_RATE, _RESAMPLER_QUALITY)
        return
    stream = soxr.ResampleStream(sample_rate, SAMPLE_RATE, 1, "float32", _RESAMPLER_QUALITY)
    for block in itertools.chain([first, second], blocks):
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.empty(0, np.float32), last=True)
