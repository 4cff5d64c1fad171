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
        For people to read.
    n_clips
        How many clips the whole corpus has.
    example
        A file name.
    speaker_pool
        What the names of its speakers begin with; corpora in which the same people are heard share
        it.
    pattern
        Of a file name without its ending; its groups are ``emotion`` and ``speaker``.
    emotions
        Our emotions by what the group ``emotion`` matches.
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
