"""The figures of predictions are those that were worked out from their definitions."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from ser_core.evaluation import calibration_error, intervals, metrics
from tests.golden import predictions, stages

CASES = {
    name: json.loads((stages.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    for name in predictions.CASES
}


@pytest.fixture(params=CASES)
def case(request):
    """Return predictions with the figures that are expected of them."""
    return CASES[request.param]


def figures_of(case):
    n_clips = len(case["truth"])
    calibrated = {
        name: np.array(case[name]) for name in ("calibrated", "thresholds") if name in case
    }
    found = metrics.figures(
        metrics.Predictions(
            emotions=tuple(case["emotions"]),
            truth=np.array(case["truth"]),
            probabilities=np.array(case["probabilities"]),
            speakers=np.array(case["speakers"]),
            corpora=np.array(["made"] * n_clips),
            folds=np.zeros(n_clips, dtype=np.intp),
            **calibrated,
        )
    )
    return asdict(found)


def assert_agree(found, expected):
    """Compare what is expected, field by field, with what is found."""
    for name, value in expected.items():
        if isinstance(value, dict):
            assert_agree(found[name], value)
        elif value is None:
            assert found[name] is None, name
        else:
            assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-12), name


def test_accuracy_uar_and_f1(case):
    names = ("n_clips", "accuracy", "uar", "f1", "by_emotion", "by_speaker")
    assert_agree(figures_of(case), {name: case["expected"][name] for name in names})


def test_confusion(case):
    assert [list(row) for row in figures_of(case)["confusion"]] == case["expected"]["confusion"]


@pytest.mark.parametrize("name", ["certainty", "calibrated"])
def test_calibration_error_and_risk(case, name):
    found, expected = figures_of(case)[name], case["expected"][name]
    if expected is None:
        assert found is None
        return
    risks = dict(zip(map(str, calibration_error.COVERAGES), found["risks"], strict=True))
    assert_agree({**found, "risks": risks}, expected)


@pytest.mark.parametrize("name", ["accuracy_interval", "uar_interval"])
def test_intervals(case, name):
    found, expected = figures_of(case)[name], case["expected"][name]
    assert (found and [found["low"], found["high"]]) == (expected and pytest.approx(expected))


def test_intervals_are_drawn_as_the_expected_ones_are():
    assert intervals.N_RESAMPLES == predictions.N_RESAMPLES
    assert intervals.BATCH == predictions.BATCH
