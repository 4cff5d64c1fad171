"""Results of an evaluation: predictions on clips that were left out, and their figures.

Calibration is cross-fitted: the temperature and the threshold of a fold's probabilities were fitted
on predictions about other speakers than those of the fold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ser_core.evaluation import calibration_error, intervals
from ser_core.evaluation.calibration_error import ConfidenceFigures
from ser_core.evaluation.intervals import Interval
from ser_core.evaluation.metrics import (
    EmotionFigures,
    Figures,
    ListenerFigures,
    NeutralFigures,
    Predictions,
    figures,
    neutral_clips,
    sure_of_a_feeling,
    tally,
)
from ser_core.models import REFUSED_SHARE, Calibration, fit_calibration

Value = TypeVar("Value")


@dataclass(frozen=True)
class Evaluation:
    """Figures of a recipe over several repetitions.

    Parameters
    ----------
    kind
        Description of what was left out, in words.
    emotions
        The emotions that could be answered, in the order of the confusion matrices.
    accuracy, uar, f1
        Means over the repetitions.
    uar_sd
        Standard deviation of the UAR over the repetitions.
    uar_among_own
        Mean of the UAR if only the emotions that occur may be answered.
    accuracy_interval, uar_interval, uar_among_own_interval
        Intervals of the means with other speakers; None with a single speaker.
    neutral_interval
        Interval of `neutral`'s share with other speakers; None with a single speaker.
    repetitions
        The figures of each repetition.
    by_corpus
        The same predictions, corpus by corpus; empty if there is only one corpus.
    out_of_fold
        The predictions of each repetition, row by row; empty in the parts of `by_corpus`.
    """

    kind: str
    emotions: tuple[str, ...]
    accuracy: float
    uar: float
    uar_sd: float
    uar_among_own: float
    f1: float
    accuracy_interval: Interval | None
    uar_interval: Interval | None
    uar_among_own_interval: Interval | None
    neutral_interval: Interval | None
    repetitions: tuple[Figures, ...]
    by_corpus: dict[str, "Evaluation"]
    out_of_fold: tuple[Predictions, ...] = field(default=(), repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """Return all figures as plain values that JSON can hold, without single predictions."""
        fields = asdict(replace(self, out_of_fold=(), by_corpus={}))
        del fields["out_of_fold"]
        return fields | {
            "by_emotion": {name: asdict(one) for name, one in self.by_emotion.items()},
            "by_speaker": self.by_speaker,
            "certainty": asdict(self.certainty),
            "calibrated": None if self.calibrated is None else asdict(self.calibrated),
            "listeners": None if self.listeners is None else asdict(self.listeners),
            "neutral": None if self.neutral is None else asdict(self.neutral),
            "by_corpus": {name: one.as_dict() for name, one in self.by_corpus.items()},
        }

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Confusion counts, summed over the repetitions."""
        matrices = np.asarray([one.confusion for one in self.repetitions])
        return np.asarray(matrices.sum(axis=0), dtype=np.int64)

    @property
    def by_emotion(self) -> dict[str, EmotionFigures]:
        """Means over the repetitions, of each emotion that was tested; clips a repetition."""
        gathered = _gather([one.by_emotion for one in self.repetitions])
        found = {}
        for name in (name for name in self.emotions if name in gathered):
            columns = zip(*map(astuple, gathered[name]), strict=True)
            precision, recall, f1, n_clips = (float(np.mean(column)) for column in columns)
            found[name] = EmotionFigures(precision, recall, f1, round(n_clips))
        return found

    @property
    def by_speaker(self) -> dict[str, float]:
        """The UAR of each speaker, the mean over the repetitions."""
        gathered = _gather([one.by_speaker for one in self.repetitions])
        return {speaker: float(np.mean(gathered[speaker])) for speaker in sorted(gathered)}

    @property
    def certainty(self) -> ConfidenceFigures:
        """Figures of the classifier's confidence, the mean over the repetitions."""
        return calibration_error.mean([one.certainty for one in self.repetitions])

    @property
    def calibrated(self) -> ConfidenceFigures | None:
        """Figures of the calibrated confidence; None without other speakers to fit it on."""
        parts = [one.calibrated for one in self.repetitions if one.calibrated is not None]
        return calibration_error.mean(parts) if parts else None

    @property
    def listeners(self) -> ListenerFigures | None:
        """Agreement with listeners, the mean over the repetitions; None where nobody was asked."""
        parts = [astuple(one.listeners) for one in self.repetitions if one.listeners is not None]
        if not parts:
            return None
        n_clips, agreement, one_listener = np.mean(parts, axis=0).tolist()
        return ListenerFigures(round(n_clips), agreement, one_listener)

    @property
    def neutral(self) -> NeutralFigures | None:
        """Answers to neutral clips, the mean over the repetitions; None where there are none."""
        parts = [astuple(one.neutral) for one in self.repetitions if one.neutral is not None]
        if not parts:
            return None
        n_clips, share = np.mean(parts, axis=0).tolist()
        return NeutralFigures(round(n_clips), share)

    @property
    def fold_uars(self) -> tuple[float, ...]:
        """The UARs of all folds, one repetition after another."""
        return tuple(uar for one in self.repetitions for uar in one.by_fold)


def _gather(parts: Sequence[Mapping[str, Value]]) -> dict[str, list[Value]]:
    gathered: dict[str, list[Value]] = {}
    for part in parts:
        for name, value in part.items():
            gathered.setdefault(name, []).append(value)
    return gathered


def summarise(kind: str, repetitions: Sequence[Predictions], *, seed: int = 0) -> Evaluation:
    """Return the figures of predictions, those of each corpus too.

    Parameters
    ----------
    kind
        Description of what was left out, in words.
    repetitions
        The predictions of each repetition, with the same columns.
    seed
        Seed of the drawing of speakers for the intervals.
    """
    corpora = sorted({name for one in repetitions for name in one.corpora.tolist()})
    by_corpus = {}
    if len(corpora) > 1:
        for corpus in corpora:
            parts = [one.take(one.corpora == corpus) for one in repetitions]
            by_corpus[corpus] = replace(summarise(kind, parts, seed=seed), out_of_fold=())
    found = [figures(one, seed=seed) for one in repetitions]
    speakers = sorted({name for one in repetitions for name in one.speakers.tolist()})
    counts = tally(repetitions, among=speakers)
    among_own = tally([one.limited_to(np.unique(one.truth)) for one in repetitions], among=speakers)
    neutral = [neutral_clips(one) for one in repetitions]
    neutral_speakers = sorted({name for one in neutral for name in one.speakers.tolist()})
    told = tally(neutral, among=neutral_speakers, counted=sure_of_a_feeling)
    return Evaluation(
        kind=kind,
        emotions=repetitions[0].emotions,
        accuracy=float(np.mean([one.accuracy for one in found])),
        uar=float(np.mean([one.uar for one in found])),
        uar_sd=float(np.std([one.uar for one in found])),
        uar_among_own=float(np.mean([one.uar_among_own for one in found])),
        f1=float(np.mean([one.f1 for one in found])),
        accuracy_interval=intervals.over_speakers(counts, intervals.accuracy, seed=seed),
        uar_interval=intervals.over_speakers(counts, intervals.uar, seed=seed),
        uar_among_own_interval=intervals.over_speakers(among_own, intervals.uar, seed=seed),
        neutral_interval=intervals.over_speakers(told, intervals.accuracy, seed=seed),
        repetitions=tuple(found),
        by_corpus=by_corpus,
        out_of_fold=tuple(repetitions),
    )


def cross_fitted(
    predictions: Predictions,
    known: Sequence[Predictions] | None = None,
    *,
    refused_share: float = REFUSED_SHARE,
) -> Predictions:
    """Calibrate each fold by what is known of speakers who are not in it.

    Parameters
    ----------
    predictions
        The predictions of one repetition.
    known
        Predictions that a calibration is fitted on, such as those of corpora left out in turn;
        None for `predictions` themselves.
    refused_share
        As in `models.fit_calibration`.

    Returns
    -------
    Predictions
        The same as they are where nothing is known of anybody else, as in a single fold.
    """
    calibrated = np.empty_like(predictions.probabilities)
    thresholds = np.empty(len(predictions.truth))
    for fold in np.unique(predictions.folds):
        inside = predictions.folds == fold
        speakers = predictions.speakers[inside]
        others = [one.take(~np.isin(one.speakers, speakers)) for one in known or (predictions,)]
        if not any(one.truth.size for one in others):
            return predictions
        fitted = fit(others, refused_share=refused_share)
        calibrated[inside] = fitted.apply(predictions.probabilities[inside])
        thresholds[inside] = fitted.threshold
    return replace(predictions, calibrated=calibrated, thresholds=thresholds)


def fit(predictions: Sequence[Predictions], *, refused_share: float = REFUSED_SHARE) -> Calibration:
    """Fit a calibration on predictions, of several repetitions or of one.

    Every corpus counts as much as another, however many clips it has.

    Parameters
    ----------
    refused_share
        As in `models.fit_calibration`.
    """
    corpora = np.concatenate([one.corpora for one in predictions])
    _, corpus, counts = np.unique(corpora, return_inverse=True, return_counts=True)
    return fit_calibration(
        np.concatenate([one.probabilities for one in predictions]),
        np.concatenate([one.truth for one in predictions]),
        weights=(1.0 / counts)[corpus] if counts.size > 1 else None,
        refused_share=refused_share,
    )
