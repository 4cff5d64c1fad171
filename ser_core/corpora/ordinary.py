"""Ordinary speech: people who read or talk without a strong feeling, as neutral.

A table beside the clips, ``speakers.csv``, lists them, and who is heard in each: its columns are
``file`` and ``speaker``.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ser_core.corpora.clip import Clip
from ser_core.corpora.corpus import Corpus, audio_files, read_table

_SPEAKERS = "speakers.csv"


class TableCorpus(Corpus):
    """A corpus of neutral clips that a table lists."""

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
            if speaker := speakers.get(path.with_suffix("")):
                yield path.stem, Clip(path, "neutral", speaker, self.name)


ORDINARY = TableCorpus(
    name="ordinary",
    title="Ordinary speech",
    n_clips=None,
    example=f"anything that {_SPEAKERS} lists",
    speaker_pool="ordinary",
)
