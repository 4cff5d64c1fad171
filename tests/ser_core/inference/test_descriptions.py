"""What is heard, in a few words."""

from ser_core.inference.descriptions import (
    describe_prediction,
    describe_segment,
    describe_shares,
    describe_timeline,
    format_time,
    with_times,
)
from ser_core.inference.timeline import Segment
from ser_core.models.prediction import Prediction
from tests.timelines import timeline

HAPPY = Prediction({"happy": 0.72, "sad": 0.28}, threshold=0.5)
SAD = Prediction({"happy": 0.2, "sad": 0.8}, threshold=0.5)
UNSURE = Prediction({"happy": 0.4, "sad": 0.35, "angry": 0.25}, threshold=0.5)


def test_a_prediction_is_its_emotion_or_the_two_nearest_where_it_is_not_sure():
    assert describe_prediction(HAPPY) == "happy (72 %)"
    assert describe_prediction(UNSURE) == "not sure: happy or sad?"


def test_a_segment_is_described_on_one_line_whatever_a_model_calls_its_emotions():
    assert describe_segment(Segment(0.0, 1.0, Prediction({"a\tb\n\nc": 1.0}))) == "a b c (100 %)"
    assert describe_segment(Segment(0.0, 1.0, None)) == "no speech"


def test_a_recording_is_described_as_a_whole():
    assert describe_timeline(timeline((3.0, HAPPY))) == "happy (72 %)"
    assert describe_timeline(timeline((3.0, UNSURE))) == "not sure: happy or sad?"
    assert describe_timeline(timeline((3.0, None))) == "no speech"
    mixed = timeline((2.0, HAPPY), (2.0, SAD))
    assert describe_timeline(mixed) == "mixed: sad 54 %, then happy 46 %"


def test_shares_begin_with_the_largest():
    parts = timeline((1.0, None), (4.0, HAPPY), (3.0, UNSURE))
    assert describe_shares(parts) == "happy 50 %, not sure 38 %, no speech 12 %"
    assert describe_shares(parts, at_most=2) == "happy 50 %, not sure 38 % …"


def test_times_are_as_people_write_them():
    parts = timeline((2.5, HAPPY), (60.5009, UNSURE), (3598.2491, None))
    written = [times for times, _ in with_times(parts)]
    assert written == ["0:00.0 – 0:02.5", "0:02.5 – 1:03.0", "1:03.0 – 1:01:01.2"]
    assert format_time(59.96) == "1:00.0"
