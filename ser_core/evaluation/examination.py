"""Examination of a model: its recipe on every split the data allows, and its own predictions.

The recipe (families and training options) is trained anew for every figure. The model itself can
only be tested on speakers whom it has never heard: its predictions about others prove nothing.

Nothing is calibrated on itself. Where two or more corpora were left out in turn, predictions about
them, and about speakers left out of all corpora together, are calibrated on those about the other
left-out corpora or speakers; so is a model that has just learned from these corpora. Elsewhere they
are calibrated on those about other speakers in the same evaluation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ser_core.concurrency import Workers
from ser_core.corpora import share_speakers
from ser_core.dataset import Dataset, Split, splits
from ser_core.errors import TrainingError
from ser_core.evaluation import ablation, cross_validation, known_voice
from ser_core.evaluation.ablation import Ablated
from ser_core.evaluation.known_voice import KnownVoice
from ser_core.evaluation.metrics import Predictions
from ser_core.evaluation.results import Evaluation, fit, summarise
from ser_core.models import (
    REFUSED_SHARE,
    REFUSED_SHARE_OF_STRANGERS,
    UNCALIBRATED,
    Calibration,
    EmotionModel,
    ModelFacts,
    TrainingOptions,
    class_probabilities,
)

HEADLINE, LOSO = "speaker-independent", "loso"
LEAVE_ONE_CORPUS_OUT, CROSS_CORPUS = "leave-one-corpus-out", "cross-corpus"
EMOBOX, RAVDESS_ALONE = "emobox", "ravdess-alone"
RANDOM, RANDOM_FOUR = "random", "random-four-emotions"
"""Names of the ways to evaluate, as people type them."""

OWN_ANSWERS, OWN_ANSWERS_SIX = "own-answers", "own-answers-six"

POOLED = (HEADLINE, LOSO)
"""Ways that leave out speakers of all corpora together."""

FOUR_EMOTIONS = ("calm", "happy", "fearful", "disgust")
"""The four that tutorials report; the figure is there so that it can be compared."""

SIX_EMOTIONS = ("neutral", "happy", "sad", "angry", "fearful", "disgust")
"""Those that most corpora have; surprise is acted in too many ways to be compared."""

Pair = tuple[str, str] | tuple[()]
"""The corpora trained and tested on, where one stands against another."""


@dataclass(frozen=True)
class Way:
    """A way to evaluate.

    Parameters
    ----------
    kind
        Description of what is left out, in words, with places for a pair of corpora.
    split
        Function of the data, the number of partitions and a seed that returns the splits; it raises
        `TrainingError` where the data does not allow them.
    """

    kind: str
    split: Callable[[Dataset, int, int], Mapping[Pair, list[Split]]]


WAYS: dict[str, Way] = {
    HEADLINE: Way(
        "speaker-independent",
        lambda data, n, seed: {(): splits.speaker_independent(data, n_partitions=n, seed=seed)},
    ),
    LOSO: Way(
        "one speaker left out", lambda data, n, seed: {(): splits.leave_one_speaker_out(data)}
    ),
    LEAVE_ONE_CORPUS_OUT: Way(
        "one corpus left out", lambda data, n, seed: {(): splits.leave_one_corpus_out(data)}
    ),
    CROSS_CORPUS: Way(
        "trained on {}, tested on {}",
        lambda data, n, seed: {pair: [one] for pair, one in splits.cross_corpus(data).items()},
    ),
    EMOBOX: Way(
        "EmoBox's folds, trained on RAVDESS speech alone",
        lambda data, n, seed: {(): splits.emobox(data)},
    ),
    RAVDESS_ALONE: Way(
        "speaker-independent, trained on RAVDESS speech alone",
        lambda data, n, seed: {(): splits.ravdess_alone(data, n_partitions=n, seed=seed)},
    ),
    RANDOM: Way("random 80/20", lambda data, n, seed: {(): splits.random(data, seed=seed)}),
    RANDOM_FOUR: Way(
        "random 80/20, four emotions",
        lambda data, n, seed: {(): splits.random(data, seed=seed, emotions=FOUR_EMOTIONS)},
    ),
}
"""The ways by the names that people type, in the order of the report."""

EVERYTHING = tuple(name for name in WAYS if name != RANDOM_FOUR)
"""Ways that `evaluate` tries by default, as far as the data allows them."""

AFTER_TRAINING = (HEADLINE, LEAVE_ONE_CORPUS_OUT, EMOBOX, RAVDESS_ALONE, RANDOM, RANDOM_FOUR)
"""Ways that are tried when a model is trained, as far as the data allows them."""


@dataclass(frozen=True)
class Mean:
    """Means over corpora with two emotions or more.

    Parameters
    ----------
    n_corpora
        Number of corpora.
    accuracy, uar, uar_among_own
        As in `results.Evaluation`.
    ece, refused_share, accuracy_when_sure
        As in `calibration_error.ConfidenceFigures`, calibrated; None where a corpus has none.
    """

    n_corpora: int
    accuracy: float
    uar: float
    uar_among_own: float
    ece: float | None
    refused_share: float | None
    accuracy_when_sure: float | None


@dataclass(frozen=True)
class Examination:
    """The results that a report shows.

    Parameters
    ----------
    facts
        The facts of the model.
    options
        The options that its recipe was trained with here.
    calibration
        The calibration of the model; if it has none, and learned from all corpora of `data`, one
        that is fitted on `evaluations`.
    data
        The clips that its recipe was examined on.
    strangers
        The clips that only the model itself was examined on; None for none.
    evaluations
        Evaluations by the name of the way, in the order of `WAYS`.
    pairs
        Evaluations by the corpora that were trained and tested on.
    own_answers, own_answers_six
        Evaluations of the model's own predictions, by corpus; on clips of `SIX_EMOTIONS` alone,
        where the corpus has others.
    left_out
        Corpora on which its own predictions prove nothing: it learned from these voices.
    skipped
        Ways that the data does not allow, and why.
    ablation
        The figures without each family of features; empty if it was not asked for.
    known_voice
        Figures with and without a baseline of left-out speakers; None if they were not asked for.
    """

    facts: ModelFacts
    options: TrainingOptions
    calibration: Calibration
    data: Dataset
    strangers: Dataset | None
    evaluations: Mapping[str, Evaluation]
    pairs: Mapping[tuple[str, str], Evaluation]
    own_answers: Mapping[str, Evaluation]
    own_answers_six: Mapping[str, Evaluation]
    left_out: tuple[str, ...]
    skipped: Mapping[str, str]
    ablation: tuple[Ablated, ...]
    known_voice: KnownVoice | None

    @property
    def headline(self) -> Evaluation:
        """The speaker-independent evaluation, or the best substitute that there is."""
        return next(iter([*self.evaluations.values(), *self.pairs.values()]))

    @property
    def parts(self) -> dict[str, list[tuple[str, Evaluation]]]:
        """Everything that was found, as a whole and corpus by corpus: names and figures, by way."""
        found = {}
        for way in WAYS:
            if way in self.evaluations:
                found[way] = _parts(way, self.evaluations[way])
            elif way == CROSS_CORPUS:
                found[way] = [(" → ".join(pair), one) for pair, one in self.pairs.items()]
        found[OWN_ANSWERS] = list(self.own_answers.items())
        found[OWN_ANSWERS_SIX] = list(self.own_answers_six.items())
        return found

    @property
    def means(self) -> dict[str, Mean]:
        """Means over corpora that were left out or never heard, by way; of two corpora or more."""
        found = {}
        for way in (LEAVE_ONE_CORPUS_OUT, OWN_ANSWERS, OWN_ANSWERS_SIX):
            parts = [one for _, one in self.parts.get(way, ()) if len(one.by_emotion) > 1]
            if len(parts) > 1:
                found[way] = _mean(parts)
        return found


def examine(
    model: EmotionModel,
    data: Dataset,
    *,
    strangers: Dataset | None = None,
    ways: Sequence[str] = EVERYTHING,
    skip: bool = False,
    with_ablation: bool = False,
    n_partitions: int = splits.N_PARTITIONS,
    seed: int = 0,
    workers: Workers,
) -> Examination:
    """Evaluate a model's recipe, and the model itself.

    Parameters
    ----------
    model
        The model, whose families are those of `data`.
    data
        The clips.
    strangers
        Clips of other corpora, only to test the model itself on.
    ways
        Keys of `WAYS`.
    skip
        Whether to leave out the ways that the data does not allow.
    with_ablation
        Whether to leave out each family of features too.
    n_partitions
        Number of ways in which speakers are put into folds, for the headline and the ablation.
    seed
        Seed of all random numbers.
    workers
        The processes that train the folds.

    Raises
    ------
    TrainingError
        If the data does not allow what is asked for.
    ModelError
        If this version does not know how the model was trained.
    """
    options = replace(model.options, seed=seed)
    chosen, skipped = _split(data, ways, skip, n_partitions, seed)
    if with_ablation and HEADLINE not in chosen:
        raise TrainingError(f"--ablation needs {HEADLINE} among the splits.")
    evaluations, pairs = _evaluate(data, chosen, options=options, workers=workers)
    ablated: tuple[Ablated, ...] = ()
    if with_ablation:
        ablated = ablation.ablate(
            data,
            evaluations[HEADLINE],
            chosen[HEADLINE][()],
            options=options,
            workers=workers,
        )
    known = None
    if LEAVE_ONE_CORPUS_OUT in chosen:
        known = known_voice.measure(
            data, chosen[LEAVE_ONE_CORPUS_OUT][()], options=options, workers=workers
        )
    learned_from_all = set(data.clips_by_corpus()) <= set(model.facts.corpora)
    if model.calibration == UNCALIBRATED and learned_from_all:
        model = replace(model, calibration=_calibration(evaluations))
    own, left_out = _own_answers(model, [data] if strangers is None else [data, strangers], seed)
    return Examination(
        facts=model.facts,
        options=options,
        calibration=model.calibration,
        data=data,
        strangers=strangers,
        evaluations=evaluations,
        pairs=pairs,
        own_answers=own,
        own_answers_six=_on_six_emotions(own, seed),
        left_out=left_out,
        skipped=skipped,
        ablation=ablated,
        known_voice=known,
    )


def _evaluate(
    data: Dataset,
    chosen: Mapping[str, Mapping[Pair, list[Split]]],
    *,
    options: TrainingOptions,
    workers: Workers,
) -> tuple[dict[str, Evaluation], dict[tuple[str, str], Evaluation]]:
    """Evaluate the recipe on the chosen splits: by way, in the order of `WAYS`, and by pair."""
    evaluations: dict[str, Evaluation] = {}
    pairs = {}
    # What is said of left-out corpora is needed first: the others are calibrated by it.
    for name in sorted(chosen, key=lambda name: name != LEAVE_ONE_CORPUS_OUT):
        left_out_corpora = _corpora_left_out(evaluations) if name in POOLED else None
        among_strangers = name == LEAVE_ONE_CORPUS_OUT or left_out_corpora is not None
        for pair, part in chosen[name].items():
            found = cross_validation.run(
                WAYS[name].kind.format(*pair),
                data,
                part,
                options=options,
                known=left_out_corpora,
                refused_share=REFUSED_SHARE_OF_STRANGERS if among_strangers else REFUSED_SHARE,
                workers=workers,
            )
            if pair:
                pairs[pair] = found
            else:
                evaluations[name] = found
    return {name: evaluations[name] for name in WAYS if name in evaluations}, pairs


def _on_six_emotions(evaluations: Mapping[str, Evaluation], seed: int) -> dict[str, Evaluation]:
    """Return evaluations of clips of `SIX_EMOTIONS` alone, of the corpora that have others too."""
    found = {}
    for corpus, one in evaluations.items():
        (rows,) = one.out_of_fold
        among_six = np.isin(np.array(rows.emotions)[rows.truth], SIX_EMOTIONS)
        if not among_six.all() and np.unique(rows.truth[among_six]).size > 1:
            found[corpus] = summarise(one.kind, [rows.take(among_six)], seed=seed)
    return found


def _corpora_left_out(evaluations: Mapping[str, Evaluation]) -> tuple[Predictions, ...] | None:
    """Return what was said of corpora left out in turn, if there were two or more."""
    found = evaluations.get(LEAVE_ONE_CORPUS_OUT)
    return found.out_of_fold if found is not None and found.by_corpus else None


def _calibration(evaluations: Mapping[str, Evaluation]) -> Calibration:
    """Calibrate on what was said of corpora left out in turn, or of speakers where it must be."""
    known = _corpora_left_out(evaluations)
    if known is not None:
        return fit(known, refused_share=REFUSED_SHARE_OF_STRANGERS)
    known = next((evaluations[way].out_of_fold for way in POOLED if way in evaluations), None)
    return UNCALIBRATED if known is None else fit(known)


def _mean(parts: Sequence[Evaluation]) -> Mean:
    def mean(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return float(np.mean(known)) if len(known) == len(parts) else None

    sure = [one.calibrated for one in parts if one.calibrated is not None]
    return Mean(
        n_corpora=len(parts),
        accuracy=float(np.mean([one.accuracy for one in parts])),
        uar=float(np.mean([one.uar for one in parts])),
        uar_among_own=float(np.mean([one.uar_among_own for one in parts])),
        ece=mean([one.ece for one in sure]),
        refused_share=mean([one.refused_share for one in sure]),
        accuracy_when_sure=mean([one.accuracy_when_sure for one in sure]),
    )


def _parts(way: str, evaluation: Evaluation) -> list[tuple[str, Evaluation]]:
    if not evaluation.by_corpus:
        return [(evaluation.out_of_fold[0].corpora[0].item(), evaluation)]
    parts = list(evaluation.by_corpus.items())
    # Corpora that were left out in turn were each heard by another model: they have no whole.
    return parts if way == LEAVE_ONE_CORPUS_OUT else [("all together", evaluation), *parts]


def _split(
    data: Dataset, ways: Sequence[str], skip: bool, n_partitions: int, seed: int
) -> tuple[dict[str, Mapping[Pair, list[Split]]], dict[str, str]]:
    """Split in every way that is asked for; return why not where that may be skipped."""
    if np.unique(data.emotions).size < splits.MIN_EMOTIONS:
        raise TrainingError("Evaluating needs clips of at least two emotions.")
    chosen, skipped = {}, {}
    for name in WAYS:
        if name not in ways:
            continue
        try:
            chosen[name] = WAYS[name].split(data, n_partitions, seed)
        except TrainingError as reason:
            if not skip:
                raise
            skipped[name] = str(reason)
    if not chosen:
        raise TrainingError("These clips are too few, or too much alike, to evaluate anything on.")
    return chosen, skipped


def _own_answers(
    model: EmotionModel, datasets: Sequence[Dataset], seed: int
) -> tuple[dict[str, Evaluation], tuple[str, ...]]:
    """Evaluate the model itself on corpora whose speakers it has never heard."""
    found, left_out = {}, []
    for data, corpus in ((one, name) for one in datasets for name in one.clips_by_corpus()):
        if any(share_speakers(corpus, heard) for heard in model.facts.corpora):
            left_out.append(corpus)
            continue
        clips = np.flatnonzero((data.corpora == corpus) & np.isin(data.emotions, model.emotions))
        if not clips.size:
            continue
        answers = class_probabilities(model.classifier, data.features[clips], model.emotions)
        predictions = cross_validation.about(data, clips, model.emotions, answers)
        calibration = model.calibration
        if calibration != UNCALIBRATED:
            predictions = replace(
                predictions,
                calibrated=calibration.apply(answers),
                thresholds=np.full(clips.size, calibration.threshold),
            )
        found[corpus] = summarise(f"the model itself, on {corpus}", [predictions], seed=seed)
    return found, tuple(left_out)
