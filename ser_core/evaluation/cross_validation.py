"""Cross-validation of a recipe: on unseen speakers, unseen corpora, and a random split.

Conventions
-----------
Every clip is predicted by a model that was trained without it. In the speaker-independent figures
the model was trained without any clip of its speaker; those are the headline. In a random split the
same speaker is on both sides, which flatters: it is reported because the tutorials report it, never
alone. Altered copies of clips are trained on, and never tested on.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ser_core.concurrency import Workers
from ser_core.dataset import Dataset, Split
from ser_core.emotions import EMOTION_NAMES
from ser_core.evaluation.metrics import Predictions
from ser_core.evaluation.results import Evaluation, cross_fitted, summarise
from ser_core.models import REFUSED_SHARE, EmotionModel, TrainingOptions, class_probabilities

Array = NDArray[np.float64]


def run(
    kind: str,
    data: Dataset,
    splits: Sequence[Split],
    *,
    options: TrainingOptions,
    known: Sequence[Predictions] | None = None,
    refused_share: float = REFUSED_SHARE,
    workers: Workers,
) -> Evaluation:
    """Evaluate a recipe on splits, with the predictions of each repetition together.

    Parameters
    ----------
    kind, data, splits, options, workers
        As in `predict`.
    known, refused_share
        What calibrations are fitted on, and how, as in `results.cross_fitted`.

    Raises
    ------
    TrainingError
        If a split has fewer than two emotions to train on.
    """
    predicted = predict(kind, data, splits, options=options, workers=workers)
    calibrated = [cross_fitted(one, known, refused_share=refused_share) for one in predicted]
    return summarise(kind, calibrated, seed=options.seed)


def predict(
    kind: str,
    data: Dataset,
    splits: Sequence[Split],
    *,
    options: TrainingOptions,
    workers: Workers,
) -> list[Predictions]:
    """Predict the test side of each split by a model that is trained on the other side.

    Parameters
    ----------
    kind
        Description of what is left out, in words.
    data
        The clips.
    splits
        Splits of `dataset.splits`, of one repetition or several.
    options
        The training options; repetition i trains with seed + i.
    workers
        The processes that train the folds.

    Returns
    -------
    list of Predictions
        By repetition, in the order of the clips, not calibrated.

    Raises
    ------
    TrainingError
        If a split has fewer than two emotions to train on.
    """
    used = np.concatenate([part for split in splits for part in (split.train, split.test)])
    present = set(data.emotions[np.unique(used)].tolist())
    emotions = tuple(name for name in EMOTION_NAMES if name in present)
    predict_split = partial(_predict, data, options, emotions)
    predicted = workers.map(predict_split, splits, label=kind)
    repetitions: dict[int, list[tuple[Split, Array]]] = {}
    for split, probabilities in zip(splits, predicted, strict=True):
        repetitions.setdefault(split.repetition, []).append((split, probabilities))
    return [_repetition(data, emotions, parts) for _, parts in sorted(repetitions.items())]


def train(data: Dataset, split: Split, *, options: TrainingOptions) -> EmotionModel:
    """Fit a model on the training side of a split; it is not calibrated.

    Raises
    ------
    TrainingError
        If there are fewer than two emotions to train on.
    """
    known = data.take(split.train)
    return EmotionModel.fit(**known.training_arrays(votes=options.votes), options=options)


def _predict(
    data: Dataset, options: TrainingOptions, emotions: Sequence[str], split: Split
) -> Array:
    """Train on one side and return probabilities on the other, 0 for what was never learned."""
    seeded = replace(options, seed=options.seed + split.repetition)
    model = train(data, split, options=seeded)
    learned = [column for column, name in enumerate(emotions) if name in model.emotions]
    probabilities = np.zeros((split.test.size, len(emotions)))
    probabilities[:, learned] = class_probabilities(
        model.classifier, data.features[split.test], [emotions[column] for column in learned]
    )
    return probabilities


def _repetition(
    data: Dataset, emotions: tuple[str, ...], parts: Sequence[tuple[Split, Array]]
) -> Predictions:
    """Return the predictions of one repetition, in the order of the clips."""
    tested = np.concatenate([split.test for split, _ in parts])
    folds = np.repeat(np.arange(len(parts)), [split.test.size for split, _ in parts])
    order = np.argsort(tested, kind="stable")
    probabilities = np.concatenate([probabilities for _, probabilities in parts])
    return about(data, tested[order], emotions, probabilities[order], folds=folds[order])


def about(
    data: Dataset,
    clips: NDArray[np.intp],
    emotions: tuple[str, ...],
    probabilities: Array,
    *,
    folds: NDArray[np.intp] | None = None,
) -> Predictions:
    """Return predictions about some clips, given by index, with what is known of these.

    Parameters
    ----------
    data
        The clips.
    clips
        (n,) the clip of each row.
    emotions
        The emotions of the columns; that of every clip is among them.
    probabilities
        (n, n_emotions) float64, as the classifier gives them.
    folds
        (n,) the training of each row; None for one and the same.
    """
    votes = data.votes_for(emotions)
    return Predictions(
        emotions=emotions,
        truth=np.array([emotions.index(name) for name in data.emotions[clips]], dtype=np.intp),
        probabilities=probabilities,
        speakers=data.speakers[clips],
        corpora=data.corpora[clips],
        folds=np.zeros(clips.size, dtype=np.intp) if folds is None else folds,
        votes=None if votes is None else votes[clips],
    )
