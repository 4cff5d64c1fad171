"""Every stage of the analysis gives the numbers that are kept, on one clip.

Each stage but `probabilities` starts from the clip: the first that fails is the one that changed.
`make.py` says when to write the numbers anew.
"""

from functools import cache

import pytest

from ser_core.features import DEFAULT_FAMILIES
from tests.golden import stages

KEPT = stages.kept()


@cache
def found_by(stage):
    return stages.run(stage, KEPT)


def assert_is_as_kept(stage, *names):
    """Compare the arrays of a stage, or some of them, with those that are kept."""
    found = found_by(stage)
    chosen = [f"{stage.__name__}.{name}" for name in names] or list(found)
    differences = [stages.difference(name, found[name], KEPT[name]) for name in chosen]
    assert not any(differences), "\n".join(filter(None, differences))


def test_waveform():
    assert_is_as_kept(stages.waveform)


def test_speech():
    assert_is_as_kept(stages.speech)


def test_spectrum():
    assert_is_as_kept(stages.spectrum)


def test_pitch():
    assert_is_as_kept(stages.pitch)


def test_contours():
    assert_is_as_kept(stages.contours)


def test_names_of_features():
    assert_is_as_kept(stages.features, "names")


@pytest.mark.parametrize("family", DEFAULT_FAMILIES)
def test_features(family):
    assert_is_as_kept(stages.features, family)


def test_probabilities():
    assert_is_as_kept(stages.probabilities)


def test_timeline():
    assert_is_as_kept(stages.timeline)


def test_every_kept_array_is_compared():
    assert (
        set(KEPT)
        == set(stages.TOLERANCES)
        == {name for stage in stages.STAGES for name in found_by(stage)}
    )
