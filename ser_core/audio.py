"""Any recording, as bytes or a path, to a pydub `AudioSegment`, and that to the core's waveform.

Bytes from outside are hostile: they are bounded in size, seconds and memory, recognised by what
they are and not by what they are called, and nothing but the errors of `ser_core.errors` comes out.
"""

import contextlib
import io
import math
import os
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeVar, cast

from ser_core import converter, libsndfile
from ser_core.containers import Container, read_outline, recognise, wav
from ser_core.errors import (
    AudioTooLargeError,
    AudioUnreadableError,
    DamagedAudioError,
    EmptyAudioError,
)
from ser_core.excerpt import Excerpt, FileBytes
from ser_core.native_output import native_stderr_hidden
from ser_core.segments import SAMPLE_RATE, AudioSegment, to_waveform, to_waveforms

__all__ = [
    "DEFAULT_LIMITS",
    "SAMPLE_RATE",
    "AudioLimits",
    "decode",
    "decode_through",
    "to_waveform",
    "to_waveforms",
]

Taken = TypeVar("Taken")

_MEGABYTE = 1024 * 1024  # bytes

# Codecs work in blocks: what a container declares may be longer than what comes out of it.
_PADDING = 0.25  # seconds, of MP3 at 8 kHz: two frames of 72 ms and a decoder's delay

_mp3_lock = threading.Lock()  # two threads cannot hide and show the same standard error

_BY_LIBSNDFILE = {Container.WAV, Container.FLAC, Container.MP3, Container.OGG}


@dataclass(frozen=True, kw_only=True)
class AudioLimits:
    """How much audio is taken in.

    Parameters
    ----------
    max_bytes
        Size of a file.
    max_seconds
        Length of the recording in it.
    """

    max_bytes: int = 25 * _MEGABYTE
    max_seconds: float = 600.0

    def __post_init__(self) -> None:
        if self.max_bytes <= 0 or not 0 < self.max_seconds < math.inf:
            raise ValueError("the limits on audio must be above nought, and finite")


DEFAULT_LIMITS = AudioLimits()
"""25 MiB and ten minutes."""


def decode(
    source: bytes | str | os.PathLike[str], *, limits: AudioLimits = DEFAULT_LIMITS
) -> AudioSegment:
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
        It is cut off, or cannot be decoded.
    """
    return decode_through(source, libsndfile.joined, limits=limits)


def decode_through(
    source: bytes | str | os.PathLike[str],
    take: Callable[[Iterator[AudioSegment]], Taken],
    *,
    limits: AudioLimits = DEFAULT_LIMITS,
) -> Taken:
    """Decode a recording block by block, so that it is never held as a whole.

    A WAV file is read from disk bit by bit, if its path is given; any other file is held. What
    ffmpeg has to decode is decoded as a whole, into memory of its own that `limits` bound; of
    anything else no more than a few blocks are there at a time.

    Parameters
    ----------
    source, limits
        As in `decode`, which also says what is raised.
    take
        Is given the recording as segments for `segments.to_waveforms`, and says what comes of it.
        Where one decoder gives up on the way and another may not, it is called anew, from the
        beginning.

    Returns
    -------
    object
        What `take` gives.
    """
    if isinstance(source, bytes):
        data = source
        _check_size(len(data), limits)
    else:
        with _opened(source, limits) as file:
            found = FileBytes(file)
            _check_size(len(found), limits)
            if wav.begins(found):
                return _decode_wav(file, found, take, limits)
            data = found[:]
    del source
    container = recognise(data)
    outline = read_outline(container, data, max_seconds=limits.max_seconds + _PADDING)
    del data
    if outline.seconds is not None and outline.seconds > limits.max_seconds + _PADDING:
        raise libsndfile.too_long(limits.max_seconds, outline.seconds)
    if container in _BY_LIBSNDFILE:
        files = [io.BytesIO(part) for part in outline.parts]
        blocks = libsndfile.read_blocks(files, max_seconds=limits.max_seconds)
        try:
            return take(_quietly(blocks) if container is Container.MP3 else blocks)
        except (DamagedAudioError, EmptyAudioError):
            if container is not Container.OGG:
                raise
            # libsndfile refuses Opus whose positions do not add up, as some recorders write them;
            # ffmpeg counts the packets instead.
    with converter.convert(
        b"".join(outline.parts), container, max_seconds=limits.max_seconds
    ) as file:
        return take(libsndfile.read_blocks([file], max_seconds=limits.max_seconds))


def _decode_wav(
    file: BinaryIO,
    found: FileBytes,
    take: Callable[[Iterator[AudioSegment]], Taken],
    limits: AudioLimits,
) -> Taken:
    """Decode a WAV file from where it is: nothing is so much larger than what is made of it."""
    layout = wav.read_layout(found)
    excerpt = Excerpt(layout.header, file, layout.start, layout.end)
    blocks = libsndfile.read_blocks([cast(BinaryIO, excerpt)], max_seconds=limits.max_seconds)
    taken = take(blocks)
    excerpt.check()
    return taken


def _quietly(blocks: Iterator[AudioSegment]) -> Iterator[AudioSegment]:
    """Decode MP3, of which libsndfile prints a line for each frame that it finds fault with.

    Nobody can act on that, and there is no way to tell it not to.
    """
    while True:
        with _mp3_lock, native_stderr_hidden():
            block = next(blocks, None)
        if block is None:
            return
        yield block


def _check_size(size: int, limits: AudioLimits) -> None:
    if not size:
        raise EmptyAudioError("This file is empty: record it again.")
    if size > limits.max_bytes:
        raise _too_large(limits)


@contextlib.contextmanager
def _opened(path: str | os.PathLike[str], limits: AudioLimits) -> Iterator[BinaryIO]:
    """Open a file, after its kind and its size are known to be right."""
    try:
        # A pipe is not waited for, should one take the file's place after this look at it.
        information = os.stat(path)
        if stat.S_ISDIR(information.st_mode):
            raise AudioUnreadableError(f"{_shown(path)} is a folder: name a file in it.")
        if not stat.S_ISREG(information.st_mode):
            raise AudioUnreadableError(f"{_shown(path)} is not a file: save the recording as one.")
        if information.st_size > limits.max_bytes:
            raise _too_large(limits)
        file = open(path, "rb", opener=_open_without_waiting)  # noqa: SIM115 # closed below
    except FileNotFoundError as cause:
        raise AudioUnreadableError(f"{_shown(path)} does not exist: check its name.") from cause
    except PermissionError as cause:
        raise AudioUnreadableError(
            f"{_shown(path)} may not be read: ask for permission, or copy it elsewhere."
        ) from cause
    except (OSError, ValueError) as cause:
        raise AudioUnreadableError(f"{_shown(path)} cannot be read: check the file.") from cause
    with file:
        yield cast(BinaryIO, file)


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _shown(path: str | os.PathLike[str]) -> str:
    """Write a path so that a terminal can show it, whatever bytes are in its name."""
    return ascii(os.fspath(path))[1:-1] if not os.fspath(path).isprintable() else os.fspath(path)


def _too_large(limits: AudioLimits) -> AudioTooLargeError:
    return AudioTooLargeError(
        f"This file is too large: send at most {limits.max_bytes / _MEGABYTE:.3g} MB."
    )
