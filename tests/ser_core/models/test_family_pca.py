"""Principal components of each feature family."""

import numpy as np
import pytest

from ser_core.models.family_pca import FamilyCompression

SIZES = {"small": 3, "large": 40}


def made(*, seed=0):
    generator = np.random.default_rng(seed)
    spread = np.linspace(5.0, 0.1, sum(SIZES.values()))
    return (spread * generator.standard_normal((300, spread.size))).astype(np.float32)


def test_each_family_keeps_components_of_its_own():
    compression = FamilyCompression(SIZES, {"small": 2, "large": 5}).fit(made())
    rows = made(seed=1)
    changed = rows.copy()
    changed[:, 3:] = 0.0
    before, after = compression.transform(rows), compression.transform(changed)
    assert before.shape == (300, 7)
    assert before.dtype == np.float32
    np.testing.assert_array_equal(before[:, :2], after[:, :2])
    assert not np.allclose(before[:, 2:], after[:, 2:])


def test_components_are_half_whitened_to_a_mean_variance_of_1():
    rows = made()
    compression = FamilyCompression(SIZES, {"small": 3, "large": 40}).fit(rows)
    spread = compression.transform(rows).std(axis=0)
    assert np.mean(spread**2) == pytest.approx(1.0, rel=0.02)
    plain = np.concatenate([np.sqrt(b.explained_variance_) for b in compression.bases_.values()])
    np.testing.assert_allclose(spread / spread[0], np.sqrt(plain / plain[0]), rtol=0.02)


def test_what_does_not_vary_does_no_harm():
    rows = made()
    rows[:, :3] = 1.0
    found = FamilyCompression(SIZES, {"small": 2, "large": 5}).fit(rows).transform(rows)
    assert np.isfinite(found).all()
