"""Predictions, segments and timelines in a few English words."""

from collections.abc import Iterator

from ser_core.emotions import MIXED, NO_SPEECH, NOT_SURE
from ser_core.inference.timeline import Segment, Timeline
from ser_core.models import Prediction


def describe_prediction(prediction: Prediction) -> str:
    """Return the emotion with its probability, or the two nearest emotions if it is not sure."""
    if not prediction.is_sure:
        return f"{NOT_SURE}: {' or '.join(prediction.nearest)}?"
    return f"{prediction.emotion} ({100 * prediction.confidence:.0f} %)"


def describe_segment(segment: Segment) -> str:
    """Return the description of a segment's prediction, on one line."""
    said = NO_SPEECH if segment.prediction is None else describe_prediction(segment.prediction)
    return " ".join(said.split())  # a model of one's own may call its emotions anything


def describe_timeline(timeline: Timeline) -> str:
    """Return the description of a recording as a whole."""
    prediction = timeline.prediction
    if prediction is None:
        return NO_SPEECH
    names = timeline.leading
    if timeline.label == NOT_SURE:
        return f"{NOT_SURE}: {' or '.join(names)}?"
    shares = [f"{name} {100 * prediction.probabilities[name]:.0f} %" for name in names]
    if timeline.label == MIXED:
        return f"mixed: {shares[0]}, then {shares[1]}"
    return f"{names[0]} ({100 * prediction.probabilities[names[0]]:.0f} %)"


def describe_shares(timeline: Timeline, *, at_most: int | None = None) -> str:
    """Return how much of a recording each label takes: ``happy 60 %, not sure 40 %``.

    Parameters
    ----------
    timeline
        The timeline of the recording.
    at_most
        Maximum number of labels, of which the largest are kept; all if None.
    """
    described = [f"{label} {100 * share:.0f} %" for label, share in timeline.shares.items()]
    shown = described[:at_most]
    return ", ".join(shown) + (" …" if len(shown) < len(described) else "")


def with_times(timeline: Timeline) -> Iterator[tuple[str, Segment]]:
    """Yield each segment after its times: ``1:03.5 – 1:07.0``."""
    for segment in timeline.segments:
        yield f"{format_time(segment.start)} – {format_time(segment.end)}", segment


def format_time(seconds: float) -> str:
    """Return a time to a tenth of a second: ``0:03.5``, ``12:00.0``, ``1:02:03.4``."""
    tenths = round(10 * seconds)
    whole, tenth = divmod(tenths, 10)
    minute, second = divmod(whole, 60)
    hour, minute = divmod(minute, 60)
    return (f"{hour}:{minute:02}" if hour else f"{minute}") + f":{second:02}.{tenth}"
