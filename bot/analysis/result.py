"""The result of an analysis and its options, as plain data that goes between processes."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

LONG_SECONDS = 8.0
"""The segments of longer voice notes are listed, and their timeline is drawn."""


@dataclass(frozen=True)
class Segment:
    """A part of a voice note with one prediction.

    Parameters
    ----------
    start, end
        Times in seconds from the beginning of the recording.
    ranked
        Each emotion's name and probability, the most probable first; empty without speech.
    is_sure
        Whether the model's threshold lets the most probable emotion be named.
    """

    start: float
    end: float
    ranked: tuple[tuple[str, float], ...]
    is_sure: bool = True


@dataclass(frozen=True)
class AudioWarning:
    """A sentence about a recording that can be translated, as `bot.i18n.Language.text` does."""

    message: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class ModelInUse:
    """The model that answers.

    Parameters
    ----------
    name
        ``encoder``, ``small``, or the name of the file of a model of one's own.
    weights
        Name of the weights that it needs; None if it needs none.
    problem
        Why the small model answers in place of the encoder's; None where it does not.
    """

    name: str
    weights: str | None = None
    problem: str | None = None

    def __str__(self) -> str:
        shown = self.name if self.weights is None else f"{self.name} ({self.weights})"
        return shown if self.problem is None else f"{shown}: {self.problem}"


@dataclass(frozen=True)
class AnalysisResult:
    """The emotions in one voice note.

    Parameters
    ----------
    ranked
        Each emotion's name and its share of the speaking time, weighted by its probability: the
        emotion of the answer first, or the two that it names, then the largest. Empty without
        speech.
    duration
        Length of the recording, in seconds.
    speech_share
        The part of it that is speech, 0 to 1: of a recording that is one segment, the part that is
        loud enough; of a longer one, the part that its segments with speech take.
    is_sure
        Whether the first emotion is the answer.
    is_mixed
        Whether the answer is that the recording is mixed, with the first two emotions named.
    segments
        The segments from the beginning to the end, without gaps; empty without speech.
    timeline_image
        A PNG file of the emotion over time; None where none was drawn.
    warning
        The part of the recording that could not be decoded; None where all of it was.
    model
        Name of the model that predicted.
    """

    ranked: tuple[tuple[str, float], ...]
    duration: float
    speech_share: float
    is_sure: bool = True
    is_mixed: bool = False
    segments: tuple[Segment, ...] = ()
    timeline_image: bytes | None = None
    warning: AudioWarning | None = None
    model: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it is longer than `LONG_SECONDS`."""
        return self.duration > LONG_SECONDS


class DrawTimeline(enum.Enum):
    """The voice notes whose timeline is drawn; never one without speech."""

    NEVER = enum.auto()
    LONG = enum.auto()
    ALWAYS = enum.auto()


@dataclass(frozen=True, kw_only=True)
class AnalysisOptions:
    """What an analysis depends on besides the recording.

    Parameters
    ----------
    draw_timeline
        The recordings whose timeline is drawn.
    min_confidence
        The probability below which a segment is "not sure", 0 to 1; the model's own threshold holds
        too.
    names
        The labels in the image, by the core's names; English where it is empty.
    """

    draw_timeline: DrawTimeline = DrawTimeline.LONG
    min_confidence: float = 0.0
    names: tuple[tuple[str, str], ...] = ()


WITHOUT_IMAGE = AnalysisOptions(draw_timeline=DrawTimeline.NEVER)
