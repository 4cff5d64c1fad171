"""Decoding of audio files, as bytes or a path, to pydub's `AudioSegment`.

The container and the codec are left to `libav`. This module opens the file, splits it where several
recordings were concatenated, and groups the decoded samples into segments.
"""

import contextlib
import functools
import io
import os
import stat
from collections.abc import Iterator
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import libav
from ser_core.audio.coverage import Coverage
from ser_core.audio.limits import DEFAULT_LIMITS, AudioLimits, too_large_error, too_much_work_error
from ser_core.audio.progress import DecodingProgress
from ser_core.audio.segments import BLOCK_FRAMES, AudioSegment, no_sound_error, to_waveforms
from ser_core.audio.signatures import HEAD_BYTES, container_name, cut_off_error
from ser_core.audio.structure import read_structure
from ser_core.errors import (
    AudioError,
    AudioTooLargeError,
    AudioTooLongError,
    AudioUnreadableError,
    EmptyAudioError,
)

Source = bytes | str | os.PathLike[str]
"""The content of a file, or its path."""

_SCALE_PERCENTILE = 99.9  # of the magnitudes, by which the full scale of float samples is estimated


def decode(source: Source, *, limits: AudioLimits = DEFAULT_LIMITS) -> AudioSegment:
    """Decode a recording in any supported container.

    Parameters
    ----------
    source
        The content of a file, or its path.
    limits
        Maximum size and duration.

    Returns
    -------
    AudioSegment
        At the original sample rate; 16 bits, or 32 where the recording has more.

    Raises
    ------
    AudioUnreadableError
        The path is not that of a readable file.
    AudioTooLargeError, AudioTooLongError
        The recording exceeds the limits.
    EmptyAudioError
        There are no bytes, or no samples.
    UnsupportedAudioError
        The container or the codec is not supported.
    NoAudioStreamError
        The container has no audio stream.
    DamagedAudioError
        Nothing can be decoded.
    """
    with open_recording(source, limits=limits) as recording:
        segments = list(recording.segments())
    first = segments[0]
    sample_format = (first.frame_rate, first.channels, first.sample_width)
    if all(
        (segment.frame_rate, segment.channels, segment.sample_width) == sample_format
        for segment in segments
    ):
        return AudioSegment(
            data=b"".join(segment.raw_data for segment in segments),
            sample_width=first.sample_width,
            frame_rate=first.frame_rate,
            channels=first.channels,
        )
    return functools.reduce(lambda joined, segment: joined.append(segment, crossfade=0), segments)


@contextlib.contextmanager
def open_recording(
    source: Source, *, limits: AudioLimits = DEFAULT_LIMITS
) -> Iterator["RecordingReader"]:
    """Open a recording to decode it block by block, so that it is never in memory as a whole.

    Parameters and errors are those of `decode`; most errors are raised while decoding.
    """
    if isinstance(source, bytes):
        _check_size(len(source), limits)
        yield RecordingReader(io.BytesIO(source), limits)
        return
    with _opened(source, limits) as file:
        yield RecordingReader(file, limits)


class RecordingReader:
    """A recording that is decoded while it is read, once. Created by `open_recording`."""

    def __init__(self, file: BinaryIO, limits: AudioLimits) -> None:
        self._file = file
        self._structure = read_structure(file)
        self._progress = DecodingProgress(limits=limits, is_cut_off=self._structure.is_cut_off)

    @property
    def coverage(self) -> Coverage:
        """How much of the recording has been decoded so far."""
        return self._progress.coverage

    def segments(self) -> Iterator[AudioSegment]:
        """Decode the recording to segments.

        Yields
        ------
        AudioSegment
            At the original sample rate; 16 bits, or 32 where the recording has more. Each has
            `BLOCK_FRAMES` frames, or fewer at the end and where the sample format changes.

        Raises
        ------
        AudioError
            Nothing can be decoded, or the recording exceeds the limits.
        """
        failure: AudioError | None = None
        for file in self._parts():
            try:
                yield from _blocks(libav.interleaved_samples(file, self._progress))
            except (AudioTooLongError, AudioTooLargeError):
                raise
            except AudioError as error:
                failure = error
                self._progress.is_cut_off = True
            except MemoryError as cause:
                raise too_much_work_error() from cause
        if not self._progress.seconds:
            raise failure or self._no_samples_error()

    def waveforms(self) -> Iterator[NDArray[np.float32]]:
        """Decode the recording to mono at `SAMPLE_RATE`; raises the errors of `segments`."""
        return to_waveforms(self.segments())

    def _no_samples_error(self) -> AudioError:
        """Return the error for a recording without any samples."""
        self._file.seek(0)
        container = container_name(self._file.read(HEAD_BYTES))
        return (
            cut_off_error(container)
            if self._progress.is_cut_off and container
            else no_sound_error()
        )

    def _parts(self) -> Iterator[BinaryIO]:
        """Open each of the recordings that are concatenated in the file."""
        if len(self._structure.parts) == 1:
            yield self._file
            return
        for start, end in self._structure.parts:
            self._file.seek(start)
            yield io.BytesIO(self._file.read(end - start))


def _blocks(interleaved: Iterator[tuple[int, libav.Samples]]) -> Iterator[AudioSegment]:
    """Join samples to segments of `BLOCK_FRAMES` frames, or fewer where the format changes.

    If decoding fails, what was decoded before is yielded first.
    """
    pending: list[libav.Samples] = []
    n_pending, sample_format = 0, (0, 0)
    scale = _FloatScale()
    failure: AudioError | None = None
    while True:
        try:
            sample_rate, samples = next(interleaved)
        except StopIteration:
            break
        except AudioError as error:
            failure = error
            break
        if pending and (sample_rate, samples.shape[1]) != sample_format:
            yield _segment(np.concatenate(pending), sample_format[0], scale)
            pending, n_pending = [], 0
        sample_format = (sample_rate, samples.shape[1])
        pending.append(samples)
        n_pending += len(samples)
        while n_pending >= BLOCK_FRAMES:
            joined = np.concatenate(pending)
            yield _segment(joined[:BLOCK_FRAMES], sample_rate, scale)
            pending, n_pending = [joined[BLOCK_FRAMES:]], n_pending - BLOCK_FRAMES
    if n_pending:
        yield _segment(np.concatenate(pending), sample_format[0], scale)
    if failure is not None:
        raise failure


def _segment(samples: libav.Samples, sample_rate: int, scale: "_FloatScale") -> AudioSegment:
    if samples.dtype.kind == "f":
        samples = scale.to_integers(samples)
    return AudioSegment(
        data=samples.tobytes(),
        sample_width=samples.dtype.itemsize,
        frame_rate=sample_rate,
        channels=samples.shape[1],
    )


class _FloatScale:
    """The full scale of float samples; some programs store values in the range of integers."""

    def __init__(self) -> None:
        self._exponent = 0  # of the power of two that samples are divided by; it never decreases

    def to_integers(self, samples: libav.Samples) -> NDArray[np.int32]:
        """Convert samples to 32-bit integers; values beyond the full scale are clipped."""
        with np.errstate(invalid="ignore", over="ignore"):  # files may hold any bits as floats
            samples = np.nan_to_num(samples.astype(np.float64), posinf=1.0, neginf=-1.0)
            magnitude = np.abs(samples)
            if magnitude.max() > 1:
                peak = float(np.percentile(magnitude, _SCALE_PERCENTILE))
                self._exponent = max(self._exponent, int(np.ceil(np.log2(max(peak, 1.0)))))
            samples *= 2.0 ** (31 - self._exponent)
        return np.clip(np.rint(samples), -(2.0**31), 2.0**31 - 1).astype(np.int32)


def _check_size(size: int, limits: AudioLimits) -> None:
    if not size:
        raise EmptyAudioError("This file is empty: record it again.")
    if size > limits.max_bytes:
        raise too_large_error(limits)


@contextlib.contextmanager
def _opened(path: str | os.PathLike[str], limits: AudioLimits) -> Iterator[BinaryIO]:
    """Open a regular file of an allowed size."""
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise _unreadable_error("{path} is a folder: name a file in it.", path)
        if not stat.S_ISREG(status.st_mode):
            raise _unreadable_error("{path} is not a file: save the recording as one.", path)
        _check_size(status.st_size, limits)
        # O_NONBLOCK, since a pipe may have replaced the file since os.stat.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        # A file object made from a descriptor has no name that libav could guess the format from.
        file = os.fdopen(os.open(path, flags), "rb")
    except FileNotFoundError as cause:
        raise _unreadable_error("{path} does not exist: check its name.", path) from cause
    except PermissionError as cause:
        raise _unreadable_error(
            "{path} may not be read: ask for permission, or copy it elsewhere.", path
        ) from cause
    except (OSError, ValueError) as cause:
        raise _unreadable_error("{path} cannot be read: check the file.", path) from cause
    with file:
        yield cast(BinaryIO, file)


def _unreadable_error(message: str, path: str | os.PathLike[str]) -> AudioUnreadableError:
    """Return an error with the path, escaped if it holds characters that cannot be printed."""
    shown = os.fspath(path)
    return AudioUnreadableError(message, path=shown if shown.isprintable() else ascii(shown)[1:-1])
