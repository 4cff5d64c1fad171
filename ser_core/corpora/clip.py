"""A labelled recording."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Clip:
    """One labelled recording.

    Parameters
    ----------
    path
        Path of the file.
    emotion
        One of `emotions.EMOTION_NAMES`: what was acted.
    speaker
        Name of the speaker, unique over all corpora; someone who speaks and sings is one speaker.
    corpus
        A key of `CORPORA`.
    level
        How strongly it was to be acted, as the corpus writes it; None where that is not told.
    votes
        How many listeners heard each emotion; None where nobody was asked.
    """

    path: Path
    emotion: str
    speaker: str
    corpus: str
    level: str | None = None
    votes: Mapping[str, int] | None = field(default=None, hash=False)
