"""Calibration error and risk–coverage curve: known values, and what holds for any predictions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ser_core.evaluation import calibration_error
from ser_core.evaluation.calibration_error import COVERAGES


def two(confidences, rights):
    """Return predictions of two emotions: always the first, with the given confidence."""
    top = np.asarray(confidences, dtype=float)
    return np.where(rights, 0, 1), np.stack([top, 1 - top], axis=1)


def honest(n_clips=20_000, seed=0):
    """Return predictions that are right exactly as often as they say."""
    generator = np.random.default_rng(seed)
    top = generator.uniform(0.5, 1.0, n_clips)
    return two(top, generator.uniform(size=n_clips) < top)


def test_calibration_error_of_predictions_that_are_known():
    found = calibration_error.certainty(*two([0.91, 0.91, 0.61, 0.61], [True, True, True, False]))
    assert found.ece == pytest.approx(0.5 * 0.09 + 0.5 * 0.11)
    assert [(one.n_clips, one.accuracy) for one in found.bins] == [(2, 0.5), (2, 1.0)]
    assert [one.confidence for one in found.bins] == pytest.approx([0.61, 0.91])
    assert found.bins[0].low == pytest.approx(9 / 15)
    (one,) = calibration_error.certainty(*two([1.0, 1.0], [True, True])).bins
    assert one.high == 1.0
    (other,) = calibration_error.certainty(*two([0.8], [True])).bins
    assert other.high == pytest.approx(12 / 15), "the upper end of a bin belongs to it"


def test_predictions_have_as_much_calibration_error_as_they_overstate():
    assert calibration_error.certainty(*honest()).ece < 0.01
    rights = np.random.default_rng(1).uniform(size=20_000) < 0.6
    found = calibration_error.certainty(*two(np.full(rights.size, 0.9), rights))
    assert found.ece == pytest.approx(0.3, abs=0.01)


def test_risk_and_coverage_of_predictions_that_are_known():
    found = calibration_error.certainty(*two([0.9, 0.8, 0.7, 0.6], [True, True, False, False]))
    at = dict(zip(COVERAGES, found.risks, strict=True))
    assert [at[share] for share in (0.25, 0.5, 0.75, 1.0)] == pytest.approx([0, 0, 1 / 3, 1 / 2])
    assert found.area == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert found.accuracy_at_coverage == pytest.approx(2 / 3)
    assert found.gain == pytest.approx((2 / 3) / (1 / 2) - 1)


def test_confidence_that_tells_nothing_gains_nothing():
    for rights in ([True, True, False, False], [False, False, True, True]):
        found = calibration_error.certainty(*two([0.7] * 4, rights))
        assert found.risks == pytest.approx([0.5] * len(COVERAGES))
        assert found.gain == pytest.approx(0.0), "of equal confidence there is no order"
    generator = np.random.default_rng(0)
    confidences, rights = generator.uniform(0.5, 1, 20_000), generator.uniform(size=20_000) < 0.6
    found = calibration_error.certainty(*two(confidences, rights))
    assert found.gain == pytest.approx(0.0, abs=0.02)
    assert found.area == pytest.approx(0.4, abs=0.02)


def test_below_the_threshold_nothing_is_said():
    truth, probabilities = two([0.9, 0.8, 0.7, 0.6], [True, False, False, True])
    found = calibration_error.certainty(
        truth, probabilities, thresholds=np.array([0.5, 0.8, 0.75, 0.75])
    )
    assert found.refused_share == pytest.approx(0.5)
    assert found.accuracy_when_sure == pytest.approx(0.5)
    none_left = calibration_error.certainty(truth, probabilities, thresholds=np.ones(4))
    assert (none_left.refused_share, none_left.accuracy_when_sure) == (1.0, None)


@given(arrays(float, st.tuples(st.integers(1, 40), st.integers(2, 8)), elements=st.floats(0.01, 1)))
def test_what_holds_for_any_predictions(raw):
    probabilities = raw / raw.sum(axis=1, keepdims=True)
    truth = np.arange(len(raw)) % raw.shape[1]
    found = calibration_error.certainty(truth, probabilities)
    assert 0 <= found.ece <= 1
    assert sum(one.n_clips for one in found.bins) == truth.size
    assert found.risks[-1] == pytest.approx(1 - found.accuracy)
    assert all(-1e-9 <= risk <= 1 + 1e-9 for risk in found.risks)
    order = np.random.default_rng(0).permutation(truth.size)
    again = calibration_error.certainty(truth[order], probabilities[order])
    assert again.risks == pytest.approx(found.risks), "the order of the clips does not matter"
    assert again.ece == pytest.approx(found.ece)


def test_the_mean_of_repetitions_weighs_bins_by_what_is_in_them():
    one = calibration_error.certainty(*two([0.9, 0.9, 0.9], [True, True, True]))
    other = calibration_error.certainty(*two([0.9, 0.6], [False, True]))
    found = calibration_error.mean([one, other])
    assert found.ece == pytest.approx((one.ece + other.ece) / 2)
    assert [part.n_clips for part in found.bins] == [1, 4]
    assert found.bins[1].accuracy == pytest.approx(3 / 4)
    assert found.refused_share is None
