"""Recordings that a command line names: files, folders, patterns, standard input."""

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from ser_core.audio import AudioLimits
from ser_core.errors import AudioError, AudioTooLargeError, AudioUnreadableError
from ser_core.file_endings import AUDIO_ENDINGS, VIDEO_ENDINGS

STANDARD_INPUT = "-"
"""Stands for standard input; a file of that name is ``./-``."""


@dataclass(frozen=True)
class Recording:
    """A recording that is named on a command line.

    Parameters
    ----------
    name
        Name of the recording in JSON and CSV; people are shown `shown_name`.
    content
        The path of the file; its bytes, if it came through standard input; or the error for one
        that cannot be found or read.
    place
        Path relative to the folder that was named, from which the path of its results in another
        folder is made; the file's name alone if the file itself was named.
    size
        Size in bytes; 0 if it is not known.
    """

    name: str
    content: Path | bytes | AudioError
    place: PurePath
    size: int = 0

    @property
    def shown_name(self) -> str:
        """Its name in the table and in sentences."""
        return "standard input" if self.name == STANDARD_INPUT else self.name


def find(arguments: Iterable[str], *, limits: AudioLimits) -> list[Recording]:
    """Return the recordings that arguments of a command line name, each once, in their order.

    A folder stands for the recordings in it and in its folders, by their endings and sorted by
    name, without hidden ones. A pattern that the shell has left (`*`, `?`, `[…]`, and `**` for
    folders in folders) stands for what it matches. Of an argument that leads nowhere, the error is
    given in its place.

    Parameters
    ----------
    arguments
        Names of files and folders, patterns, or `STANDARD_INPUT`.
    limits
        Limits, of which the size is the maximum read from standard input.
    """
    found: dict[object, Recording] = {}
    for argument in arguments:
        for recording in _named(argument, limits):
            path = recording.content
            key = os.path.realpath(path) if isinstance(path, Path) else recording.name
            found.setdefault(key, recording)
    return list(found.values())


def outputs(recordings: Iterable[Recording], *, ending: str) -> list[PurePath]:
    """Return for each recording the name of a file for its results, no two the same.

    Parameters
    ----------
    recordings
        The recordings, from `find`.
    ending
        Extension of the files, with its dot.

    Returns
    -------
    list
        Relative paths: `talk.srt` for `talk.ogg`; and `talk.wav.srt` for a `talk.wav` beside it.
    """
    taken: set[str] = set()
    names = []
    for recording in recordings:
        place = recording.place
        number = 1
        name = place.with_name(place.stem + ending)
        while os.path.normcase(name) in taken:
            again = "" if number == 1 else f" {number}"
            name = place.with_name(f"{place.name}{again}{ending}")
            number += 1
        taken.add(os.path.normcase(name))
        names.append(name)
    return names


def _named(argument: str, limits: AudioLimits) -> Iterator[Recording]:
    """Yield the recordings that one argument names."""
    if argument == STANDARD_INPUT:
        yield _standard_input(limits)
    elif os.path.isdir(argument):
        yield from _in_folder(argument)
    elif glob.has_magic(argument) and not os.path.lexists(argument):
        matches = sorted(glob.glob(argument, recursive=True))
        for match in matches:
            yield from _in_folder(match) if os.path.isdir(match) else [_file(match)]
        if not matches:
            yield _nothing(argument, "matches no file: check the pattern.")
    else:
        yield _file(argument)


def _in_folder(folder: str) -> Iterator[Recording]:
    """Yield the recordings in a folder and below; an error if there is none."""
    closed: list[str] = []
    is_empty = True
    for parent, folders, files in os.walk(folder, onerror=lambda e: closed.append(e.filename)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and _is_recording(name):
                path = os.path.join(parent, name)
                yield _file(path, PurePath(os.path.relpath(path, folder)))
                is_empty = False
    for name in closed:
        yield _nothing(name, "may not be looked into: ask for permission.")
    if is_empty and not closed:
        yield _nothing(folder, "holds no recordings: name a folder with audio files in it.")


def _is_recording(name: str) -> bool:
    """Return whether a file in a folder is a recording, by its ending."""
    return os.path.splitext(name)[1].lower() in AUDIO_ENDINGS | VIDEO_ENDINGS


def _file(path: str, place: PurePath | None = None) -> Recording:
    try:
        size = os.path.getsize(path)
    except OSError:
        size = 0  # that it cannot be read is said when it is its turn
    return Recording(path, Path(path), place or PurePath(os.path.basename(path) or "-"), size)


def _nothing(name: str, why: str) -> Recording:
    shown = name if name.isprintable() else ascii(name)[1:-1]
    return Recording(name, AudioUnreadableError(f"{shown} {why}"), PurePath("-"))


def _standard_input(limits: AudioLimits) -> Recording:
    """Read the bytes of a recording from standard input, and not one too many."""
    content: bytes | AudioError
    if sys.stdin is None or sys.stdin.isatty():
        content = AudioUnreadableError(
            "Nothing comes through standard input: pipe a recording in, as in "
            "'undertone predict - < note.ogg'."
        )
    else:
        content = sys.stdin.buffer.read(limits.max_bytes + 1)
        if len(content) > limits.max_bytes:
            content = AudioTooLargeError(
                f"More than {limits.max_bytes / 2**20:.3g} MB came through standard input: "
                "name the file instead, or send less."
            )
    size = len(content) if isinstance(content, bytes) else 0
    return Recording(STANDARD_INPUT, content, PurePath("standard-input"), size)
