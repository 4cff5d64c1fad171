"""The estimator inside a model: scaling, compression, and a few averaged multilayer perceptrons.

The order of the steps and their settings were chosen on held-out speakers; see docs/experiments.md.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from ser_core.dataset import Dataset
from ser_core.errors import TrainingError

Array = NDArray[np.float32]

BATCH_SIZE = 64  # clips between two steps of a network


@dataclass(frozen=True)
class TrainingOptions:
    """How a model is trained.

    Parameters
    ----------
    n_components
        Principal components that are kept.
    hidden_units
        Of each network's one hidden layer.
    n_networks
        How many networks, of different seeds, are averaged.
    alpha
        Weight of the L2 penalty.
    epochs
        Passes over the data; few, and always the same number: no data is spent on stopping early.
    seed
        From which all randomness follows.
    """

    n_components: int = 400
    hidden_units: int = 256
    n_networks: int = 3
    alpha: float = 1.0
    epochs: int = 40
    seed: int = 0


class HalfWhitening(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Divide each component by the square root of its standard deviation.

    Between leaving the components as they are (the first few drown the rest) and whitening them
    (noise counts as much as voice). All are then scaled together to a mean variance of 1.
    """

    def fit(self, components: Array, y: object = None) -> "HalfWhitening":
        """Measure the standard deviations of components, (n, n_components)."""
        deviation = components.std(axis=0)
        deviation[deviation < np.finfo(np.float32).tiny] = 1.0
        halved = np.sqrt(deviation)
        self.scale_ = (halved * np.sqrt(np.mean(deviation))).astype(np.float32)
        return self

    def transform(self, components: Array) -> Array:
        """Scale components, (n, n_components)."""
        return np.asarray(components / self.scale_, dtype=np.float32)


def signed_log(values: Array) -> Array:
    """Compress large values of either sign: ``sign(x) * log(1 + |x|)``."""
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)), dtype=np.float32)


def build(options: TrainingOptions, *, n_clips: int, n_features: int) -> Pipeline:
    """Put the steps together, not yet fitted, for so many clips and features."""
    n_components = min(options.n_components, n_clips - 1, n_features)
    networks = [
        (
            f"network_{number}",
            MLPClassifier(
                (options.hidden_units,),
                alpha=options.alpha,
                batch_size=min(BATCH_SIZE, n_clips),
                max_iter=options.epochs,
                random_state=options.seed + number,
            ),
        )
        for number in range(options.n_networks)
    ]
    return Pipeline(
        [
            ("standardise", StandardScaler()),
            ("tame", FunctionTransformer(signed_log)),
            ("standardise_again", StandardScaler()),
            ("compress", PCA(n_components, svd_solver="randomized", random_state=options.seed)),
            ("scale", HalfWhitening()),
            ("classify", VotingClassifier(networks, voting="soft")),
        ]
    )


def fit(data: Dataset, *, options: TrainingOptions) -> Pipeline:
    """Train a pipeline on clips and their altered copies.

    Every corpus, and in it every emotion, counts as much as another, however many clips it has.

    Parameters
    ----------
    data
        The clips.
    options
        How to train.

    Raises
    ------
    TrainingError
        If there are fewer than two emotions.
    """
    if np.unique(data.emotions).size < 2:
        raise TrainingError("Training needs clips of at least two emotions.")
    features, labels, weights = data.features, data.emotions, sample_weights(data)
    if data.altered is not None:
        n_copies = data.altered.shape[1]
        features = np.concatenate([features, *data.altered.swapaxes(0, 1)])
        labels, weights = np.tile(labels, n_copies + 1), np.tile(weights, n_copies + 1)
    pipeline = build(options, n_clips=len(features), n_features=features.shape[1])
    # On one core: matrices this small lose more than they gain by threads.
    with _expecting_no_convergence(), threadpool_limits(1):
        pipeline.fit(features, labels, classify__sample_weight=weights)
    for network in pipeline["classify"].estimators_:
        # Its moments are twice the size of the network, and of no more use.
        vars(network).pop("_optimizer", None)
    return pipeline


def sample_weights(data: Dataset) -> NDArray[np.float64]:
    """Weigh clips so that every emotion counts as much as another, and every corpus in it too.

    Returns
    -------
    ndarray
        (n_clips,) float64, of mean 1.
    """
    _, emotion = np.unique(data.emotions, return_inverse=True)
    corpora, corpus = np.unique(data.corpora, return_inverse=True)
    cell = emotion * corpora.size + corpus
    cells, in_cell = np.unique(cell, return_counts=True)
    clips_like_it = in_cell[np.searchsorted(cells, cell)]
    corpora_of_emotion = np.bincount(cells // corpora.size)[emotion]
    weights = 1.0 / (clips_like_it * corpora_of_emotion)
    return np.asarray(weights / weights.mean(), dtype=np.float64)


def predict_proba(
    pipeline: Pipeline, features: Array, emotions: Sequence[str]
) -> NDArray[np.float64]:
    """Give probabilities, (n, len(emotions)), with the columns in the order of `emotions`."""
    order = [list(pipeline.classes_).index(emotion) for emotion in emotions]
    probabilities = pipeline.predict_proba(features.astype(np.float32, copy=False))
    return np.asarray(probabilities[:, order], dtype=np.float64)


def _expecting_no_convergence() -> "warnings.catch_warnings[None]":
    """Silence the warning that the number of epochs was reached: that is how training ends here."""
    return warnings.catch_warnings(action="ignore", category=ConvergenceWarning)
