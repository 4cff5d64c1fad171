"""What is heard as records that become JSON: numbers and words, and None for what there is not."""

import math

from ser_core.listener import Heard
from ser_core.prediction import Prediction
from ser_core.stretches import Timeline

DIGITS = 4  # of a probability, after the point
TIME_DIGITS = 3  # of a time in seconds, after the point
LEVEL_DIGITS = 1  # of a level in dBFS, after the point


def heard_record(heard: Heard) -> dict[str, object]:
    """Give an answer as what ``--json`` prints: a level of None is digital silence."""
    return {
        "time": round(heard.time, TIME_DIGITS),
        **prediction_record(heard.prediction),
        "level_dbfs": None if math.isinf(heard.level) else round(heard.level, LEVEL_DIGITS),
    }


def prediction_record(prediction: Prediction | None) -> dict[str, object]:
    """Give a prediction as ``--json`` prints it; None of nobody who speaks."""
    if prediction is None:
        return {"emotion": None, "sure": None, "confidence": None, "probabilities": {}}
    return {
        "emotion": prediction.emotion,
        "sure": prediction.is_sure,
        "confidence": round(prediction.confidence, DIGITS),
        "probabilities": {name: round(p, DIGITS) for name, p in prediction.probabilities.items()},
    }


def stretch_records(timeline: Timeline) -> list[dict[str, object]]:
    """Give each stretch as ``--json`` prints it."""
    return [
        {
            "start": round(segment.start, TIME_DIGITS),
            "end": round(segment.end, TIME_DIGITS),
            "label": segment.label,
            **prediction_record(segment.prediction),
        }
        for segment in timeline.segments
    ]


def share_record(timeline: Timeline) -> dict[str, float]:
    """Give how much of a recording each label takes, the most first."""
    return {label: round(share, DIGITS) for label, share in timeline.shares.items()}


def summary_record(timeline: Timeline, *, overruns: int, late: int) -> dict[str, object]:
    """Give the end of a session as what ``--json`` prints last.

    Parameters
    ----------
    timeline
        Of the whole session.
    overruns
        How often sound was lost.
    late
        How many hops were left out.
    """
    return {
        "duration": round(timeline.duration, TIME_DIGITS),
        "shares": share_record(timeline),
        "segments": stretch_records(timeline),
        "overruns": overruns,
        "late": late,
    }
