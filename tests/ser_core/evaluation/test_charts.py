"""Charts of figures, and their alternative texts."""

import numpy as np

from ser_core.evaluation import charts
from ser_core.evaluation.calibration_error import certainty

COUNTS = np.array([[8, 2, 0, 0], [5, 4, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
EMOTIONS = ("happy", "sad", "calm", "angry")


def judged(confidence):
    """Return the figures of six predictions of the same confidence, four of them right."""
    probabilities = np.tile([confidence, 1 - confidence], (6, 1))
    return certainty(np.array([0, 0, 0, 0, 1, 1]), probabilities)


def test_a_confusion_matrix_shows_what_occurs_and_names_the_worst():
    picture = charts.confusion(COUNTS, EMOTIONS, title="Actors")
    (axes,) = picture.figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["happy", "sad"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["happy", "sad", "calm"]
    assert {text.get_text() for text in axes.texts} == {"80", "20", "50", "40", "10"}
    assert picture.alt == (
        "Confusion matrix of 2 emotions. Actors. Most confused: sad heard as happy 50 %; "
        "happy heard as sad 20 %; sad heard as calm 10 %."
    )


def test_a_reliability_diagram_says_the_error_before_and_after():
    picture = charts.reliability(judged(0.9), judged(0.7), title="Actors")
    assert "before calibration 0.233" in picture.alt
    assert "calibrated 0.033" in picture.alt
    alone = charts.reliability(judged(0.9), None, title="Actors")
    assert "error calibrated" not in alone.alt


def test_a_risk_coverage_curve_says_what_refusing_gains():
    picture = charts.risk_coverage({"one": judged(0.9), "two": judged(0.8)}, title="Actors")
    assert "one: 33 % wrong when all are answered, 33 % among the most certain 75 %" in picture.alt
    (axes,) = picture.figure.axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "two"]
