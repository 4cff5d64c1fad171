"""Ordinary speech: people who read or talk without a strong feeling, as neutral.

A table beside the clips, ``speakers.csv``, lists them, and who is heard in each: its columns are
``file`` and ``speaker``. About half of the speakers are to be learned from and to choose with
(`ORDINARY`), the others only to be tested on (`ORDINARY_HELD_OUT`); a digest of a speaker's name
decides, so that nobody ever changes sides.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ser_core.corpora.clip import Clip
from ser_core.corpora.corpus import Corpus, audio_files, read_table

_SPEAKERS = "speakers.csv"


def is_held_out(speaker: str) -> bool:
    """Return whether a speaker of ordinary speech is only to be tested on."""
    return hashlib.sha256(speaker.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True, kw_only=True)
class TableCorpus(Corpus):
    """A corpus of neutral clips that a table lists.

    Parameters
    ----------
    held_out
        Which half of the speakers it has.
    """

    held_out: bool

    def find(self, files: Sequence[Path]) -> Iterator[tuple[str, Clip]]:
        """Yield the listed clips among files, whatever their endings.

        Raises
        ------
        CorpusError
            If a table cannot be used.
        """
        speakers = {
            (table.parent / row["file"]).with_suffix(""): row["speaker"]
            for table in files
            if table.name == _SPEAKERS
            for row in read_table(table, ["file", "speaker"])
        }
        for path in audio_files(files):
            speaker = speakers.get(path.with_suffix(""))
            if speaker and is_held_out(speaker) == self.held_out:
                yield path.stem, Clip(path, "neutral", speaker, self.name)


def _half(name: str, title: str, *, held_out: bool) -> TableCorpus:
    return TableCorpus(
        name=name,
        title=title,
        n_clips=None,
        example=f"anything that {_SPEAKERS} lists, for half of the speakers",
        speaker_pool=name,
        held_out=held_out,
    )


ORDINARY = _half("ordinary", "Ordinary speech", held_out=False)
ORDINARY_HELD_OUT = _half("ordinary-held-out", "Ordinary speech, held out", held_out=True)
