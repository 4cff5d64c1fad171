"""Results as JSON records."""

import json
import math

from ser_core.inference.analysis import Analysis
from ser_core.inference.records import segment_records, summary_record, window_record
from ser_core.inference.streaming import WindowPrediction
from ser_core.models.prediction import Prediction
from tests.timelines import timeline

HAPPY = Prediction({"happy": 0.75, "sad": 0.25}, threshold=0.5)
UNSURE = Prediction({"happy": 0.4, "sad": 0.35, "angry": 0.25}, threshold=0.5)
HAPPY_RECORD = {
    "emotion": "happy",
    "sure": True,
    "confidence": 0.75,
    "probabilities": {"happy": 0.75, "sad": 0.25},
}
NOBODY = {"emotion": None, "sure": None, "confidence": None, "probabilities": {}}
TIMELINE = timeline((2.5, HAPPY), (60.5009, UNSURE), (3598.2491, None))


def through_json(record):
    return json.loads(json.dumps(record, allow_nan=False))


def test_an_answer_has_its_time_emotion_and_level_and_of_silence_there_is_nothing_to_say():
    spoken = {"time": 1.5, **HAPPY_RECORD, "level_dbfs": -20.0}
    assert through_json(window_record(WindowPrediction(1.5, HAPPY, -20.04))) == spoken
    quiet = {"time": 0.5, **NOBODY, "level_dbfs": None}
    assert through_json(window_record(WindowPrediction(0.5, None, -math.inf))) == quiet


def test_a_summary_has_segments_shares_and_what_was_missed():
    heard = Analysis(timeline((3.0, HAPPY), (1.0, None)), 0.7)
    record = through_json(summary_record(heard, overruns=2, late=1))
    assert (record["label"], record["emotion"], record["sure"]) == ("happy", "happy", True)
    assert (record["speech"], record["read"]) == (0.7, None)
    assert record["duration"] == 4.0
    assert record["shares"] == {"happy": 0.75, "no speech": 0.25}
    assert (record["overruns"], record["late"]) == (2, 1)
    spoken, quiet = record["segments"]
    assert (spoken["start"], spoken["end"], spoken["label"]) == (0.0, 3.0, "happy")
    assert spoken["confidence"] == 0.75
    assert (quiet["label"], quiet["emotion"]) == ("no speech", None)


def test_json_has_the_same_keys_for_every_stretch():
    happy, unsure, silent = segment_records(TIMELINE)
    assert happy == {"start": 0.0, "end": 2.5, "label": "happy", **HAPPY_RECORD}
    assert silent == {"start": 63.001, "end": 3661.25, "label": "no speech", **NOBODY}
    assert list(unsure) == list(happy)
    assert (unsure["label"], unsure["emotion"], unsure["sure"]) == ("not sure", "happy", False)
