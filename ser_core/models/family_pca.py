"""Principal components of the features, family by family.

Families are compressed apart from one another, so that a small one (prosody) is not drowned by a
large one (shape), and so that each network can be given other families.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA

Array = NDArray[np.float32]

MAX_ROWS = 10_000  # from which components are found: with more, they take long and stay the same


class FamilyCompression(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Principal components of each family, half-whitened or as they are.

    Half-whitening divides each component by the square root of its standard deviation: between
    leaving components as they are (the first few drown the rest) and whitening them (noise counts
    as much as voice). All are then scaled together to a mean variance of 1.

    Parameters
    ----------
    sizes
        Number of features of each family, in their order in the vector.
    kept
        Number of components kept of each family.
    half_whiten
        Whether to half-whiten the components.
    seed
        Seed of the randomised decomposition.
    """

    def __init__(
        self,
        sizes: Mapping[str, int],
        kept: Mapping[str, int],
        *,
        half_whiten: bool = True,
        seed: int = 0,
    ) -> None:
        self.sizes = sizes
        self.kept = kept
        self.half_whiten = half_whiten
        self.seed = seed

    def fit(self, features: Array, y: object = None) -> "FamilyCompression":
        """Find the components of features, (n, sum of sizes)."""
        features = features[:: -(-len(features) // MAX_ROWS)]
        self.bases_ = {}
        for family, numbers in slices(self.sizes).items():
            basis = PCA(self.kept[family], svd_solver="randomized", random_state=self.seed)
            self.bases_[family] = basis.fit(features[:, numbers])
        deviation = np.concatenate(
            [np.sqrt(basis.explained_variance_) for basis in self.bases_.values()]
        )
        deviation[deviation < np.finfo(np.float32).tiny] = 1.0
        scale = np.sqrt(deviation * deviation.mean())
        self.scale_ = (scale if self.half_whiten else np.ones_like(scale)).astype(np.float32)
        return self

    def transform(self, features: Array) -> Array:
        """Return the components of features, (n, sum of sizes) → (n, sum of kept), by family."""
        # By hand: six times PCA.transform costs more in checks of one vector than in sums.
        kept = [
            (features[:, numbers] - basis.mean_) @ basis.components_.T
            for basis, numbers in zip(
                self.bases_.values(), slices(self.sizes).values(), strict=True
            )
        ]
        return np.asarray(np.concatenate(kept, axis=1) / self.scale_, dtype=np.float32)


def slices(sizes: Mapping[str, int]) -> dict[str, slice]:
    """Return the slice of each part in a vector of parts of these sizes."""
    ends = np.cumsum(list(sizes.values())).tolist()
    return {
        name: slice(end - size, end) for (name, size), end in zip(sizes.items(), ends, strict=True)
    }
