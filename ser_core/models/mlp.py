"""The estimator inside a model: scaling, compression, and averaged multilayer perceptrons.

The order of the steps and their settings were chosen on held-out speakers and corpora; see
docs/experiments.md.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from ser_core.emotions import EMOTION_NAMES, NEUTRAL
from ser_core.errors import TrainingError
from ser_core.features import feature_names, in_order, take_waveform_alone
from ser_core.models.calibration import SMALLEST_PROBABILITY
from ser_core.models.family_pca import FamilyCompression, slices
from ser_core.models.speakers import standardise_by_speaker, voice_names

Array = NDArray[np.float32]

ROUNDING = 1e-6  # relative, of a float32 that is the same in exact arithmetic
LEAST_STEPS = 400  # of a network, however few clips there are; more epochs, where they are few
INTERRUPTED = "Training interrupted by user"  # scikit-learn's warning


DROPPED_FAMILIES: tuple[tuple[str, ...], ...] = (
    (),
    ("mfcc", "mel", "modulation"),
    ("prosody", "shape"),
)
"""The families hidden from each network, so that their errors differ."""


@dataclass(frozen=True)
class TrainingOptions:
    """How a model is trained.

    Parameters
    ----------
    n_components
        Maximum number of principal components kept of each family of features.
    half_whiten
        Whether the components are half-whitened (`family_pca.FamilyCompression`).
    hidden_units
        Number of units in the one hidden layer of each network.
    n_networks
        Number of networks that are averaged; each has another seed and, in turn, other families
        hidden from it (`DROPPED_FAMILIES`).
    alpha
        Weight of the L2 penalty, in a batch.
    batch_size
        Number of rows between two steps of a network.
    epochs
        Passes over the data; a fixed number: no data is held out for early stopping.
    chains
        Names of `augmentation.CHAINS`, each of which adds an altered copy of every clip to train
        on; a chain named twice gives two copies.
    copies
        How much a copy counts against its clip.
    votes
        Share of the listeners' votes in the label of a clip that has votes, 0 to 1; the rest is the
        acted emotion.
    ordinary
        Share of the weight of neutral clips that ordinary speech has, 0 to 1.
    by_speaker
        Whether the model is averaged with one that is trained on clips which are standardised by
        speaker (`speakers.standardise_by_speaker`).
    seed
        Seed of all random numbers.
    """

    n_components: int = 150
    half_whiten: bool = True
    hidden_units: int = 128
    n_networks: int = 3
    alpha: float = 4.0
    batch_size: int = 256
    epochs: int = 10
    chains: tuple[str, ...] = ("channel", "voice")
    copies: float = 0.5
    votes: float = 0.5
    ordinary: float = 0.004
    by_speaker: bool = False
    seed: int = 0


ENCODER_OPTIONS = TrainingOptions(
    n_components=300,
    half_whiten=False,
    hidden_units=64,
    n_networks=2,
    alpha=8.0,
    batch_size=256,
    epochs=15,
    chains=("channel", "voice"),
    copies=0.25,
    votes=0.5,
    by_speaker=True,
)
"""For features of an encoder, which learn their training speakers by heart with less penalty."""


def default_options(families: Sequence[str]) -> TrainingOptions:
    """Return the options that were chosen for families: of an encoder alone, or handcrafted."""
    return ENCODER_OPTIONS if take_waveform_alone(tuple(families)) else TrainingOptions()


class Standardiser(StandardScaler):  # type: ignore[misc]
    """Standardisation in which a feature that varies by rounding alone becomes 0.

    Scaled up, such a feature would differ from one processor to another.
    """

    def fit(self, rows: Array, y: object = None) -> "Standardiser":
        """Find the mean and the deviation of features, (n, n_features) float32."""
        super().fit(rows)
        constant = self.scale_ <= ROUNDING * np.abs(self.mean_)
        self.scale_[constant] = np.inf
        return self


class Networks(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Multilayer perceptrons, each on columns of its own, whose probabilities are averaged.

    Parameters
    ----------
    columns
        The columns that each network is given.
    options
        The training options.
    """

    def __init__(self, columns: Sequence[NDArray[np.intp]], options: TrainingOptions) -> None:
        self.columns = columns
        self.options = options

    def fit(
        self, rows: Array, weights: NDArray[np.float64], emotions: NDArray[np.str_]
    ) -> "Networks":
        """Train every network.

        Parameters
        ----------
        rows
            (n, n_columns) float32.
        weights
            (n, n_emotions) float64: how much each row counts as an example of each emotion.
        emotions
            (n_emotions,) of str: the emotions of the columns.
        """
        # A row is repeated for each emotion of which it is an example, since scikit-learn's
        # perceptron takes one label a row.
        row, emotion = np.nonzero(weights)
        rows, labels, sample_weight = rows[row], emotions[emotion], weights[row, emotion]
        batch_size = min(self.options.batch_size, len(rows))
        # -(-a // b) is a / b, rounded up.
        epochs = max(self.options.epochs, -(-LEAST_STEPS * batch_size // len(rows)))
        self.networks_ = []
        for number, columns in enumerate(self.columns):
            network = MLPClassifier(
                (self.options.hidden_units,),
                # It is divided by the number of rows in a batch.
                alpha=self.options.alpha * batch_size / self.options.batch_size,
                batch_size=batch_size,
                max_iter=epochs,
                random_state=self.options.seed + number,
            )
            network.fit(rows[:, columns], labels, sample_weight=sample_weight)
            # Adam's moment estimates are twice as large as the network, and no longer needed.
            vars(network).pop("_optimizer", None)
            self.networks_.append(network)
        self.classes_ = self.networks_[0].classes_
        return self

    def predict_proba(self, rows: Array) -> NDArray[np.float64]:
        """Return probabilities, (n, n_classes), in the order of `classes_`."""
        each = [
            _forward(network, rows[:, columns])
            for network, columns in zip(self.networks_, self.columns, strict=True)
        ]
        return np.asarray(np.mean(each, axis=0), dtype=np.float64)

    def predict(self, rows: Array) -> NDArray[np.str_]:
        """Return the most probable class of each row."""
        return np.asarray(self.classes_[self.predict_proba(rows).argmax(axis=1)])


def _forward(network: MLPClassifier, rows: Array) -> NDArray[np.float64]:
    """Return what `MLPClassifier.predict_proba` does, (n, n_classes), without its checks.

    For one voice note, those take several times as long as the sums.
    """
    values = rows
    for weights, bias in zip(network.coefs_[:-1], network.intercepts_[:-1], strict=True):
        values = np.maximum(values @ weights + bias, 0)
    logits = (values @ network.coefs_[-1] + network.intercepts_[-1]).astype(np.float64)
    if logits.shape[1] == 1:  # two classes share one output
        logits = np.concatenate([np.zeros_like(logits), logits], axis=1)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def signed_log(values: Array) -> Array:
    """Compress large values of either sign: ``sign(x) * log(1 + |x|)``."""
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)), dtype=np.float32)


def build(options: TrainingOptions, *, sizes: Mapping[str, int], n_clips: int) -> Pipeline:
    """Return the pipeline, not yet fitted.

    Parameters
    ----------
    options
        The training options.
    sizes
        Number of features of each family.
    n_clips
        Number of clips to train on, altered copies included.
    """
    most = min(options.n_components, n_clips - 1)
    kept = {family: min(most, size) for family, size in sizes.items()}
    where = {family: np.arange(span.start, span.stop) for family, span in slices(kept).items()}
    compress = FamilyCompression(sizes, kept, half_whiten=options.half_whiten, seed=options.seed)
    columns = []
    for number in range(options.n_networks):
        left_out = DROPPED_FAMILIES[number % len(DROPPED_FAMILIES)]
        heard = [where[family] for family in where if family not in left_out]
        columns.append(np.concatenate(heard or list(where.values())))
    return Pipeline(
        [
            ("standardise", Standardiser()),
            ("tame", FunctionTransformer(signed_log)),
            ("standardise_again", StandardScaler()),
            ("compress", compress),
            ("classify", Networks(columns, options)),
        ]
    )


class Ensemble(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Pipelines of the same classes, whose probabilities are averaged geometrically.

    Parameters
    ----------
    pipelines
        Fitted, with at least one.
    """

    def __init__(self, pipelines: Sequence[Pipeline]) -> None:
        self.pipelines = pipelines
        self.classes_ = pipelines[0].classes_

    def predict_proba(self, features: Array) -> NDArray[np.float64]:
        """Return probabilities, (n, n_classes), in the order of `classes_`."""
        each = np.array([pipeline.predict_proba(features) for pipeline in self.pipelines])
        if len(each) == 1:
            return np.asarray(each[0])
        product = np.exp(np.log(np.maximum(each, SMALLEST_PROBABILITY)).mean(axis=0))
        return np.asarray(product / product.sum(axis=1, keepdims=True))

    def predict(self, features: Array) -> NDArray[np.str_]:
        """Return the most probable class of each row."""
        return np.asarray(self.classes_[self.predict_proba(features).argmax(axis=1)])


def fit(
    *,
    features: Array,
    emotions: NDArray[np.str_],
    speakers: NDArray[np.str_],
    corpora: NDArray[np.str_],
    families: Sequence[str],
    altered: Array | None = None,
    labels: NDArray[np.float64] | None = None,
    options: TrainingOptions,
) -> Ensemble:
    """Fit a classifier on clips and their altered copies.

    Every emotion, and in it every corpus, counts as much as another, however many clips it has.

    Parameters
    ----------
    features
        (n_clips, n_features) float32.
    emotions, speakers, corpora
        (n_clips,) of str: the emotion, the speaker and the corpus of each clip.
    families
        The feature families that the features are of.
    altered
        (n_clips, n_copies, n_features) float32: features of altered copies of each clip.
    labels
        (n_clips, len(EMOTION_NAMES)) float64: the share of each emotion in the label of each clip,
        as `sample_weights` takes it; None for the emotions alone.
    options
        The training options.

    Raises
    ------
    TrainingError
        If there are fewer than two emotions, or the features are not those of their families.
    KeyboardInterrupt
        Ctrl-C was pressed.
    """
    if np.unique(emotions).size < 2:
        raise TrainingError("Training needs clips of at least two emotions.")
    weights = sample_weights(emotions, corpora, labels, ordinary=options.ordinary)
    rows = features
    n_copies = 0 if altered is None else altered.shape[1]
    if altered is not None:
        rows = np.concatenate([features, *altered.swapaxes(0, 1)])
        weights = np.concatenate([weights, np.tile(options.copies * weights, (n_copies, 1))])
        weights /= weights[weights > 0].mean()  # so that `alpha` means the same with copies
    sizes = {name: len(feature_names((name,))) for name in in_order(families)}
    if features.shape[1] != sum(sizes.values()):
        raise TrainingError("The features do not agree in number with their families.")
    ways = [rows]
    if options.by_speaker:
        voices = voice_names(corpora, speakers)
        repeated = (np.tile(column, n_copies + 1) for column in (voices, emotions))
        ways.append(standardise_by_speaker(rows, *repeated))
    pipelines = []
    # In one thread: on matrices this small, several threads are slower.
    with threadpool_limits(1), warnings.catch_warnings():
        # The number of epochs is reached: that is how training ends here.
        warnings.simplefilter("ignore", ConvergenceWarning)
        # Ctrl-C only ends the training of one network, with this warning.
        warnings.filterwarnings("error", INTERRUPTED, UserWarning)
        try:
            for one in ways:
                pipeline = build(options, sizes=sizes, n_clips=len(one))
                pipeline.fit(one, weights, classify__emotions=np.unique(emotions))
                pipelines.append(pipeline)
        except UserWarning as warning:
            raise KeyboardInterrupt from warning
    return Ensemble(pipelines)


def sample_weights(
    emotions: NDArray[np.str_],
    corpora: NDArray[np.str_],
    labels: NDArray[np.float64] | None = None,
    *,
    ordinary: float = TrainingOptions.ordinary,
) -> NDArray[np.float64]:
    """Return weights by which every emotion counts equally, and every corpus in it.

    A clip with a label of several emotions counts as much as those do, each by its share.

    A corpus of neutral clips alone, which is one of ordinary speech, counts for a small share of
    that emotion: with more, everything that sounds like its recordings is neutral.

    Parameters
    ----------
    emotions, corpora
        (n_clips,) of str: the acted emotion and the corpus of each clip.
    labels
        (n_clips, len(EMOTION_NAMES)) float64: the share of each emotion in the label of each clip.
        An emotion that nobody acts in a clip's corpus is left out: a few stray votes would count as
        much as all clips of another corpus. None for the acted emotions alone.
    ordinary
        Share of the neutral weight that corpora of neutral clips alone have together, 0 to 1.

    Returns
    -------
    ndarray
        (n_clips, n_emotions) float64: how much each clip counts as an example of each emotion, in
        the order of ``np.unique(emotions)``. The mean of those that are not 0 is 1.
    """
    names, emotion = np.unique(emotions, return_inverse=True)
    _, corpus = np.unique(corpora, return_inverse=True)
    acted = np.eye(names.size)[emotion]
    shares = acted
    if labels is not None:
        columns = [EMOTION_NAMES.index(name) for name in names]
        shares = labels[:, columns] * (_corpus_sums(acted, corpus) > 0)[corpus]
        left = shares.sum(axis=1, keepdims=True)
        # Where no share is left, the label stays the acted emotion.
        shares = np.divide(shares, left, out=acted, where=left > 0)
    sums = _corpus_sums(shares, corpus)
    present = sums > 0
    # Of each emotion, by corpus; nobody may have heard one that was acted.
    parts = present / np.maximum(present.sum(axis=0), 1)
    neutral = names == NEUTRAL
    ordinary_corpora = present[:, neutral].all(axis=1) & (present.sum(axis=1) == 1)
    others = present[:, neutral].all(axis=1) & ~ordinary_corpora
    if ordinary_corpora.any() and others.any():
        parts[np.ix_(ordinary_corpora, neutral)] = ordinary / ordinary_corpora.sum()
        parts[np.ix_(others, neutral)] = (1 - ordinary) / others.sum()
    by_clip = np.divide(parts, sums, out=np.zeros_like(sums), where=present)
    # A clip's label is not changed: what listeners hear often is not made rare in it.
    weights = shares * (shares * by_clip[corpus]).sum(axis=1, keepdims=True)
    return np.asarray(weights / weights[weights > 0].mean(), dtype=np.float64)


def _corpus_sums(shares: NDArray[np.float64], corpus: NDArray[np.intp]) -> NDArray[np.float64]:
    """Sum the shares of the clips of each corpus, (n_corpora, n_emotions)."""
    sums = np.zeros((corpus.max() + 1, shares.shape[1]))
    np.add.at(sums, corpus, shares)
    return sums
