"""A prediction: the probability of each emotion, and whether it is sure enough to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Prediction:
    """The probability of each emotion.

    Parameters
    ----------
    probabilities
        The probability of each emotion, in the order of `emotions.EMOTION_NAMES`; they sum to 1.
    threshold
        The confidence from which the prediction is sure, 0 to 1.
    """

    probabilities: Mapping[str, float]
    threshold: float = 0.0

    @property
    def emotion(self) -> str:
        """The most probable emotion, whether or not that is sure."""
        return self.ranked[0][0]

    @property
    def confidence(self) -> float:
        """The probability of the most probable emotion."""
        return self.ranked[0][1]

    @property
    def is_sure(self) -> bool:
        """Whether the confidence reaches the threshold; if not, the label is "not sure"."""
        return self.confidence >= self.threshold

    @property
    def nearest(self) -> tuple[str, ...]:
        """The two most probable emotions."""
        return tuple(name for name, _ in self.ranked[:2])

    @property
    def ranked(self) -> tuple[tuple[str, float], ...]:
        """Emotions with their probabilities, the most probable first."""
        return tuple(sorted(self.probabilities.items(), key=lambda item: -item[1]))
