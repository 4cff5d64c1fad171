"""The way in which a corpus names its files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The way in which one corpus names its files.

    Parameters
    ----------
    title
        Name of the corpus for people.
    n_clips
        Number of clips of the whole corpus.
    example
        Example of a file name.
    speaker_pool
        Prefix of its speakers' names; corpora with the same speakers share it.
    pattern
        Pattern of a file name without its extension, with the groups ``emotion`` and ``speaker``.
    emotions
        The emotion of `emotions.EMOTION_NAMES` for each match of the group ``emotion``.
    """

    title: str
    n_clips: int
    example: str
    speaker_pool: str
    pattern: re.Pattern[str]
    emotions: Mapping[str, str]

    def parse(self, stem: str) -> tuple[str, str] | None:
        """Return the emotion and speaker of a file name; None if it is none of this corpus."""
        match = self.pattern.fullmatch(stem)
        if match is None or match["emotion"] not in self.emotions:
            return None
        return self.emotions[match["emotion"]], f"{self.speaker_pool}-{match['speaker']}"
