"""A labelled recording."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Clip:
    """One labelled recording.

    Parameters
    ----------
    path
        Where it is.
    emotion
        One of `emotions.EMOTION_NAMES`.
    speaker
        Who speaks, unique over all corpora; who speaks and sings is one speaker.
    corpus
        A key of `CORPORA`.
    """

    path: Path
    emotion: str
    speaker: str
    corpus: str
