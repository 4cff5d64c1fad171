"""Known timelines, for tests of what shows them."""

from itertools import pairwise

import numpy as np

from ser_core.emotions import EMOTION_NAMES
from ser_core.inference.timeline import Segment, Timeline
from ser_core.models.prediction import Prediction
from tests.voices import silence, talk


def sure(emotion, probability=0.8, *, names=EMOTION_NAMES):
    """Return a prediction of an emotion; the others share what is left of the probability."""
    rest = (1 - probability) / (len(names) - 1)
    return Prediction(
        {name: probability if name == emotion else rest for name in names}, threshold=0.5
    )


def timeline(*parts):
    """Return a timeline from the seconds and the prediction of each segment."""
    segments, start = [], 0.0
    for seconds, prediction in parts:
        segments.append(Segment(start, start + seconds, prediction))
        start += seconds
    return Timeline(tuple(segments))


def tiles(timeline, duration):
    """Return whether the segments follow one another without gaps, from 0 to the end."""
    starts, ends, labels = zip(*((s.start, s.end, s.label) for s in timeline.segments), strict=True)
    differ = all(one != other for one, other in pairwise(labels))
    return (*starts, duration) == (0.0, *ends) and list(starts) == sorted(starts) and differ


UNSURE = Prediction({name: 1 / len(EMOTION_NAMES) for name in EMOTION_NAMES}, threshold=0.5)
SOUND = np.concatenate([talk(6.0), silence(2.0)])
TIMELINE = timeline((2.5, sure("happy")), (1.5, UNSURE), (2.0, sure("sad")), (2.0, None))
