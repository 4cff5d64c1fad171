"""How good a recipe is: on speakers that it has never heard, and, beside that, on a random split.

Conventions
-----------
Every clip is predicted by a model that was trained without it. In the speaker-independent figures
the model was trained without any clip of its speaker; those are the headline. In a random split the
same speaker is on both sides, which flatters: it is reported because the tutorials report it, never
alone. UAR (unweighted average recall) is the mean of the emotions' recalls; chance is 1 / number of
emotions.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed, parallel_config
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support
from sklearn.model_selection import GroupKFold, StratifiedShuffleSplit

from ser_core import classifier
from ser_core.classifier import TrainingOptions
from ser_core.dataset import Dataset
from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import TrainingError

N_FOLDS = 6
N_PARTITIONS = 3  # different ways to put speakers into folds; figures are their mean
N_RANDOM_SPLITS = 10
RANDOM_TEST_SHARE = 0.2

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Split:
    """What to train and what to test on.

    Parameters
    ----------
    repetition
        To which repetition the predictions belong.
    train, test
        Indices of clips.
    """

    repetition: int
    train: NDArray[np.intp]
    test: NDArray[np.intp]


@dataclass(frozen=True)
class EmotionFigures:
    """Figures of one emotion.

    Parameters
    ----------
    precision, recall, f1
        0 to 1.
    n_clips
        How many clips of this emotion were predicted.
    """

    precision: float
    recall: float
    f1: float
    n_clips: int


@dataclass(frozen=True)
class Figures:
    """Figures of one set of predictions.

    Parameters
    ----------
    n_clips
        How many clips were predicted.
    accuracy
        Share of clips predicted right.
    uar
        Unweighted average recall.
    f1
        Unweighted mean of the emotions' F1.
    by_emotion
        Of each emotion that occurs.
    confusion
        Rows: the emotion it is; columns: the emotion it was taken for; both in the order of
        `by_emotion`. Counts.
    """

    n_clips: int
    accuracy: float
    uar: float
    f1: float
    by_emotion: dict[str, EmotionFigures]
    confusion: list[list[int]]


@dataclass(frozen=True)
class Evaluation:
    """Figures of a recipe over several repetitions.

    Parameters
    ----------
    kind
        What was left out, in words.
    accuracy, uar, f1
        Means over the repetitions.
    uar_sd
        Standard deviation of the UAR over the repetitions.
    repetitions
        The figures of each.
    by_corpus
        The same predictions, corpus by corpus; empty if there is only one corpus.
    """

    kind: str
    accuracy: float
    uar: float
    uar_sd: float
    f1: float
    repetitions: tuple[Figures, ...]
    by_corpus: dict[str, "Evaluation"]

    def as_dict(self) -> dict[str, Any]:
        """Give all figures as plain values that JSON can hold."""
        return asdict(self)

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Confusion counts, summed over the repetitions."""
        matrices = np.asarray([figures.confusion for figures in self.repetitions])
        return np.asarray(matrices.sum(axis=0), dtype=np.int64)

    @property
    def emotions(self) -> tuple[str, ...]:
        """The emotions, in the order of the confusion matrix."""
        return tuple(self.repetitions[0].by_emotion)


def figures(truth: NDArray[np.str_], predicted: NDArray[np.str_]) -> Figures:
    """Compare predictions with the truth.

    Parameters
    ----------
    truth, predicted
        (n_clips,) of str, emotions.

    Raises
    ------
    TrainingError
        If there is nothing to compare.
    """
    if truth.size == 0 or truth.shape != predicted.shape:
        raise TrainingError("There is nothing to compare, or not one prediction for each clip.")
    occurring = set(truth.tolist())
    names = [name for name in EMOTION_NAMES if name in occurring]
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, labels=names, zero_division=0.0
    )
    by_emotion = {
        name: EmotionFigures(float(p), float(r), float(f), int(n))
        for name, p, r, f, n in zip(names, precision, recall, f1, support, strict=True)
    }
    return Figures(
        n_clips=int(truth.size),
        accuracy=float(np.mean(truth == predicted)),
        uar=float(np.mean(recall)),
        f1=float(f1_score(truth, predicted, labels=names, average="macro", zero_division=0.0)),
        by_emotion=by_emotion,
        confusion=confusion_matrix(truth, predicted, labels=names).tolist(),
    )


def speaker_independent(
    data: Dataset,
    *,
    options: TrainingOptions | None = None,
    n_folds: int = N_FOLDS,
    n_partitions: int = N_PARTITIONS,
    n_jobs: int = -1,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Cross-validate with whole speakers left out, all clips out of fold.

    Parameters
    ----------
    data
        With at least two speakers; with fewer than `n_folds`, each is left out in turn.
    options
        How to train.
    n_folds, n_partitions
        Folds, and in how many ways speakers are put into them; partition i trains with seed + i.
    n_jobs
        How many processes; -1 for one on each core.
    on_progress
        Called with the number of folds done and the number there are.

    Raises
    ------
    TrainingError
        If there is only one speaker.
    """
    n_speakers = np.unique(data.speakers).size
    if n_speakers < 2:
        raise TrainingError("A speaker-independent figure needs clips of at least two speakers.")
    splits = []
    for partition in range(n_partitions):
        folds = GroupKFold(min(n_folds, n_speakers), shuffle=True, random_state=partition)
        for train, test in folds.split(data.features, data.emotions, data.speakers):
            splits.append(Split(partition, train, test))
    return _evaluate("speaker-independent", data, splits, options, n_jobs, on_progress)


def random_split(
    data: Dataset,
    *,
    options: TrainingOptions | None = None,
    n_splits: int = N_RANDOM_SPLITS,
    n_jobs: int = -1,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Train on a random 80 % of the clips and test on the rest, several times.

    Parameters
    ----------
    data
        With enough clips of each emotion to be on both sides.
    options
        How to train; split i trains with seed + i.
    n_splits
        How many splits.
    n_jobs
        How many processes; -1 for one on each core.
    on_progress
        Called with the number of splits done and the number there are.

    Raises
    ------
    TrainingError
        If an emotion has too few clips to be on both sides.
    """
    shuffle = StratifiedShuffleSplit(n_splits, test_size=RANDOM_TEST_SHARE, random_state=0)
    try:
        parts = list(shuffle.split(data.features, data.emotions))
    except ValueError as cause:
        raise TrainingError("Some emotion has too few clips for a random split.") from cause
    splits = [Split(number, train, test) for number, (train, test) in enumerate(parts)]
    return _evaluate("random 80/20", data, splits, options, n_jobs, on_progress)


def only_emotions(data: Dataset, emotions: Sequence[str]) -> Dataset:
    """Keep the clips of some emotions."""
    return data.take(np.isin(data.emotions, list(emotions)))


def _evaluate(
    kind: str,
    data: Dataset,
    splits: Sequence[Split],
    options: TrainingOptions | None,
    n_jobs: int,
    on_progress: Progress | None,
) -> Evaluation:
    """Predict every split, and put the predictions of each repetition together."""
    options = options or TrainingOptions()
    jobs = (delayed(_predict)(data, split, options) for split in splits)
    predicted: dict[int, NDArray[np.str_]] = {}
    tested: dict[int, NDArray[np.bool_]] = {}
    with parallel_config(backend="loky", n_jobs=n_jobs, inner_max_num_threads=1):
        results = Parallel(return_as="generator")(jobs)
        for done, (split, labels) in enumerate(zip(splits, results, strict=True), start=1):
            whole = predicted.setdefault(split.repetition, np.empty_like(data.emotions))
            whole[split.test] = labels
            mask = tested.setdefault(split.repetition, np.zeros(len(data), dtype=np.bool_))
            mask[split.test] = True
            if on_progress is not None:
                on_progress(done, len(splits))
    outcomes = [(predicted[repetition], tested[repetition]) for repetition in predicted]
    corpora = np.unique(data.corpora).tolist()
    by_corpus = {
        corpus: _summarise(kind, data, outcomes, data.corpora == corpus, {}) for corpus in corpora
    }
    every = np.ones(len(data), dtype=np.bool_)
    return _summarise(kind, data, outcomes, every, by_corpus if len(corpora) > 1 else {})


def _predict(data: Dataset, split: Split, options: TrainingOptions) -> NDArray[np.str_]:
    seeded = replace(options, seed=options.seed + split.repetition)
    pipeline = classifier.fit(data.take(split.train), options=seeded)
    return np.asarray(pipeline.predict(data.features[split.test]), dtype=data.emotions.dtype)


def _summarise(
    kind: str,
    data: Dataset,
    outcomes: Sequence[tuple[NDArray[np.str_], NDArray[np.bool_]]],
    chosen: NDArray[np.bool_],
    by_corpus: dict[str, Evaluation],
) -> Evaluation:
    repetitions = [
        figures(data.emotions[tested & chosen], predicted[tested & chosen])
        for predicted, tested in outcomes
    ]
    uars = [one.uar for one in repetitions]
    return Evaluation(
        kind=kind,
        accuracy=float(np.mean([one.accuracy for one in repetitions])),
        uar=float(np.mean(uars)),
        uar_sd=float(np.std(uars)),
        f1=float(np.mean([one.f1 for one in repetitions])),
        repetitions=tuple(repetitions),
        by_corpus=by_corpus,
    )
