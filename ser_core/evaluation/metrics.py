"""Metrics of one set of predictions: accuracy, UAR, F1, confusions, calibration.

UAR (unweighted average recall) is the mean of the recalls of the emotions that occur; chance is 1 /
number of emotions. Predictions are rows of probabilities; the answer is the most probable emotion.

Where listeners were asked, an answer agrees with them if it is the emotion that most of them heard,
among those that could be answered. If k emotions are tied for most, each of them counts as 1 / k.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from ser_core.errors import TrainingError
from ser_core.evaluation import calibration_error, intervals
from ser_core.evaluation.calibration_error import ConfidenceFigures
from ser_core.evaluation.intervals import Interval

Array = NDArray[np.float64]

NEUTRAL = "neutral"
PLAIN = (NEUTRAL, "calm")
"""The emotions that are no strong feeling: right answers to ordinary speech."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions, row by row, with what is known of the clips.

    Parameters
    ----------
    emotions
        Names of the columns.
    truth
        (n,) the column of each row's true emotion.
    probabilities
        (n, n_emotions) float64, as the classifier gives them; rows sum to 1.
    speakers, corpora
        (n,) of str: the speaker and the corpus of each clip.
    folds
        (n,) int: rows of the same number were predicted by the same training.
    calibrated
        (n, n_emotions) float64, calibrated on other speakers; None where that cannot be done.
    thresholds
        (n,) float64, the calibrated confidence from which each prediction is sure; None as above.
    votes
        (n, n_emotions) float64: how many listeners heard each emotion; None where nobody was asked.
    """

    emotions: tuple[str, ...]
    truth: NDArray[np.intp]
    probabilities: Array
    speakers: NDArray[np.str_]
    corpora: NDArray[np.str_]
    folds: NDArray[np.intp]
    calibrated: Array | None = None
    thresholds: Array | None = None
    votes: Array | None = None

    @property
    def answers(self) -> NDArray[np.intp]:
        """The columns of the most probable emotions."""
        return np.asarray(self.probabilities.argmax(axis=1), dtype=np.intp)

    def take(self, rows: NDArray[np.bool_]) -> "Predictions":
        """Return some rows, chosen by a mask, (n,)."""
        columns: dict[str, Any] = {
            name: column[rows]
            for name, column in vars(self).items()
            if isinstance(column, np.ndarray)
        }
        return replace(self, **columns)

    def limited_to(self, columns: NDArray[np.intp]) -> "Predictions":
        """Return the same with probabilities of 0 outside of some columns.

        Only their emotions can be answered then; rows no longer sum to 1.
        """
        allowed = np.isin(np.arange(len(self.emotions)), columns)
        return replace(self, probabilities=np.where(allowed, self.probabilities, 0.0))

    @property
    def sure(self) -> NDArray[np.bool_] | None:
        """(n,) whether each prediction is sure; None where they are not calibrated."""
        if self.calibrated is None or self.thresholds is None:
            return None
        return np.asarray(self.calibrated.max(axis=1) >= self.thresholds)


@dataclass(frozen=True)
class EmotionFigures:
    """Figures of one emotion.

    Parameters
    ----------
    precision, recall, f1
        Precision, recall and their harmonic mean, 0 to 1.
    n_clips
        Number of clips of this emotion that were predicted.
    """

    precision: float
    recall: float
    f1: float
    n_clips: int


@dataclass(frozen=True)
class ListenerFigures:
    """Agreement with listeners.

    Parameters
    ----------
    n_clips
        Number of clips with votes.
    agreement
        How often the answer is what most listeners heard, 0 to 1.
    one_listener
        How often one listener hears what most of the others heard, the mean over the clips.
    """

    n_clips: int
    agreement: float
    one_listener: float


@dataclass(frozen=True)
class NeutralFigures:
    """Answers to clips that are neutral.

    Parameters
    ----------
    n_clips
        Number of clips that are neutral.
    sure_of_a_feeling
        Share of them that are surely told another emotion than `PLAIN`, 0 to 1.
    """

    n_clips: int
    sure_of_a_feeling: float


@dataclass(frozen=True)
class Figures:
    """Figures of one set of predictions.

    Parameters
    ----------
    n_clips
        Number of clips that were predicted.
    accuracy
        Share of clips predicted right.
    uar
        Unweighted average recall.
    f1
        Unweighted mean of the emotions' F1.
    accuracy_interval, uar_interval
        Intervals of the two figures with other speakers; None with a single speaker.
    uar_among_own
        Unweighted average recall if only the emotions that occur may be answered.
    by_fold
        The UAR of each fold.
    by_emotion
        Figures of each emotion that occurs.
    by_speaker
        The UAR of each speaker.
    confusion
        Rows: the emotion it is; columns: the emotion it was taken for; both in the order of the
        predictions' columns. Counts.
    certainty
        Figures of the classifier's confidence.
    calibrated
        Figures of the confidence calibrated on other speakers; None where that cannot be done.
    listeners
        Agreement with listeners; None where the clips have no votes.
    neutral
        Answers to neutral clips; None where there are none, or predictions are not calibrated.
    """

    n_clips: int
    accuracy: float
    uar: float
    f1: float
    accuracy_interval: Interval | None
    uar_interval: Interval | None
    uar_among_own: float
    by_fold: tuple[float, ...]
    by_emotion: dict[str, EmotionFigures]
    by_speaker: dict[str, float]
    confusion: tuple[tuple[int, ...], ...]
    certainty: ConfidenceFigures
    calibrated: ConfidenceFigures | None
    listeners: ListenerFigures | None
    neutral: NeutralFigures | None


def figures(predictions: Predictions, *, seed: int = 0) -> Figures:
    """Compare predictions with the truth.

    Parameters
    ----------
    predictions
        At least one prediction, with one row of probabilities for each truth.
    seed
        Seed of the drawing of speakers for the intervals.

    Raises
    ------
    TrainingError
        If there is nothing to compare.
    """
    truth, answers = predictions.truth, predictions.answers
    if truth.size == 0 or truth.shape != answers.shape:
        raise TrainingError("There is nothing to compare, or not one prediction for each clip.")
    occurring = np.unique(truth)
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, answers, labels=occurring, zero_division=0.0
    )
    by_emotion = {
        predictions.emotions[column]: EmotionFigures(float(p), float(r), float(f), int(n))
        for column, p, r, f, n in zip(occurring, precision, recall, f1, support, strict=True)
    }
    speakers = np.unique(predictions.speakers).tolist()
    counts = tally([predictions], among=speakers)
    among_own = tally([predictions.limited_to(occurring)], among=speakers)
    folds = [predictions.take(predictions.folds == fold) for fold in np.unique(predictions.folds)]
    confusion = confusion_matrix(truth, answers, labels=range(len(predictions.emotions)))
    return Figures(
        n_clips=int(truth.size),
        accuracy=float(np.mean(truth == answers)),
        uar=float(np.mean(recall)),
        f1=float(np.mean(f1)),
        accuracy_interval=intervals.over_speakers(counts, intervals.accuracy, seed=seed),
        uar_interval=intervals.over_speakers(counts, intervals.uar, seed=seed),
        uar_among_own=float(intervals.uar(among_own.sum(axis=1))[0]),
        by_fold=tuple(_uar(fold) for fold in folds),
        by_emotion=by_emotion,
        by_speaker=dict(zip(speakers, intervals.uar(counts[0]).tolist(), strict=True)),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        certainty=calibration_error.confidence_figures(truth, predictions.probabilities),
        calibrated=(
            None
            if predictions.calibrated is None
            else calibration_error.confidence_figures(
                truth, predictions.calibrated, thresholds=predictions.thresholds
            )
        ),
        listeners=_listener_figures(predictions),
        neutral=_neutral_figures(predictions),
    )


def _uar(predictions: Predictions) -> float:
    counts = tally([predictions], among=np.unique(predictions.speakers).tolist())
    return float(intervals.uar(counts.sum(axis=1))[0])


def neutral_clips(predictions: Predictions) -> Predictions:
    """Return the rows whose true emotion is neutral."""
    return predictions.take(np.array(predictions.emotions)[predictions.truth] == NEUTRAL)


def sure_of_a_feeling(predictions: Predictions) -> NDArray[np.bool_]:
    """Return which rows are surely told another emotion than `PLAIN`, (n,)."""
    plain = np.isin(np.array(predictions.emotions)[predictions.answers], PLAIN)
    return np.zeros_like(plain) if predictions.sure is None else predictions.sure & ~plain


def _neutral_figures(predictions: Predictions) -> NeutralFigures | None:
    neutral = neutral_clips(predictions)
    if neutral.sure is None or not neutral.sure.size:
        return None
    return NeutralFigures(neutral.sure.size, float(sure_of_a_feeling(neutral).mean()))


def _listener_figures(predictions: Predictions) -> ListenerFigures | None:
    """Compare answers with what listeners heard, in the clips that have votes."""
    if predictions.votes is None or not predictions.votes.any():
        return None
    asked = predictions.votes.any(axis=1)
    votes, answers = predictions.votes[asked], predictions.answers[asked]
    one_listener = np.zeros(len(votes))
    for column, one in enumerate(np.eye(votes.shape[1])):
        # Who heard this emotion is compared with all others: their own vote is taken away.
        one_listener += votes[:, column] * _most_heard(votes - one)[:, column]
    one_listener /= votes.sum(axis=1)
    return ListenerFigures(
        n_clips=int(asked.sum()),
        agreement=float(_most_heard(votes)[np.arange(len(votes)), answers].mean()),
        one_listener=float(one_listener.mean()),
    )


def _most_heard(votes: Array) -> Array:
    """Return 1 for the emotion with the most votes, shared among those that are tied."""
    most = votes == votes.max(axis=1, keepdims=True)
    return np.asarray(most / most.sum(axis=1, keepdims=True), dtype=np.float64)


def is_right(predictions: Predictions) -> NDArray[np.bool_]:
    """Return which rows are answered right, (n,)."""
    return np.asarray(predictions.truth == predictions.answers)


def tally(
    repetitions: Sequence[Predictions],
    *,
    among: Sequence[str],
    counted: Callable[[Predictions], NDArray[np.bool_]] = is_right,
) -> Array:
    """Count clips, and those told right, by speaker and emotion, for `intervals`.

    Parameters
    ----------
    repetitions
        The predictions of each repetition, with the same columns.
    among
        The speakers to count, sorted; all who are in the predictions are among them.
    counted
        Which rows are counted, of all clips; those answered right, if nothing else is asked for.

    Returns
    -------
    ndarray
        (n_repetitions, len(among), n_emotions, 2) float64: clips, and those counted.
    """
    counts = np.zeros((len(repetitions), len(among), len(repetitions[0].emotions), 2))
    for table, one in zip(counts, repetitions, strict=True):
        cells = (np.searchsorted(np.asarray(among), one.speakers), one.truth)
        np.add.at(table[..., 0], cells, 1.0)
        np.add.at(table[..., 1], cells, counted(one))
    return counts


@dataclass(frozen=True)
class Confusion:
    """One emotion taken for another.

    Parameters
    ----------
    acted, heard
        The true emotion, and the predicted one.
    share
        Share of the clips of the true emotion, 0 to 1.
    """

    acted: str
    heard: str
    share: float


def confusions(counts: NDArray[np.int64], emotions: Sequence[str]) -> list[Confusion]:
    """List what is taken for what, the most frequent first.

    Parameters
    ----------
    counts
        (n_emotions, n_emotions): rows are the true emotions, columns the predicted ones.
    emotions
        Names of the emotions, in the order of the rows.
    """
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    found = [
        Confusion(emotions[row], emotions[column], float(value))
        for (row, column), value in np.ndenumerate(share)
        if row != column and value > 0
    ]
    return sorted(found, key=lambda one: -one.share)


def percent(share: float) -> str:
    """Return a share, 0 to 1, as whole per cent."""
    return f"{100 * share:.0f} %"
