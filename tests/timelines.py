"""A recording with a timeline that is known, for tests of what shows it."""

import numpy as np

from ser_core.emotions import EMOTION_NAMES
from ser_core.prediction import Prediction
from ser_core.timeline import Segment, Timeline
from tests.voices import silence, talk


def sure(emotion):
    rest = 0.2 / (len(EMOTION_NAMES) - 1)
    return Prediction(
        {name: 0.8 if name == emotion else rest for name in EMOTION_NAMES}, threshold=0.5
    )


UNSURE = Prediction({name: 1 / len(EMOTION_NAMES) for name in EMOTION_NAMES}, threshold=0.5)
SOUND = np.concatenate([talk(6.0), silence(2.0)])
TIMELINE = Timeline(
    (
        Segment(0.0, 2.5, sure("happy")),
        Segment(2.5, 4.0, UNSURE),
        Segment(4.0, 6.0, sure("sad")),
        Segment(6.0, 8.0, None),
    )
)
