"""What is heard in a voice note, as plain data that goes between processes."""

import enum
from dataclasses import dataclass

LONG_SECONDS = 8.0
"""From which on a voice note has turns: a model answers for pieces of at most this length."""


@dataclass(frozen=True)
class Turn:
    """A stretch of a voice note in which the same is heard.

    Parameters
    ----------
    start, end
        In seconds from the beginning.
    ranked
        Each emotion's name and probability, the most probable first; empty where nobody speaks.
    is_sure
        Whether the most probable emotion is sure enough to be said.
    """

    start: float
    end: float
    ranked: tuple[tuple[str, float], ...]
    is_sure: bool = True


@dataclass(frozen=True)
class Hearing:
    """What was heard in one voice note: plain numbers, cheap to send between processes.

    Parameters
    ----------
    ranked
        Each emotion's name and probability, the most probable first; empty without speech.
    duration
        Length of the recording, in seconds.
    speech_share
        How much of it is speech, from 0 to 1; of a long voice note, how much its spoken turns take.
    is_sure
        Whether the most probable emotion is sure enough to be said.
    turns
        One after the other, without gaps; empty where it is not longer than `LONG_SECONDS`, or
        without speech.
    picture
        A PNG file of the emotion over time; None where none was drawn.
    """

    ranked: tuple[tuple[str, float], ...]
    duration: float
    speech_share: float
    is_sure: bool = True
    turns: tuple[Turn, ...] = ()
    picture: bytes | None = None


class Drawing(enum.Enum):
    """Of which voice notes a picture is drawn."""

    NEVER = enum.auto()
    LONG = enum.auto()
    ALWAYS = enum.auto()


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What is wanted beside the answer.

    Parameters
    ----------
    drawing
        Whether to draw a picture, where there is speech.
    min_confidence
        From which on an emotion is shown in the picture, 0 to 1; the model's own threshold holds
        too.
    names
        What the picture calls the labels of turns, by the core's names; English without any.
    """

    drawing: Drawing = Drawing.LONG
    min_confidence: float = 0.0
    names: tuple[tuple[str, str], ...] = ()


NO_WISHES = Wishes(drawing=Drawing.NEVER)
