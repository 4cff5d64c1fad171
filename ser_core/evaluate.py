"""How good a recipe is: on speakers and corpora that it has never heard, and on a random split.

Conventions
-----------
Every clip is predicted by a model that was trained without it. In the speaker-independent figures
the model was trained without any clip of its speaker; those are the headline. In a random split the
same speaker is on both sides, which flatters: it is reported because the tutorials report it, never
alone. Altered copies of clips are trained on, and never tested on.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from joblib import delayed
from numpy.typing import NDArray

from ser_core import classifier, splits
from ser_core.classifier import TrainingOptions
from ser_core.dataset import Dataset
from ser_core.emotions import EMOTION_NAMES
from ser_core.evaluation import Evaluation, cross_fitted, summarise
from ser_core.figures import Predictions
from ser_core.parallel import Progress, in_order
from ser_core.splits import N_FOLDS, N_PARTITIONS, N_RANDOM_SPLITS, Split

Array = NDArray[np.float64]


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
    options = options or TrainingOptions()
    chosen = splits.speaker_independent(
        data, n_folds=n_folds, n_partitions=n_partitions, seed=options.seed
    )
    return run(
        "speaker-independent",
        data,
        chosen,
        options=options,
        n_jobs=n_jobs,
        on_progress=on_progress,
    )


def leave_one_speaker_out(
    data: Dataset,
    *,
    options: TrainingOptions | None = None,
    n_jobs: int = -1,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Leave out each speaker in turn; parameters and errors as in `speaker_independent`."""
    chosen = splits.leave_one_speaker_out(data)
    return run(
        "one speaker left out",
        data,
        chosen,
        options=options,
        n_jobs=n_jobs,
        on_progress=on_progress,
    )


def leave_one_corpus_out(
    data: Dataset,
    *,
    options: TrainingOptions | None = None,
    n_jobs: int = -1,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Leave out each corpus in turn, as `splits.leave_one_corpus_out`; see `by_corpus`."""
    chosen = splits.leave_one_corpus_out(data)
    return run(
        "one corpus left out", data, chosen, options=options, n_jobs=n_jobs, on_progress=on_progress
    )


def cross_corpus(
    data: Dataset,
    *,
    options: TrainingOptions | None = None,
    n_jobs: int = -1,
    on_progress: Progress | None = None,
) -> dict[tuple[str, str], Evaluation]:
    """Train on one corpus and test on another, as `splits.cross_corpus`; by the pair of them."""
    chosen = splits.cross_corpus(data)
    found = {}
    for done, (pair, split) in enumerate(chosen.items(), start=1):
        kind = f"trained on {pair[0]}, tested on {pair[1]}"
        found[pair] = run(kind, data, [split], options=options, n_jobs=n_jobs)
        if on_progress is not None:
            on_progress(done, len(chosen))
    return found


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
    options = options or TrainingOptions()
    chosen = splits.random(data, n_splits=n_splits, seed=options.seed)
    return run(
        "random 80/20", data, chosen, options=options, n_jobs=n_jobs, on_progress=on_progress
    )


def only_emotions(data: Dataset, emotions: Sequence[str]) -> Dataset:
    """Keep the clips of some emotions."""
    return data.take(np.isin(data.emotions, list(emotions)))


def run(
    kind: str,
    data: Dataset,
    chosen: Sequence[Split],
    *,
    options: TrainingOptions | None = None,
    n_jobs: int = -1,
    on_progress: Progress | None = None,
) -> Evaluation:
    """Predict every split, and put the predictions of each repetition together.

    Parameters
    ----------
    kind
        What is left out, in words.
    data
        The clips.
    chosen
        The splits, of one repetition or several.
    options
        How to train; repetition i trains with seed + i.
    n_jobs
        How many processes; -1 for one on each core.
    on_progress
        Called with the number of splits done and the number there are.

    Raises
    ------
    TrainingError
        If a split has fewer than two emotions to train on.
    """
    options = options or TrainingOptions()
    used = np.concatenate([part for split in chosen for part in (split.train, split.test)])
    present = set(data.emotions[np.unique(used)].tolist())
    emotions = tuple(name for name in EMOTION_NAMES if name in present)
    jobs = [delayed(_predict)(data, split, options, emotions) for split in chosen]
    found: list[Array] = list(in_order(jobs, n_jobs=n_jobs, on_progress=on_progress))
    numbers = sorted({split.repetition for split in chosen})
    repetitions = [
        _repetition(
            data,
            emotions,
            [(s, p) for s, p in zip(chosen, found, strict=True) if s.repetition == n],
        )
        for n in numbers
    ]
    return summarise(kind, [cross_fitted(one) for one in repetitions], seed=options.seed)


def _predict(
    data: Dataset, split: Split, options: TrainingOptions, emotions: Sequence[str]
) -> Array:
    """Train on one side and give probabilities on the other, 0 for what was never learned."""
    seeded = replace(options, seed=options.seed + split.repetition)
    pipeline = classifier.fit(data.take(split.train), options=seeded)
    trained_on = set(data.emotions[split.train].tolist())
    learned = [column for column, name in enumerate(emotions) if name in trained_on]
    probabilities = np.zeros((split.test.size, len(emotions)))
    probabilities[:, learned] = classifier.predict_proba(
        pipeline, data.features[split.test], [emotions[column] for column in learned]
    )
    return probabilities


def _repetition(
    data: Dataset, emotions: tuple[str, ...], parts: Sequence[tuple[Split, Array]]
) -> Predictions:
    """Put the folds of one repetition together, in the order of the clips."""
    tested = np.concatenate([split.test for split, _ in parts])
    folds = np.repeat(np.arange(len(parts)), [split.test.size for split, _ in parts])
    order = np.argsort(tested, kind="stable")
    tested = tested[order]
    return Predictions(
        emotions=emotions,
        truth=np.array([emotions.index(name) for name in data.emotions[tested]], dtype=np.intp),
        probabilities=np.concatenate([probabilities for _, probabilities in parts])[order],
        speakers=data.speakers[tested],
        corpora=data.corpora[tested],
        folds=folds[order],
    )
