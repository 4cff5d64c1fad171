"""Figures of predictions that are known."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import f1_score, recall_score

from ser_core.errors import TrainingError
from ser_core.evaluation.metrics import (
    NeutralFigures,
    Predictions,
    confusions,
    figures,
    tally,
)
from ser_core.evaluation.results import summarise

EMOTIONS = ("happy", "sad", "angry")


def predictions(truth, answers, *, speakers=None, emotions=EMOTIONS, **more):
    """Return predictions with the answers given, each of confidence 0.8."""
    columns = [emotions.index(name) for name in answers]
    probabilities = np.full((len(truth), len(emotions)), 0.2 / (len(emotions) - 1))
    probabilities[np.arange(len(truth)), columns] = 0.8
    return Predictions(
        emotions=emotions,
        truth=np.array([emotions.index(name) for name in truth], dtype=np.intp),
        probabilities=probabilities,
        speakers=np.array(speakers or ["a"] * len(truth)),
        corpora=np.array(["one"] * len(truth)),
        folds=np.zeros(len(truth), dtype=np.intp),
        **more,
    )


KNOWN = predictions(
    ["happy"] * 4 + ["sad"] * 2,
    ["happy", "happy", "happy", "sad", "sad", "angry"],
    speakers=["a", "a", "b", "b", "a", "b"],
)


def test_figures_of_predictions_that_are_known():
    found = figures(KNOWN)
    assert found.n_clips == 6
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.uar == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert set(found.by_emotion) == {"happy", "sad"}, "angry was answered, and never acted"
    happy, sad = found.by_emotion["happy"], found.by_emotion["sad"]
    assert (happy.n_clips, happy.recall, happy.precision) == (4, 0.75, 1.0)
    assert (sad.n_clips, sad.recall, sad.precision) == (2, 0.5, 0.5)
    assert found.confusion == ((3, 1, 0), (0, 1, 1), (0, 0, 0))
    assert found.by_speaker == pytest.approx({"a": 1.0, "b": 0.25})


def test_clips_and_right_answers_are_counted_by_speaker_and_emotion():
    (counts,) = tally([KNOWN], among=["a", "b", "c"])
    assert counts[..., 0].tolist() == [[2, 1, 0], [2, 1, 0], [0, 0, 0]]
    assert counts[..., 1].tolist() == [[2, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_uar_and_f1_are_those_of_scikit_learn():
    generator = np.random.default_rng(0)
    truth = generator.choice(EMOTIONS, 200, p=[0.7, 0.2, 0.1])
    answers = generator.choice(EMOTIONS, 200)
    found = figures(predictions(truth, answers))
    assert found.uar == pytest.approx(recall_score(truth, answers, average="macro"))
    assert found.f1 == pytest.approx(f1_score(truth, answers, average="macro"))


def test_intervals_hold_the_figure_and_need_two_speakers():
    found = figures(KNOWN)
    assert found.uar_interval.low < found.uar < found.uar_interval.high
    assert figures(predictions(["sad"], ["sad"])).uar_interval is None
    with pytest.raises(TrainingError, match="nothing to compare"):
        figures(predictions([], []))


def test_confidence_is_judged_before_and_after_calibration():
    truth, answers = ["happy", "sad"] * 5, ["happy", "happy"] * 5
    calibrated = np.tile([0.5, 0.3, 0.2], (10, 1))
    found = figures(predictions(truth, answers, calibrated=calibrated, thresholds=np.full(10, 0.4)))
    assert found.certainty.ece == pytest.approx(0.3)
    assert found.certainty.refused_share is None
    assert found.calibrated.ece == pytest.approx(0.0)
    assert found.calibrated.refused_share == 0.0
    assert figures(predictions(truth, answers)).calibrated is None


def test_an_answer_agrees_with_most_listeners_and_counts_in_part_where_they_are_tied():
    votes = np.array([[6, 3, 0], [2, 5, 2], [4, 4, 1], [0, 0, 0], [3, 3, 3]], dtype=np.float64)
    answers = ["happy", "happy", "sad", "angry", "angry"]
    found = figures(predictions(["sad"] * 5, answers, votes=votes)).listeners
    assert found.n_clips == 4, "nobody was asked about one"
    assert found.agreement == pytest.approx((1 + 0 + 1 / 2 + 1 / 3) / 4)
    # Of those who heard one of two or three tied emotions, nobody agrees with most of the others.
    assert found.one_listener == pytest.approx((6 / 9 + 5 / 9 + 0 + 0) / 4)
    assert figures(KNOWN).listeners is None


def test_among_the_emotions_that_occur_the_likeliest_counts():
    made = predictions(["happy"] * 2 + ["sad"] * 2, ["angry"] * 2 + ["sad", "happy"])
    made.probabilities[:2] = [[0.3, 0.2, 0.5], [0.2, 0.3, 0.5]]
    found = figures(made)
    assert found.uar == pytest.approx((0 + 1 / 2) / 2)
    assert found.uar_among_own == pytest.approx((1 / 2 + 1 / 2) / 2)


def test_every_fold_has_a_uar():
    folds = np.array([0, 0, 1, 1, 0, 1])
    assert figures(replace(KNOWN, folds=folds)).by_fold == (1.0, pytest.approx((1 / 2 + 0) / 2))


def test_neutral_clips_that_are_surely_told_a_feeling_are_counted_and_calm_is_none():
    emotions = ("neutral", "calm", "sad")
    truth = ["neutral"] * 5 + ["sad"]
    answers = ["neutral", "calm", "sad", "sad", "sad", "neutral"]
    made = predictions(truth, answers, emotions=emotions, speakers=list("aabbaa"))
    # All but one of the neutral clips that are told sad are sure.
    thresholds = np.array([0.5, 0.5, 0.5, 0.9, 0.5, 0.5])
    found = replace(made, calibrated=made.probabilities, thresholds=thresholds)
    assert figures(found).neutral == NeutralFigures(n_clips=5, sure_of_a_feeling=2 / 5)
    assert figures(made).neutral is None, "without a threshold nothing is sure"
    assert figures(found.take(found.truth == 2)).neutral is None
    summary = summarise("made", [found])
    assert summary.neutral == figures(found).neutral
    assert (summary.neutral_interval.low, summary.neutral_interval.high) == (
        pytest.approx(1 / 3),
        pytest.approx(1 / 2),
    ), "with one speaker or the other"


def test_confusions_are_listed_from_the_most_frequent():
    found = confusions(np.array([[8, 2, 0], [3, 3, 0], [0, 0, 0]]), EMOTIONS)
    assert [(one.acted, one.heard, one.share) for one in found] == [
        ("sad", "happy", 0.5),
        ("happy", "sad", 0.2),
    ]
