"""Examination of a model: its recipe on every split the data allows, and its own predictions.

The recipe (families and training options) is trained anew for every figure. The model itself can
only be tested on speakers whom it has never heard: its predictions about others prove nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ser_core.concurrency import Workers
from ser_core.corpora import share_speakers
from ser_core.dataset import Dataset, Split, splits
from ser_core.errors import TrainingError
from ser_core.evaluation import ablation, cross_validation
from ser_core.evaluation.ablation import Ablated
from ser_core.evaluation.metrics import Predictions
from ser_core.evaluation.results import Evaluation, summarise
from ser_core.models import (
    UNCALIBRATED,
    EmotionModel,
    ModelFacts,
    TrainingOptions,
    class_probabilities,
)

HEADLINE, LOSO = "speaker-independent", "loso"
LEAVE_ONE_CORPUS_OUT, CROSS_CORPUS = "leave-one-corpus-out", "cross-corpus"
RANDOM, RANDOM_FOUR = "random", "random-four-emotions"
"""Names of the ways to evaluate, as people type them."""

OWN_ANSWERS = "own-answers"

FOUR_EMOTIONS = ("calm", "happy", "fearful", "disgust")
"""The four that tutorials report; the figure is there so that it can be compared."""

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
    RANDOM: Way("random 80/20", lambda data, n, seed: {(): splits.random(data, seed=seed)}),
    RANDOM_FOUR: Way(
        "random 80/20, four emotions",
        lambda data, n, seed: {(): splits.random(data, seed=seed, emotions=FOUR_EMOTIONS)},
    ),
}
"""The ways by the names that people type, in the order of the report."""

EVERYTHING = tuple(name for name in WAYS if name != RANDOM_FOUR)
"""Ways that are tried by default, as far as the data allows them."""


@dataclass(frozen=True)
class Examination:
    """The results that a report shows.

    Parameters
    ----------
    facts
        The facts of the model.
    options
        The options that its recipe was trained with here.
    data
        The clips that it was examined on.
    evaluations
        Evaluations by the name of the way, in the order of `WAYS`.
    pairs
        Evaluations by the corpora that were trained and tested on.
    own_answers
        Evaluations of the model's own predictions, by corpus.
    left_out
        Corpora on which its own predictions prove nothing: it learned from these voices.
    skipped
        Ways that the data does not allow, and why.
    ablation
        The figures without each family of features; empty if it was not asked for.
    """

    facts: ModelFacts
    options: TrainingOptions
    data: Dataset
    evaluations: Mapping[str, Evaluation]
    pairs: Mapping[tuple[str, str], Evaluation]
    own_answers: Mapping[str, Evaluation]
    left_out: tuple[str, ...]
    skipped: Mapping[str, str]
    ablation: tuple[Ablated, ...]

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
        return found


def examine(
    model: EmotionModel,
    data: Dataset,
    *,
    ways: Sequence[str] | None = None,
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
    ways
        Keys of `WAYS`; None for those of `EVERYTHING` that the data allows.
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
    chosen, skipped = _split(data, ways, n_partitions, seed)
    if with_ablation and HEADLINE not in chosen:
        raise TrainingError(f"--ablation needs {HEADLINE} among the splits.")
    own, left_out = _own_answers(model, data, seed)
    evaluations, pairs = {}, {}
    for name, parts in chosen.items():
        for pair, part in parts.items():
            kind = WAYS[name].kind.format(*pair)
            found = cross_validation.run(kind, data, part, options=options, workers=workers)
            if pair:
                pairs[pair] = found
            else:
                evaluations[name] = found
    ablated: tuple[Ablated, ...] = ()
    if with_ablation:
        ablated = ablation.ablate(
            data,
            evaluations[HEADLINE],
            chosen[HEADLINE][()],
            options=options,
            workers=workers,
        )
    return Examination(
        model.facts, options, data, evaluations, pairs, own, left_out, skipped, ablated
    )


def _parts(way: str, evaluation: Evaluation) -> list[tuple[str, Evaluation]]:
    if not evaluation.by_corpus:
        return [(evaluation.out_of_fold[0].corpora[0].item(), evaluation)]
    parts = list(evaluation.by_corpus.items())
    # Corpora that were left out in turn were each heard by another model: they have no whole.
    return parts if way == LEAVE_ONE_CORPUS_OUT else [("all together", evaluation), *parts]


def _split(
    data: Dataset, ways: Sequence[str] | None, n_partitions: int, seed: int
) -> tuple[dict[str, Mapping[Pair, list[Split]]], dict[str, str]]:
    """Split in every way that is asked for; return why not where nothing in particular is."""
    if np.unique(data.emotions).size < splits.MIN_EMOTIONS:
        raise TrainingError("Evaluating needs clips of at least two emotions.")
    chosen, skipped = {}, {}
    for name in WAYS:
        if name not in (EVERYTHING if ways is None else ways):
            continue
        try:
            chosen[name] = WAYS[name].split(data, n_partitions, seed)
        except TrainingError as reason:
            if ways is not None:
                raise
            skipped[name] = str(reason)
    if not chosen:
        raise TrainingError("These clips are too few, or too much alike, to evaluate anything on.")
    return chosen, skipped


def _own_answers(
    model: EmotionModel, data: Dataset, seed: int
) -> tuple[dict[str, Evaluation], tuple[str, ...]]:
    """Evaluate the model itself on corpora whose speakers it has never heard."""
    found, left_out = {}, []
    for corpus in np.unique(data.corpora).tolist():
        if any(share_speakers(corpus, heard) for heard in model.facts.corpora):
            left_out.append(corpus)
            continue
        clips = data.take((data.corpora == corpus) & np.isin(data.emotions, model.emotions))
        if not len(clips):
            continue
        answers = class_probabilities(model.pipeline, clips.features, model.emotions)
        calibration = model.calibration
        is_calibrated = calibration != UNCALIBRATED
        predictions = Predictions(
            emotions=model.emotions,
            truth=np.array([model.emotions.index(name) for name in clips.emotions], dtype=np.intp),
            probabilities=answers,
            speakers=clips.speakers,
            corpora=clips.corpora,
            folds=np.zeros(len(clips), dtype=np.intp),
            votes=clips.votes_for(model.emotions),
            calibrated=calibration.apply(answers) if is_calibrated else None,
            thresholds=np.full(len(clips), calibration.threshold) if is_calibrated else None,
        )
        found[corpus] = summarise(f"the model itself, on {corpus}", [predictions], seed=seed)
    return found, tuple(left_out)
