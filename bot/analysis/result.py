"""What is heard in a voice note, as plain data that goes between processes."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

LONG_SECONDS = 8.0
"""From which on a voice note has turns, and a picture of them."""


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
class Remark:
    """A sentence about a recording, which can be said in every language.

    Parameters
    ----------
    message, values
        As `bot.i18n.languages.Language.text` takes them.
    """

    message: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Hearing:
    """What was heard in one voice note: plain numbers, cheap to send between processes.

    Parameters
    ----------
    ranked
        Each emotion's name and its share of the speaking time, weighted by how probable it was: the
        emotion of the answer first, or the two that it names, then the largest. Empty without
        speech.
    duration
        Length of the recording, in seconds.
    speech_share
        How much of it is speech, from 0 to 1; of a long voice note, how much its spoken turns take.
    is_sure
        Whether the first emotion is the answer.
    is_mixed
        Whether the answer is that the recording is mixed, of the first two more than of others.
    turns
        One after the other, without gaps; empty where it is not longer than `LONG_SECONDS`, or
        without speech.
    picture
        A PNG file of the emotion over time; None where none was drawn.
    remark
        What of the recording could not be read; None where all of it was.
    """

    ranked: tuple[tuple[str, float], ...]
    duration: float
    speech_share: float
    is_sure: bool = True
    is_mixed: bool = False
    turns: tuple[Turn, ...] = ()
    picture: bytes | None = None
    remark: Remark | None = None


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
        From which on an emotion is sure enough to be said, 0 to 1; the model's own threshold holds
        too.
    names
        What the picture calls the labels of turns, by the core's names; English without any.
    """

    drawing: Drawing = Drawing.LONG
    min_confidence: float = 0.0
    names: tuple[tuple[str, str], ...] = ()


NO_WISHES = Wishes(drawing=Drawing.NEVER)
