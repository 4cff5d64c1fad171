"""Emotion over time: the segments of a recording, and the answer for the whole."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from ser_core.emotions import MIXED, NO_SPEECH, NOT_SURE
from ser_core.models import Prediction

_MOST = 0.5  # more than this much of the time is most of it


@dataclass(frozen=True)
class Segment:
    """A part of a recording in which the same is heard.

    Parameters
    ----------
    start, end
        Times in seconds from the beginning of the recording.
    prediction
        The probability of each emotion; None where nobody speaks.
    """

    start: float
    end: float
    prediction: Prediction | None

    @property
    def duration(self) -> float:
        """Duration of the segment in seconds."""
        return self.end - self.start

    @property
    def label(self) -> str:
        """The label of the segment: an emotion, `emotions.NOT_SURE` or `NO_SPEECH`."""
        if self.prediction is None:
            return NO_SPEECH
        return self.prediction.emotion if self.prediction.is_sure else NOT_SURE


@dataclass(frozen=True)
class Timeline:
    """A recording as segments, one after the other.

    The answer for the whole is derived from them alone, so that it never contradicts what is heard
    in the parts.

    Parameters
    ----------
    segments
        The segments in order, without gaps: each begins where the one before ends, the first at 0,
        and the last ends with the recording. Empty for a recording of no length.
    """

    segments: tuple[Segment, ...]

    @property
    def duration(self) -> float:
        """Duration of the recording in seconds."""
        return self.segments[-1].end if self.segments else 0.0

    @property
    def shares(self) -> dict[str, float]:
        """Share of the recording that each label takes, 0 to 1, the largest first."""
        seconds = _seconds_by_label(self.segments)
        return {label: length / self.duration for label, length in seconds.items()}

    @property
    def speech_share(self) -> float:
        """Share of the recording that is in segments with speech, 0 to 1."""
        return 1.0 - self.shares.get(NO_SPEECH, 0.0) if self.segments else 0.0

    @cached_property
    def prediction(self) -> Prediction | None:
        """The probability of each emotion over the speaking time, weighted by duration.

        None where nobody speaks. Its emotion need not be the `label`.
        """
        spoken = self._spoken
        seconds = sum(segment.duration for segment, _ in spoken)
        if not spoken or not seconds:
            return None
        if len(spoken) == 1:
            return spoken[0][1]
        likely = {
            name: sum(segment.duration * one.probabilities[name] for segment, one in spoken)
            / seconds
            for name in spoken[0][1].probabilities
        }
        return Prediction(likely, threshold=spoken[0][1].threshold)

    @property
    def label(self) -> str:
        """The label of the recording as a whole.

        An emotion that is heard in more than half of the time in which one is surely heard;
        `emotions.MIXED` where none is; `NOT_SURE` where most of the speaking time is not sure;
        `NO_SPEECH` where nobody speaks.
        """
        seconds = _seconds_by_label(segment for segment, _ in self._spoken)
        unsure = seconds.pop(NOT_SURE, 0.0)
        sure = sum(seconds.values())
        if not sure + unsure:
            return NO_SPEECH
        if unsure > _MOST * (sure + unsure):
            return NOT_SURE
        first, length = next(iter(seconds.items()))
        return first if length > _MOST * sure else MIXED

    @property
    def leading(self) -> tuple[str, ...]:
        """The emotion of `label`, or the two emotions that are nearest to it.

        Of a mixed recording those with the largest shares, of those that are surely heard; where it
        is not sure, the two most probable ones; none where nobody speaks.
        """
        label, prediction = self.label, self.prediction
        if prediction is None:
            return ()
        if label == NOT_SURE:
            return prediction.nearest
        if label == MIXED:
            heard = {segment.label for segment in self.segments}
            return tuple(name for name, _ in prediction.ranked if name in heard)[:2]
        return (label,)

    @property
    def is_sure(self) -> bool:
        """Whether `label` is an emotion."""
        return self.label not in (MIXED, NOT_SURE, NO_SPEECH)

    def with_threshold(self, threshold: float) -> "Timeline":
        """Return the timeline with confidence thresholds of at least this, 0 to 1."""
        return Timeline(
            tuple(
                segment
                if segment.prediction is None or segment.prediction.threshold >= threshold
                else replace(segment, prediction=replace(segment.prediction, threshold=threshold))
                for segment in self.segments
            )
        )

    @property
    def _spoken(self) -> list[tuple[Segment, Prediction]]:
        """The segments with speech, with their predictions."""
        return [(one, one.prediction) for one in self.segments if one.prediction is not None]


def _seconds_by_label(segments: Iterable[Segment]) -> dict[str, float]:
    """Return the seconds of each label in all, the longest first."""
    seconds: dict[str, float] = {}
    for segment in segments:
        seconds[segment.label] = seconds.get(segment.label, 0.0) + segment.duration
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))
