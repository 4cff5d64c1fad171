"""Corpora: what is known of one, and how its clips are told from other files."""

import csv
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ser_core.corpora.clip import Clip
from ser_core.errors import CorpusError

EXTENSIONS = frozenset({".wav", ".flac", ".ogg", ".mp3"})


@dataclass(frozen=True, kw_only=True)
class Corpus(ABC):
    """A corpus.

    Parameters
    ----------
    name
        By which people name it.
    title
        Name of the corpus for people.
    n_clips
        Number of clips of the whole corpus; None where it has no fixed number.
    example
        Example of a file name.
    speaker_pool
        Prefix of its speakers' names; corpora with the same speakers share it.
    left_out
        Reason for each clip that is not used, by its name.
    """

    name: str
    title: str
    n_clips: int | None
    example: str
    speaker_pool: str
    left_out: Mapping[str, str] = field(default_factory=dict)

    @abstractmethod
    def find(self, files: Sequence[Path]) -> Iterator[tuple[str, Clip]]:
        """Yield the clips among files, with the corpus's own names; one of a name is enough."""


@dataclass(frozen=True, kw_only=True)
class NamedCorpus(Corpus):
    """A corpus whose files' names tell who speaks, and how.

    Parameters
    ----------
    pattern
        Pattern of a file name without its extension, or of ``folder/name``, with the groups
        ``emotion``, ``speaker`` and, where names have it, ``level``.
    emotions
        The emotion of `emotions.EMOTION_NAMES` for each match of the group ``emotion``.
    """

    pattern: re.Pattern[str]
    emotions: Mapping[str, str]

    def find(self, files: Sequence[Path]) -> Iterator[tuple[str, Clip]]:
        """Yield the clips among files by their names; speakers begin with `speaker_pool`."""
        for path in audio_files(files):
            match = self.pattern.fullmatch(path.stem) or self.pattern.fullmatch(
                f"{path.parent.name}/{path.stem}"
            )
            if match is None or match["emotion"] not in self.emotions:
                continue
            name = match[0].replace("/", "_")
            if name not in self.left_out:
                yield (
                    name,
                    Clip(
                        path=path,
                        emotion=self.emotions[match["emotion"]],
                        speaker=f"{self.speaker_pool}-{match['speaker']}",
                        corpus=self.name,
                        level=match.groupdict().get("level"),
                    ),
                )


def audio_files(files: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that by their endings are recordings."""
    return (path for path in files if path.suffix.lower() in EXTENSIONS)


def read_table(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Read a table of comma-separated values.

    Parameters
    ----------
    path
        Where it is; its first line names the columns.
    columns
        Those that every row must have.

    Raises
    ------
    CorpusError
        If it cannot be read, or lacks something.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as cause:
        raise CorpusError(f"The table {path} cannot be read: {cause}.") from cause
    for number, row in enumerate(rows, start=1):
        if missing := [name for name in columns if not row.get(name)]:
            raise CorpusError(f"Row {number} of the table {path} has no {', '.join(missing)}.")
    return rows
