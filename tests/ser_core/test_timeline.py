"""A timeline says what is heard from when to when."""

import pytest

from ser_core.emotions import NOT_SURE
from ser_core.prediction import Prediction
from ser_core.timeline import NO_SPEECH, Segment, Timeline

HAPPY = Prediction({"happy": 0.8, "sad": 0.2}, threshold=0.5)
UNSURE = Prediction({"happy": 0.4, "sad": 0.35, "angry": 0.25}, threshold=0.5)


def test_a_stretch_is_called_by_its_emotion_only_where_that_is_sure() -> None:
    """The words for doubt and for nobody speaking are others."""
    assert Segment(0.0, 1.0, HAPPY).label == "happy"
    assert Segment(0.0, 1.0, UNSURE).label == NOT_SURE
    assert Segment(0.0, 1.0, None).label == NO_SPEECH


def test_the_shares_of_a_timeline_are_by_seconds_and_the_largest_comes_first() -> None:
    """Two stretches of the same count together."""
    timeline = Timeline(
        (Segment(0, 1, HAPPY), Segment(1, 4, None), Segment(4, 5, HAPPY), Segment(5, 10, UNSURE))
    )
    assert timeline.duration == 10
    assert timeline.shares == pytest.approx({NOT_SURE: 0.5, NO_SPEECH: 0.3, "happy": 0.2})
    assert list(timeline.shares) == [NOT_SURE, NO_SPEECH, "happy"]


def test_a_recording_of_no_length_has_no_shares() -> None:
    """There is nothing to share out."""
    assert Timeline(()).duration == 0
    assert Timeline(()).shares == {}
