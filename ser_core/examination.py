"""A whole examination of a model: its recipe in every way there is data for, and its own answers.

The recipe (families and training options) is trained anew for every figure. The model itself, as it
is, can only be asked about people whom it has never heard: its answers about others prove nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ser_core import ablation, classifier, evaluate, splits
from ser_core.ablation import Ablated
from ser_core.calibration import UNCALIBRATED
from ser_core.classifier import TrainingOptions
from ser_core.corpora import share_speakers
from ser_core.dataset import Dataset
from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import TrainingError
from ser_core.evaluation import Evaluation, summarise
from ser_core.figures import Predictions
from ser_core.model import EmotionModel, ModelFacts
from ser_core.parallel import Progress

HEADLINE, LOSO = "speaker-independent", "loso"
LEAVE_ONE_CORPUS_OUT, CROSS_CORPUS = "leave-one-corpus-out", "cross-corpus"
RANDOM = "random"
OWN_ANSWERS = "own-answers"
"""Ways to evaluate, as a person asks for them; and what the model itself answers."""

Follow = Callable[[str], Progress]
"""What is being done → where its progress goes."""


@dataclass(frozen=True)
class Way:
    """A way to split, and to evaluate on it.

    Parameters
    ----------
    check
        Raises `TrainingError` where the data does not allow it.
    evaluate
        What does it, for all ways that give one evaluation.
    """

    check: Callable[[Dataset], object]
    evaluate: Callable[..., Evaluation] | None


WAYS: dict[str, Way] = {
    HEADLINE: Way(splits.speaker_independent, evaluate.speaker_independent),
    LOSO: Way(splits.leave_one_speaker_out, evaluate.leave_one_speaker_out),
    LEAVE_ONE_CORPUS_OUT: Way(splits.leave_one_corpus_out, evaluate.leave_one_corpus_out),
    CROSS_CORPUS: Way(splits.cross_corpus, None),
    RANDOM: Way(splits.random, evaluate.random_split),
}
"""By the names under which a person asks for them, in the order of the report."""


@dataclass(frozen=True)
class Examination:
    """Everything that a report says.

    Parameters
    ----------
    facts
        Of the model.
    options
        How its recipe was trained here.
    data
        What it was examined on.
    evaluations
        By the name of the way, in the order of `WAYS`.
    pairs
        By the corpora that were trained and tested on.
    own_answers
        The model's own, by corpus.
    left_out
        Corpora on which its own answers prove nothing: it learned from these voices.
    skipped
        Ways that the data does not allow, and why.
    ablation
        Empty if it was not asked for.
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
    n_jobs: int = -1,
    follow: Follow,
) -> Examination:
    """Evaluate a model's recipe, and the model.

    Parameters
    ----------
    model
        Its families are those of `data`.
    data
        The clips.
    ways
        Keys of `WAYS`; None for all that the data allows.
    with_ablation
        Leave out each family of features too.
    n_partitions
        In how many ways speakers are put into folds, for the headline and the ablation.
    seed
        From which all randomness follows.
    n_jobs
        How many processes; -1 for one on each core.
    follow
        Told what is being done.

    Raises
    ------
    TrainingError
        If the data does not allow what is asked for.
    ModelError
        If this version does not know how the model was trained.
    """
    options = replace(model.options, seed=seed)
    skipped = _check(data, list(WAYS) if ways is None else ways, skip=ways is None)
    chosen = [name for name in WAYS if name not in skipped and (ways is None or name in ways)]
    if with_ablation and HEADLINE not in chosen:
        raise TrainingError(f"--ablation needs {HEADLINE} among the splits.")
    own, left_out = _own_answers(model, data, seed)
    evaluations, pairs = {}, {}
    for name in chosen:
        way, on_progress = WAYS[name].evaluate, follow(name)
        if way is None:
            pairs = evaluate.cross_corpus(
                data, options=options, n_jobs=n_jobs, on_progress=on_progress
            )
        else:
            more = {"n_partitions": n_partitions} if name == HEADLINE else {}
            evaluations[name] = way(
                data, options=options, n_jobs=n_jobs, on_progress=on_progress, **more
            )
    ablated: tuple[Ablated, ...] = ()
    if with_ablation:
        ablated = ablation.ablate(
            data,
            evaluations[HEADLINE],
            options=options,
            n_jobs=n_jobs,
            on_progress=follow("families left out"),
        )
    return Examination(
        model.facts, options, data, evaluations, pairs, own, left_out, skipped, ablated
    )


def parse_ways(text: str) -> tuple[str, ...]:
    """Read names of `WAYS`, separated by commas.

    Raises
    ------
    TrainingError
        If one is unknown, or there is none.
    """
    return _parse(text, WAYS, "split")


def parse_emotions(text: str) -> tuple[str, ...]:
    """Read emotions, separated by commas.

    Raises
    ------
    TrainingError
        If one is unknown, or there are fewer than two.
    """
    emotions = _parse(text, EMOTION_NAMES, "emotion")
    if len(emotions) < splits.MIN_EMOTIONS:
        raise TrainingError("Name at least two emotions: one cannot be told from itself.")
    return emotions


def _parse(text: str, known: Collection[str], what: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        asked = ", ".join(unknown) or "nothing"
        raise TrainingError(f"There is no {what} called {asked}; known are {', '.join(known)}.")
    return names


def _parts(way: str, evaluation: Evaluation) -> list[tuple[str, Evaluation]]:
    if not evaluation.by_corpus:
        return [(evaluation.out_of_fold[0].corpora[0].item(), evaluation)]
    parts = list(evaluation.by_corpus.items())
    # Corpora that were left out in turn were each heard by another model: they have no whole.
    return parts if way == LEAVE_ONE_CORPUS_OUT else [("all together", evaluation), *parts]


def _check(data: Dataset, ways: Sequence[str], *, skip: bool) -> dict[str, str]:
    """Find out what cannot be done before hours of work depend on it."""
    if np.unique(data.emotions).size < splits.MIN_EMOTIONS:
        raise TrainingError("Evaluating needs clips of at least two emotions.")
    skipped = {}
    for name in ways:
        try:
            WAYS[name].check(data)
        except TrainingError as reason:
            if not skip:
                raise
            skipped[name] = str(reason)
    if len(skipped) == len(ways):
        raise TrainingError("These clips are too few, or too much alike, to evaluate anything on.")
    return skipped


def _own_answers(
    model: EmotionModel, data: Dataset, seed: int
) -> tuple[dict[str, Evaluation], tuple[str, ...]]:
    """Ask the model itself about corpora whose people it has never heard."""
    found, left_out = {}, []
    for corpus in np.unique(data.corpora).tolist():
        if any(share_speakers(corpus, heard) for heard in model.facts.corpora):
            left_out.append(corpus)
            continue
        clips = data.take((data.corpora == corpus) & np.isin(data.emotions, model.emotions))
        if not len(clips):
            continue
        answers = classifier.predict_proba(model.pipeline, clips.features, model.emotions)
        calibration = model.calibration
        is_calibrated = calibration != UNCALIBRATED
        predictions = Predictions(
            emotions=model.emotions,
            truth=np.array([model.emotions.index(name) for name in clips.emotions], dtype=np.intp),
            probabilities=answers,
            speakers=clips.speakers,
            corpora=clips.corpora,
            folds=np.zeros(len(clips), dtype=np.intp),
            calibrated=calibration.apply(answers) if is_calibrated else None,
            thresholds=np.full(len(clips), calibration.threshold) if is_calibrated else None,
        )
        found[corpus] = summarise(f"the model itself, on {corpus}", [predictions], seed=seed)
    return found, tuple(left_out)
