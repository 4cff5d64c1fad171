"""The answer for a recording follows from its segments."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.emotions import MIXED, NO_SPEECH, NOT_SURE
from ser_core.inference.timeline import Segment, Timeline
from ser_core.models.prediction import Prediction
from tests.timelines import sure as sure_of
from tests.timelines import timeline

NAMES = ("happy", "sad", "angry")
UNSURE = Prediction({"happy": 0.4, "sad": 0.35, "angry": 0.25}, threshold=0.5)
sure = partial(sure_of, names=NAMES)


def test_a_segment_is_called_by_its_emotion_only_where_that_is_sure():
    assert Segment(0.0, 1.0, sure("happy")).label == "happy"
    assert Segment(0.0, 1.0, UNSURE).label == NOT_SURE
    assert Segment(0.0, 1.0, None).label == NO_SPEECH


def test_shares_are_by_seconds_and_the_largest_comes_first():
    course = timeline((1, sure("happy")), (3, None), (1, sure("happy")), (5, UNSURE))
    assert course.duration == 10
    assert course.shares == pytest.approx({NOT_SURE: 0.5, NO_SPEECH: 0.3, "happy": 0.2})
    assert list(course.shares) == [NOT_SURE, NO_SPEECH, "happy"]
    assert course.speech_share == pytest.approx(0.7)


def test_a_recording_of_no_length_comes_to_nothing():
    empty = Timeline(())
    assert (empty.duration, empty.shares, empty.speech_share) == (0, {}, 0)
    assert (empty.label, empty.leading, empty.prediction) == (NO_SPEECH, (), None)


@pytest.mark.parametrize(
    ("parts", "label", "leading"),
    [
        ([(3, sure("happy"))], "happy", ("happy",)),
        ([(3, UNSURE)], NOT_SURE, ("happy", "sad")),
        ([(3, None)], NO_SPEECH, ()),
        # More than half of the sure speaking time, however long the silence.
        ([(3, sure("sad")), (2, sure("happy")), (50, None)], "sad", ("sad",)),
        ([(3, sure("sad")), (3, sure("happy"))], MIXED, ("happy", "sad")),
        (
            [(2, sure("angry")), (3, sure("happy")), (2.5, sure("sad")), (1, UNSURE)],
            MIXED,
            ("happy", "sad"),
        ),
        # Not sure where most of the speaking time is not sure.
        ([(3, sure("sad")), (4, UNSURE), (9, None)], NOT_SURE, ("sad", "happy")),
        ([(3, sure("sad")), (3, UNSURE)], "sad", ("sad",)),
    ],
)
def test_a_recording_is_called_by_what_is_heard_for_most_of_the_speaking_time(
    parts, label, leading
):
    course = timeline(*parts)
    assert (course.label, course.leading) == (label, leading)
    assert course.is_sure is (label in NAMES)


def test_probabilities_are_weighed_by_speaking_time():
    course = timeline((3, sure("sad", 0.9)), (100, None), (1, sure("happy", 0.7)))
    assert course.prediction is not None
    assert course.prediction.probabilities == pytest.approx(
        {"sad": (3 * 0.9 + 0.15) / 4, "happy": (3 * 0.05 + 0.7) / 4, "angry": (3 * 0.05 + 0.15) / 4}
    )


def test_a_higher_threshold_makes_less_sure_and_a_lower_one_changes_nothing():
    course = timeline((3, sure("sad", 0.6)), (4, sure("happy", 0.9)), (1, None))
    assert course.with_threshold(0.2) == course
    assert [one.label for one in course.with_threshold(0.7).segments] == [
        NOT_SURE,
        "happy",
        NO_SPEECH,
    ]


predictions = st.one_of(
    st.none(), st.just(UNSURE), st.builds(sure, st.sampled_from(NAMES), st.floats(0.5, 1.0))
)


@given(st.lists(st.tuples(st.floats(0.1, 60.0), predictions), max_size=12))
def test_no_emotion_is_surely_said_of_the_whole_that_no_segment_has(parts):
    course = timeline(*parts)
    heard = {segment.label for segment in course.segments}
    assert course.label in heard | {MIXED, NO_SPEECH}
    if course.label == MIXED:
        assert set(course.leading) <= heard
        assert len(course.leading) == 2
    if course.prediction is not None:
        assert sum(course.prediction.probabilities.values()) == pytest.approx(1.0)
