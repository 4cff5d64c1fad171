"""Splits of clips into those to train on and those to test on.

Speakers never stand on both sides, except in `random`, which flatters for that very reason. Corpora
with the same speakers (RAVDESS speech and song) therefore never test one another.
"""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, LeaveOneGroupOut, StratifiedShuffleSplit

from ser_core.dataset.dataset import Dataset
from ser_core.errors import TrainingError

N_FOLDS = 6
N_PARTITIONS = 3  # different ways to put speakers into folds
N_RANDOM_SPLITS = 10
RANDOM_TEST_SHARE = 0.2
MIN_EMOTIONS = 2  # fewer cannot be told apart
RAVDESS = "ravdess"  # the corpus of the folds below
EMOBOX_FOLDS = (
    ("01", "11", "20", "21"),
    ("04", "10", "12", "14"),
    ("08", "09", "19", "23"),
    ("03", "05", "07", "24"),
    ("02", "15", "16", "18"),
    ("06", "13", "17", "22"),
)
"""The actors who are tested in each fold of RAVDESS speech as EmoBox publishes it (Ma et al. 2024,
"EmoBox: Multilingual Multi-corpus Speech Emotion Recognition Toolkit and Benchmark")."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Split:
    """Clips to train on, and clips to test on.

    Parameters
    ----------
    repetition
        Number of the repetition; in one repetition no clip is tested twice.
    train, test
        Indices of the clips on either side.
    """

    repetition: int
    train: NDArray[np.intp]
    test: NDArray[np.intp]


def speaker_independent(
    data: Dataset, *, n_folds: int = N_FOLDS, n_partitions: int = N_PARTITIONS, seed: int = 0
) -> list[Split]:
    """Return splits that leave out each fold of whole speakers in turn.

    Parameters
    ----------
    data
        Clips of at least two speakers; with fewer than `n_folds`, each is left out in turn.
    n_folds, n_partitions
        Number of folds, and of the ways in which speakers are put into them: one repetition each.
    seed
        Seed of the partitions; partition i is drawn with ``seed + i``.

    Raises
    ------
    TrainingError
        If there is only one speaker.
    """
    n_speakers = _n_speakers(data)
    splits = []
    for partition in range(n_partitions):
        folds = GroupKFold(min(n_folds, n_speakers), shuffle=True, random_state=seed + partition)
        for train, test in folds.split(data.features, data.emotions, data.speakers):
            splits.append(Split(partition, train, test))
    return splits


def ravdess_alone(data: Dataset, *, n_partitions: int = N_PARTITIONS, seed: int = 0) -> list[Split]:
    """Return speaker-independent splits of RAVDESS speech, with no other corpus in training.

    Raises
    ------
    TrainingError
        If there is no other corpus, so that `speaker_independent` gives the same; or none of
        RAVDESS, or one actor.
    """
    clips = np.flatnonzero(data.corpora == RAVDESS)
    if clips.size in (0, len(data)):
        raise TrainingError("For RAVDESS speech alone, there must be RAVDESS and another corpus.")
    return [
        Split(one.repetition, clips[one.train], clips[one.test])
        for one in speaker_independent(data.take(clips), n_partitions=n_partitions, seed=seed)
    ]


def emobox(data: Dataset) -> list[Split]:
    """Return EmoBox's published splits of RAVDESS speech, with no other corpus in training.

    Raises
    ------
    TrainingError
        If an actor is missing.
    """
    inside = data.corpora == RAVDESS
    folds = [[f"{RAVDESS}-{actor}" for actor in fold] for fold in EMOBOX_FOLDS]
    actors = [actor for fold in folds for actor in fold]
    if np.setdiff1d(actors, data.speakers[inside]).size:
        raise TrainingError("EmoBox's folds take all 24 actors of RAVDESS speech.")
    tested = [inside & np.isin(data.speakers, fold) for fold in folds]
    return [_split(inside & ~test, test) for test in tested]


def leave_one_speaker_out(data: Dataset) -> list[Split]:
    """Return splits that leave out each speaker in turn, in one repetition.

    Raises
    ------
    TrainingError
        If there is only one speaker.
    """
    _n_speakers(data)
    folds = LeaveOneGroupOut().split(data.features, data.emotions, data.speakers)
    return [Split(0, train, test) for train, test in folds]


def random(data: Dataset, *, seed: int = 0, emotions: Collection[str] | None = None) -> list[Split]:
    """Return ten splits that test on a random fifth of the clips, stratified by emotion.

    Parameters
    ----------
    data
        Clips, enough of each emotion to be on both sides.
    seed
        Seed of the splits.
    emotions
        Emotions whose clips are used; None for all.

    Raises
    ------
    TrainingError
        If an emotion has no clips, or too few to be on both sides.
    """
    wanted = list(emotions or data.emotions)
    if missing := np.setdiff1d(wanted, data.emotions).tolist():
        raise TrainingError(f"There is no clip of {' or '.join(missing)} for a random split.")
    clips = np.flatnonzero(np.isin(data.emotions, wanted))
    shuffle = StratifiedShuffleSplit(
        N_RANDOM_SPLITS, test_size=RANDOM_TEST_SHARE, random_state=seed
    )
    try:
        parts = list(shuffle.split(clips, data.emotions[clips]))
    except ValueError as cause:
        raise TrainingError("Some emotion has too few clips for a random split.") from cause
    return [Split(number, clips[train], clips[test]) for number, (train, test) in enumerate(parts)]


def leave_one_corpus_out(data: Dataset) -> list[Split]:
    """Return splits that test on each corpus, trained on those that share no speaker with it.

    Training keeps all its emotions; the test, those that training has: what was never learned
    cannot be answered, and would say nothing of how well it is heard.

    Raises
    ------
    TrainingError
        If there are no two corpora with speakers, and emotions, to allow it.
    """
    splits = []
    for corpus in np.unique(data.corpora):
        test = data.corpora == corpus
        strangers = [
            other for other in np.unique(data.corpora) if not _share_speakers(data, corpus, other)
        ]
        train = np.isin(data.corpora, strangers)
        test &= np.isin(data.emotions, data.emotions[train])
        if np.unique(data.emotions[test]).size >= MIN_EMOTIONS:
            splits.append(_split(train, test))
    if not splits:
        raise TrainingError(
            "To leave a corpus out takes two corpora with different speakers and at least "
            f"{MIN_EMOTIONS} emotions in common."
        )
    return splits


def cross_corpus(data: Dataset) -> dict[tuple[str, str], Split]:
    """Return splits that train on one corpus and test on another, in the emotions of both.

    Returns
    -------
    dict
        By the pair of corpora, trained on and tested on: every ordered pair that shares no speaker.

    Raises
    ------
    TrainingError
        If there is no such pair.
    """
    splits = {}
    for one, other in permutations(np.unique(data.corpora).tolist(), 2):
        if _share_speakers(data, one, other):
            continue
        train, test = data.corpora == one, data.corpora == other
        common = np.intersect1d(data.emotions[train], data.emotions[test])
        train, test = (mask & np.isin(data.emotions, common) for mask in (train, test))
        if common.size >= MIN_EMOTIONS:
            splits[one, other] = _split(train, test)
    if not splits:
        raise TrainingError(
            "To train on one corpus and test on another takes two corpora with different speakers "
            f"and at least {MIN_EMOTIONS} emotions in common."
        )
    return splits


def _split(train: Mask, test: Mask) -> Split:
    return Split(0, np.flatnonzero(train), np.flatnonzero(test))


def _n_speakers(data: Dataset) -> int:
    n_speakers = int(np.unique(data.speakers).size)
    if n_speakers < 2:
        raise TrainingError("A speaker-independent figure needs clips of at least two speakers.")
    return n_speakers


def _share_speakers(data: Dataset, one: str, other: str) -> bool:
    """Return whether somebody speaks in both; every corpus shares speakers with itself."""
    return bool(
        np.intersect1d(
            data.speakers[data.corpora == one], data.speakers[data.corpora == other]
        ).size
    )
