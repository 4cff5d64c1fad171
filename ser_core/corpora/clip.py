"""A labelled recording."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Clip:
    """One labelled recording.

    Parameters
    ----------
    path
        Path of the file.
    emotion
        One of `emotions.EMOTION_NAMES`.
    speaker
        Name of the speaker, unique over all corpora; someone who speaks and sings is one speaker.
    corpus
        A key of `CORPORA`.
    """

    path: Path
    emotion: str
    speaker: str
    corpus: str
