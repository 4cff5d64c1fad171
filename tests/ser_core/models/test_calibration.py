"""Calibration: predictions should be right as often as their confidence says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from ser_core.errors import TrainingError
from ser_core.models.calibration import REFUSED_SHARE, Calibration, fit_calibration


def predictions(*, overconfidence=1.0, n_clips=4000, n_emotions=5, seed=0):
    """Return calibrated predictions, sharpened, and the truth."""
    generator = np.random.default_rng(seed)
    logits = 1.5 * generator.standard_normal((n_clips, n_emotions))
    honest = softmax(logits, axis=1)
    truth = np.array([generator.choice(n_emotions, p=row) for row in honest])
    return softmax(overconfidence * logits, axis=1), truth, honest


@pytest.mark.parametrize("overconfidence", [0.5, 1.0, 2.0, 4.0])
def test_what_was_said_too_surely_or_not_surely_enough_is_put_right(overconfidence):
    probabilities, truth, honest = predictions(overconfidence=overconfidence)
    calibration = fit_calibration(probabilities, truth)
    assert calibration.temperature == pytest.approx(overconfidence, rel=0.06)
    calibrated = calibration.apply(probabilities)
    np.testing.assert_allclose(calibrated, honest, atol=0.03)
    below = np.mean(calibrated.max(axis=1) < calibration.threshold)
    assert below == pytest.approx(REFUSED_SHARE, abs=0.01), "the least certain"


def test_what_counts_more_decides_temperature_and_threshold():
    sharp, sharp_truth, _ = predictions(overconfidence=4.0, seed=1)
    plain, plain_truth, _ = predictions(seed=2)
    weights = np.repeat([1.0, 1e-6], [len(sharp), len(plain)])
    both = np.concatenate([sharp, plain]), np.concatenate([sharp_truth, plain_truth])
    weighed = fit_calibration(*both, weights=weights, refused_share=0.5)
    alone = fit_calibration(sharp, sharp_truth, refused_share=0.5)
    assert weighed.temperature == pytest.approx(alone.temperature, rel=1e-3)
    assert weighed.threshold == pytest.approx(alone.threshold, rel=1e-3)
    assert alone.threshold > fit_calibration(sharp, sharp_truth).threshold, "more is refused"


def test_a_calibrated_prediction_is_right_as_often_as_it_says_on_clips_it_was_not_fitted_on():
    calibration = fit_calibration(*predictions(overconfidence=3.0)[:2])
    probabilities, truth, _ = predictions(overconfidence=3.0, seed=1)
    calibrated = calibration.apply(probabilities)
    right = calibrated.argmax(axis=1) == truth
    assert calibrated.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.02)
    assert probabilities.max(axis=1).mean() > right.mean() + 0.1, "and before it was too sure"


@given(
    st.lists(st.floats(0.0, 1.0), min_size=2, max_size=8).filter(lambda row: sum(row) > 0.01),
    st.floats(0.1, 10.0),
)
def test_calibration_keeps_the_order_of_emotions_and_the_sum(row, temperature):
    before = np.array([row]) / sum(row)
    after = Calibration(temperature).apply(before)
    assert after.sum() == pytest.approx(1.0)
    assert after[0, before.argmax()] == after.max()


def test_there_must_be_something_to_fit():
    with pytest.raises(TrainingError):
        fit_calibration(np.zeros((0, 3)), np.zeros(0, dtype=np.intp))
    with pytest.raises(TrainingError):
        fit_calibration(np.full((2, 3), 1 / 3), np.zeros(3, dtype=np.intp))
