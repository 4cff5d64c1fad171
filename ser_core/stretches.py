"""Emotion over time: what is heard from when to when in a recording of any length."""

from dataclasses import dataclass

from ser_core.emotions import NO_SPEECH, NOT_SURE
from ser_core.prediction import Prediction


@dataclass(frozen=True)
class Segment:
    """A stretch of a recording in which the same is heard.

    Parameters
    ----------
    start, end
        In seconds from the beginning of the recording.
    prediction
        How likely each emotion is; None where nobody speaks.
    """

    start: float
    end: float
    prediction: Prediction | None

    @property
    def duration(self) -> float:
        """In seconds."""
        return self.end - self.start

    @property
    def label(self) -> str:
        """What to call it: an emotion, `emotions.NOT_SURE`, or `NO_SPEECH`."""
        if self.prediction is None:
            return NO_SPEECH
        return self.prediction.emotion if self.prediction.is_sure else NOT_SURE


@dataclass(frozen=True)
class Timeline:
    """A recording as stretches, one after the other.

    Parameters
    ----------
    segments
        In order, without gaps: each begins where the one before ends, the first at 0 and the last
        ends with the recording. Empty for a recording of no length.
    """

    segments: tuple[Segment, ...]

    @property
    def duration(self) -> float:
        """Of the recording, in seconds."""
        return self.segments[-1].end if self.segments else 0.0

    @property
    def shares(self) -> dict[str, float]:
        """How much of the recording each label takes, 0 to 1, the largest first."""
        seconds: dict[str, float] = {}
        for segment in self.segments:
            seconds[segment.label] = seconds.get(segment.label, 0.0) + segment.duration
        ranked = sorted(seconds.items(), key=lambda item: -item[1])
        return {label: length / self.duration for label, length in ranked} if seconds else {}
