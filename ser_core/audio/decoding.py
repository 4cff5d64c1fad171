"""Any recording, as bytes or a path, to pydub's `AudioSegment`.

What is in a file is for `libav` to find out. Here it is opened, taken apart where several
recordings were put together byte by byte, and made into segments of even length.
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
from ser_core.audio.limits import DEFAULT_LIMITS, AudioLimits, too_large, too_much_work
from ser_core.audio.segments import BLOCK, AudioSegment, no_sound, to_waveforms
from ser_core.audio.signatures import HEAD_BYTES, container_name, cut_off
from ser_core.audio.structure import read_structure
from ser_core.audio.tally import Tally
from ser_core.errors import (
    AudioError,
    AudioTooLargeError,
    AudioTooLongError,
    AudioUnreadableError,
    EmptyAudioError,
)

Source = bytes | str | os.PathLike[str]
"""The bytes of a file, or the path to one."""

_LOUD_SHARE = 99.9  # percentile of the absolute values by which the scale of floats is known


def decode(source: Source, *, limits: AudioLimits = DEFAULT_LIMITS) -> AudioSegment:
    """Decode a recording in any accepted container.

    Parameters
    ----------
    source
        The bytes of a file, or the path to one.
    limits
        The size and the length from which on it is refused.

    Returns
    -------
    AudioSegment
        At the recording's own sample rate: 16 bits, or 32 where it has more.

    Raises
    ------
    AudioUnreadableError
        The path leads to no file that may be read.
    AudioTooLargeError, AudioTooLongError
        It is beyond the limits.
    EmptyAudioError
        There are no bytes, or no samples.
    UnsupportedAudioError
        It is in no accepted container, or its audio is of a kind that is not decoded.
    NoAudioStreamError
        The container holds no audio.
    DamagedAudioError
        Nothing of it can be decoded.
    """
    with open_recording(source, limits=limits) as recording:
        segments = list(recording.segments())
    first = segments[0]
    form = (first.frame_rate, first.channels, first.sample_width)
    if all((one.frame_rate, one.channels, one.sample_width) == form for one in segments):
        return AudioSegment(
            data=b"".join(one.raw_data for one in segments),
            sample_width=first.sample_width,
            frame_rate=first.frame_rate,
            channels=first.channels,
        )
    return functools.reduce(lambda one, other: one.append(other, crossfade=0), segments)


@contextlib.contextmanager
def open_recording(
    source: Source, *, limits: AudioLimits = DEFAULT_LIMITS
) -> Iterator["Recording"]:
    """Open a recording to be decoded block by block, so that it is never held as a whole.

    Parameters and errors are those of `decode`; most are raised once it is decoded.
    """
    if isinstance(source, bytes):
        _check_size(len(source), limits)
        yield Recording(io.BytesIO(source), limits)
        return
    with _opened(source, limits) as file:
        yield Recording(file, limits)


class Recording:
    """A recording that is decoded as it is read. Made by `open_recording`."""

    def __init__(self, file: BinaryIO, limits: AudioLimits) -> None:
        self._file = file
        self._structure = read_structure(file)
        self._tally = Tally(limits=limits, is_cut_off=self._structure.is_cut_off)

    @property
    def coverage(self) -> Coverage:
        """How much of it was read so far."""
        return self._tally.coverage

    def segments(self) -> Iterator[AudioSegment]:
        """Decode the recording, once.

        Yields
        ------
        AudioSegment
            At the recording's own sample rate; 16 bits, or 32 where it has more. Of `BLOCK` frames,
            or fewer at the end and where the form changes.

        Raises
        ------
        AudioError
            Nothing of it can be decoded, or it is beyond the limits.
        """
        failure: AudioError | None = None
        for file in self._parts():
            try:
                yield from _blocks(libav.packed_samples(file, self._tally))
            except (AudioTooLongError, AudioTooLargeError):
                raise
            except AudioError as error:
                failure = error
                self._tally.is_cut_off = True
            except MemoryError as cause:
                raise too_much_work() from cause
        if not self._tally.seconds:
            raise failure or self._nothing()

    def waveforms(self) -> Iterator[NDArray[np.float32]]:
        """Decode the recording, once, to mono at `SAMPLE_RATE`; errors are those of `segments`."""
        return to_waveforms(self.segments())

    def _nothing(self) -> AudioError:
        """Return the error for a recording without any samples."""
        self._file.seek(0)
        container = container_name(self._file.read(HEAD_BYTES))
        return cut_off(container) if self._tally.is_cut_off and container else no_sound()

    def _parts(self) -> Iterator[BinaryIO]:
        """Open each of the recordings that the file holds, one after another."""
        if len(self._structure.parts) == 1:
            yield self._file
            return
        for start, end in self._structure.parts:
            self._file.seek(start)
            yield io.BytesIO(self._file.read(end - start))


def _blocks(packed: Iterator[tuple[int, libav.Samples]]) -> Iterator[AudioSegment]:
    """Put samples together to segments of `BLOCK` frames, or fewer where their form changes.

    Where decoding ends in an error, what came before it is not lost.
    """
    waiting: list[libav.Samples] = []
    n_waiting, form = 0, (0, 0)
    scale = _FloatScale()
    failure: AudioError | None = None
    while True:
        try:
            sample_rate, samples = next(packed)
        except StopIteration:
            break
        except AudioError as error:
            failure = error
            break
        if waiting and (sample_rate, samples.shape[1]) != form:
            yield _segment(np.concatenate(waiting), form[0], scale)
            waiting, n_waiting = [], 0
        form = (sample_rate, samples.shape[1])
        waiting.append(samples)
        n_waiting += len(samples)
        while n_waiting >= BLOCK:
            together = np.concatenate(waiting)
            yield _segment(together[:BLOCK], sample_rate, scale)
            waiting, n_waiting = [together[BLOCK:]], n_waiting - BLOCK
    if n_waiting:
        yield _segment(np.concatenate(waiting), form[0], scale)
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
    """Brings float samples into full scale: some programs store them as large as integers."""

    def __init__(self) -> None:
        self._exponent = 0  # the power of two that they are divided by; it never falls

    def to_integers(self, samples: libav.Samples) -> NDArray[np.int32]:
        """Convert to 32 bits; what is beyond full scale all the same is clipped."""
        with np.errstate(invalid="ignore", over="ignore"):  # of what is no number, or a wild one
            samples = np.nan_to_num(samples.astype(np.float64), posinf=1.0, neginf=-1.0)
            size = np.abs(samples)
            if size.max() > 1:
                loud = float(np.percentile(size, _LOUD_SHARE))
                self._exponent = max(self._exponent, int(np.ceil(np.log2(max(loud, 1.0)))))
            samples *= 2.0 ** (31 - self._exponent)
        return np.clip(np.rint(samples), -(2.0**31), 2.0**31 - 1).astype(np.int32)


def _check_size(size: int, limits: AudioLimits) -> None:
    if not size:
        raise EmptyAudioError("This file is empty: record it again.")
    if size > limits.max_bytes:
        raise too_large(limits)


@contextlib.contextmanager
def _opened(path: str | os.PathLike[str], limits: AudioLimits) -> Iterator[BinaryIO]:
    """Open a file, after its kind and its size are known to be right."""
    try:
        # A pipe is not waited for, should one take the file's place after this look at it.
        information = os.stat(path)
        if stat.S_ISDIR(information.st_mode):
            raise _unreadable("{path} is a folder: name a file in it.", path)
        if not stat.S_ISREG(information.st_mode):
            raise _unreadable("{path} is not a file: save the recording as one.", path)
        _check_size(information.st_size, limits)
        # A file that is opened by number has no name that libav could guess its format by.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        file = os.fdopen(os.open(path, flags), "rb")
    except FileNotFoundError as cause:
        raise _unreadable("{path} does not exist: check its name.", path) from cause
    except PermissionError as cause:
        raise _unreadable(
            "{path} may not be read: ask for permission, or copy it elsewhere.", path
        ) from cause
    except (OSError, ValueError) as cause:
        raise _unreadable("{path} cannot be read: check the file.", path) from cause
    with file:
        yield cast(BinaryIO, file)


def _unreadable(message: str, path: str | os.PathLike[str]) -> AudioUnreadableError:
    """Return an error with a path as a terminal can show it, whatever bytes are in its name."""
    shown = os.fspath(path)
    return AudioUnreadableError(message, path=shown if shown.isprintable() else ascii(shown)[1:-1])
