"""Functionals of known contours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ser_core.features import functionals
from ser_core.signal.spectrum import FRAME_RATE


def describe(contour, kind="distribution"):
    rows = np.asarray(contour, dtype=np.float32)[None]
    if kind == "distribution":
        names, values = functionals.DISTRIBUTION_NAMES, functionals.distribution(rows)
    else:
        names, values = functionals.MOVEMENT_NAMES, functionals.movement(rows)
    assert values.shape == (1, len(names))
    return dict(zip(names, values[0].tolist(), strict=True))


def test_the_delta_of_a_ramp_is_its_slope_and_of_no_frames_nothing_is_said():
    ramp = np.arange(50, dtype=np.float32)[None] * 0.5
    np.testing.assert_allclose(functionals.delta(ramp)[0, 2:-2], 0.5, rtol=1e-5)
    empty = np.zeros((2, 0), dtype=np.float32)
    for say in (functionals.distribution, functionals.level, functionals.movement):
        assert not say(empty).any()


def test_quantiles_agree_with_numpy():
    contour = np.random.default_rng(1).gamma(2.0, size=333).astype(np.float32)
    said = describe(contour)
    for quantile in functionals.QUANTILES:
        expected = np.quantile(contour, quantile) - contour.mean()
        assert said[f"quantile_{round(100 * quantile):02d}"] == pytest.approx(expected, abs=1e-4)
    assert said["range_05_95"] == pytest.approx(said["quantile_95"] - said["quantile_05"], abs=1e-5)
    assert said["mean"] == pytest.approx(contour.mean(), rel=1e-5)
    assert said["sd"] == pytest.approx(contour.std(), rel=1e-4)
    assert said["skewness"] > 1.0, "a long tail to the right"
    assert describe(-contour)["skewness"] < -1.0


def test_a_contour_that_goes_up_has_a_slope_and_one_that_bows_a_curvature():
    time = np.linspace(-1, 1, 200)
    rising = describe(3.0 * time, "movement")
    bowed = describe(2.0 * time**2, "movement")
    assert rising["slope"] == pytest.approx(3.0, rel=1e-3)
    assert rising["curvature"] == pytest.approx(0.0, abs=1e-3)
    assert bowed["slope"] == pytest.approx(0.0, abs=1e-3)
    assert bowed["curvature"] == pytest.approx(2.0, rel=1e-3)
    assert rising["rise_share"] == 1.0
    assert rising["third_1_mean"] < rising["third_2_mean"] < rising["third_3_mean"]


def test_peaks_are_counted_by_the_second():
    time = np.arange(400) / FRAME_RATE
    said = describe(np.sin(2 * np.pi * 5.0 * time), "movement")
    assert said["peak_rate"] == pytest.approx(5.0, abs=0.3)
    assert said["autocorrelation_200ms"] > 0.9, "a period of 5 Hz is 200 ms"


def test_played_backwards_the_distribution_stays_and_the_slope_turns_round():
    contour = np.cumsum(np.random.default_rng(3).standard_normal(300))
    forwards, backwards = describe(contour), describe(contour[::-1])
    assert forwards == pytest.approx(backwards, rel=1e-3, abs=1e-3)
    forwards, backwards = describe(contour, "movement"), describe(contour[::-1], "movement")
    assert forwards["slope"] == pytest.approx(-backwards["slope"], rel=1e-3, abs=1e-3)


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 4), st.integers(1, 60)),
        elements=st.floats(-1000, 1000, width=32),
    ),
    st.floats(-100, 100, width=32),
)
def test_a_level_is_in_the_mean_and_nowhere_else(contours, level):
    before = functionals.distribution(contours)
    after = functionals.distribution(contours + np.float32(level))
    assert np.isfinite(before).all()
    scale = np.abs(contours).max() + abs(level) + 1.0
    spread = before[:, 1] > 1e-2 * scale  # where rounding does not decide
    np.testing.assert_allclose(after[:, 0], before[:, 0] + level, atol=1e-4 * scale)
    np.testing.assert_allclose(after[spread, 1:], before[spread, 1:], atol=2e-2 * scale)
    assert np.isfinite(functionals.movement(contours)).all()


def test_contours_that_go_together_correlate_and_no_frames_correlate_nothing():
    one = np.random.default_rng(4).standard_normal(200).astype(np.float32)
    found = functionals.correlations(np.stack([one, 2 * one + 1, -one]))
    np.testing.assert_allclose(found, [1.0, -1.0, -1.0], atol=1e-3)
    assert functionals.correlations(np.zeros((3, 0), np.float32)).tolist() == [0.0, 0.0, 0.0]
