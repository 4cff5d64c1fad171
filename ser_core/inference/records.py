"""Analyses and predictions as records for JSON: numbers and words, and None for a missing value."""

import math

from ser_core.audio import Coverage
from ser_core.inference.analysis import Analysis
from ser_core.inference.streaming import WindowPrediction
from ser_core.inference.timeline import Timeline
from ser_core.models import Prediction

DIGITS = 4  # of a probability, after the point
TIME_DIGITS = 3  # of a time in seconds, after the point
LEVEL_DIGITS = 1  # of a level in dBFS, after the point


def window_record(window: WindowPrediction) -> dict[str, object]:
    """Return a window's prediction as ``--json`` prints it; a level of None is digital silence."""
    return {
        "time": round(window.time, TIME_DIGITS),
        **prediction_record(window.prediction),
        "level_dbfs": None if math.isinf(window.level) else round(window.level, LEVEL_DIGITS),
    }


def prediction_record(prediction: Prediction | None) -> dict[str, object]:
    """Return a prediction as ``--json`` prints it; its values are None where nobody speaks."""
    if prediction is None:
        return {"emotion": None, "sure": None, "confidence": None, "probabilities": {}}
    return {
        "emotion": prediction.emotion,
        "sure": prediction.is_sure,
        "confidence": round(prediction.confidence, DIGITS),
        "probabilities": {name: round(p, DIGITS) for name, p in prediction.probabilities.items()},
    }


def analysis_record(analysis: Analysis) -> dict[str, object]:
    """Return the answer for a recording as ``--json`` prints it.

    ``label`` is the label of the recording; ``emotion`` the emotion that this is or that is nearest
    to it, and ``sure`` whether the label is an emotion; ``model`` the name of the model,
    and ``baseline`` whether it knew the ordinary voice of who speaks.
    """
    timeline = analysis.timeline
    record: dict[str, object] = {"label": timeline.label, **prediction_record(timeline.prediction)}
    if timeline.prediction is not None:
        emotion = timeline.leading[0]
        record |= {
            "emotion": emotion,
            "sure": timeline.is_sure,
            "confidence": round(timeline.prediction.probabilities[emotion], DIGITS),
        }
    return {
        **record,
        "duration": round(timeline.duration, TIME_DIGITS),
        "speech": round(analysis.speech_share, TIME_DIGITS),
        "model": analysis.model,
        "baseline": analysis.knows_voice,
        "read": None if analysis.coverage is None else coverage_record(analysis.coverage),
    }


def coverage_record(coverage: Coverage) -> dict[str, object]:
    """Return how much of a file was read; its note is None where that is all of it."""
    promised, warning = coverage.declared_seconds, coverage.warning
    return {
        "seconds": round(coverage.seconds, TIME_DIGITS),
        "promised": None if promised is None else round(promised, TIME_DIGITS),
        "note": None if warning is None else str(warning),
    }


def timeline_records(timeline: Timeline) -> dict[str, object]:
    """Return a timeline as ``--json`` prints it: the share of each label, and each segment."""
    return {"shares": share_record(timeline), "segments": segment_records(timeline)}


def segment_records(timeline: Timeline) -> list[dict[str, object]]:
    """Return each segment as ``--json`` prints it."""
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
    """Return the share of a recording that each label takes, the largest first."""
    return {label: round(share, DIGITS) for label, share in timeline.shares.items()}


def summary_record(analysis: Analysis, *, overruns: int, late: int) -> dict[str, object]:
    """Return the end of a live session as what ``--json`` prints last.

    Parameters
    ----------
    analysis
        The analysis of the whole session.
    overruns
        Number of times that the microphone lost sound.
    late
        Number of hops that were left out.
    """
    return {
        **analysis_record(analysis),
        **timeline_records(analysis.timeline),
        "overruns": overruns,
        "late": late,
    }
