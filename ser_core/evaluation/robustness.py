"""Robustness: how many predictions stay the same when a recording is altered.

Conventions
-----------
A clip is predicted as it is, and again after each alteration of `alterations.BATTERY`, in the steps
that every recording takes: `voice.prepare`, `features.extract_features`, the classifier. A model is
hard to mislead about a voice that it was trained on, so each clip is predicted by a model that was
trained without its speaker (`leave_speakers_out`). Whoever tests a model file has to see to that.

A prediction has changed when another emotion is the most probable, and when no speech is found in
the clip; in the UAR (unweighted average recall) the latter is a wrong prediction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import recall_score

from ser_core.concurrency import Workers
from ser_core.corpora import Clip
from ser_core.dataset import (
    BABBLE_VOICES,
    BATTERY,
    Dataset,
    Surroundings,
    extract,
    load,
    splits,
)
from ser_core.emotions import NO_SPEECH
from ser_core.errors import CorpusError
from ser_core.evaluation import cross_validation
from ser_core.models import Ensemble, TrainingOptions
from ser_core.voice import preparation

Array = NDArray[np.float32]
Names = NDArray[np.str_]

UNALTERED = "unaltered"


@dataclass(frozen=True)
class Effect:
    """The effect of one alteration on the predictions.

    Parameters
    ----------
    unchanged
        Share of clips whose emotion stays the same, 0 to 1.
    no_speech
        Share of clips that are taken for no speech.
    uar
        Unweighted average recall after the alteration.
    """

    unchanged: float
    no_speech: float
    uar: float


@dataclass(frozen=True)
class Robustness:
    """The effect of every alteration on the predictions.

    Parameters
    ----------
    n_clips
        Number of clips: those in which, unaltered, there is speech.
    uar
        Unweighted average recall on the clips as they are.
    effects
        Effects by the name of the alteration, in the order of `alterations.BATTERY`.
    by_corpus
        The same effects, corpus by corpus; empty if there is only one corpus.
    """

    n_clips: int
    uar: float
    effects: dict[str, Effect]
    by_corpus: dict[str, "Robustness"]


def sample(clips: Sequence[Clip], *, n_clips: int, seed: int = 0) -> list[Clip]:
    """Return clips drawn from each corpus, as many of each emotion as far as there are.

    Parameters
    ----------
    clips
        The clips, from `corpora.find_all`.
    n_clips
        Number of clips of each corpus; 0 for all.
    seed
        Seed of the choice.

    Returns
    -------
    list of Clip
        In the order of `clips`.
    """
    if n_clips == 0:
        return list(clips)
    generator = np.random.default_rng(seed)
    drawn: list[int] = []
    for corpus in sorted({clip.corpus for clip in clips}):
        turn: dict[str, int] = {}
        ranked = []
        for index in generator.permutation(len(clips)).tolist():
            clip = clips[index]
            if clip.corpus == corpus:
                turn[clip.emotion] = turn.get(clip.emotion, 0) + 1
                ranked.append((turn[clip.emotion], index))
        ranked.sort(key=lambda pair: pair[0])
        drawn += [index for _, index in ranked[:n_clips]]
    return [clips[index] for index in sorted(drawn)]


def leave_speakers_out(
    data: Dataset, *, options: TrainingOptions, workers: Workers
) -> dict[str, Ensemble]:
    """Return for each speaker a model trained without that speaker.

    Speakers are left out in groups of which there are `splits.N_FOLDS`; with fewer speakers, one
    by one.

    Returns
    -------
    dict
        By speaker; the speakers of a group have the same model.

    Raises
    ------
    TrainingError
        If there is only one speaker, or fewer than two emotions are left to train on.
    """
    chosen = splits.speaker_independent(data, n_partitions=1, seed=options.seed)
    fit = partial(cross_validation.train, data, options=options)
    models = workers.map(fit, chosen, label="training without some speakers")
    return {
        speaker: model.classifier
        for split, model in zip(chosen, models, strict=True)
        for speaker in np.unique(data.speakers[split.test]).tolist()
    }


def measure(
    clips: Sequence[Clip],
    models: Mapping[str, Ensemble],
    *,
    families: tuple[str, ...],
    seed: int = 0,
    workers: Workers,
) -> Robustness:
    """Compare predictions on clips as they are with those on altered ones.

    Parameters
    ----------
    clips
        The clips to alter.
    models
        The fitted classifier for each speaker, from features to emotions.
    families
        The feature families that the classifiers take.
    seed
        Seed of noise, rooms, and the voices of a babble.
    workers
        The processes that alter and measure the clips.

    Raises
    ------
    CorpusError
        If a clip cannot be decoded, or there is speech in none; or if they are all of one speaker,
        who cannot babble alone.
    """
    paths = [clip.path for clip in clips]
    seeds = [(seed, number) for number in range(len(clips))]
    alter_and_measure = partial(_alter_and_measure, families)
    measured = workers.map(
        alter_and_measure,
        paths,
        _other_speakers(clips, seed),
        seeds,
        label="altering clips, and asking",
    )
    heard = [
        (clip, _predict(models[clip.speaker], vectors))
        for clip, vectors in zip(clips, measured, strict=True)
        if vectors[UNALTERED] is not None
    ]
    if not heard:
        raise CorpusError("There is speech in none of the clips.")
    return _summarise(
        truth=np.array([clip.emotion for clip, _ in heard]),
        answers={
            name: np.array([answer[name] for _, answer in heard]) for name in (UNALTERED, *BATTERY)
        },
        corpora=np.array([clip.corpus for clip, _ in heard]),
    )


def _other_speakers(clips: Sequence[Clip], seed: int) -> list[tuple[Path, ...]]:
    """Return clips of other speakers for each clip, for the babble behind it."""
    generator = np.random.default_rng(seed)
    speakers = np.array([clip.speaker for clip in clips])
    found = []
    for speaker in speakers:
        others = np.flatnonzero(speakers != speaker)
        if others.size == 0:
            raise CorpusError("A babble takes clips of at least two speakers.")
        drawn = generator.permutation(others)[:BABBLE_VOICES]
        found.append(tuple(clips[index].path for index in drawn))
    return found


def _alter_and_measure(
    families: tuple[str, ...], path: Path, others: Sequence[Path], seed: tuple[int, int]
) -> dict[str, Array | None]:
    """Return the features of a clip by alteration; None where there is no speech."""
    waveform = load(path)
    voices = tuple(preparation.prepare(load(other)).waveform for other in others)
    surroundings = Surroundings(voices=voices, seed=seed)
    vectors = {UNALTERED: extract(waveform, families)}
    for name, alter in BATTERY.items():
        vectors[name] = extract(alter(waveform, surroundings), families)
    return vectors


def _predict(classifier: Ensemble, vectors: Mapping[str, Array | None]) -> dict[str, str]:
    """Return the most probable emotion by alteration; `NO_SPEECH` where there are no features."""
    spoken = {name: vector for name, vector in vectors.items() if vector is not None}
    emotions = classifier.predict(np.stack(list(spoken.values()))).tolist()
    return dict.fromkeys(vectors, NO_SPEECH) | dict(zip(spoken, emotions, strict=True))


def _summarise(truth: Names, answers: Mapping[str, Names], corpora: Names) -> Robustness:
    by_corpus = {}
    if np.unique(corpora).size > 1:
        for corpus in np.unique(corpora).tolist():
            inside = corpora == corpus
            parts = {name: answer[inside] for name, answer in answers.items()}
            by_corpus[corpus] = _summarise(truth[inside], parts, corpora[inside])
    clean = answers[UNALTERED]
    effects = {
        name: Effect(
            unchanged=float(np.mean(answer == clean)),
            no_speech=float(np.mean(answer == NO_SPEECH)),
            uar=_uar(truth, answer),
        )
        for name, answer in answers.items()
        if name != UNALTERED
    }
    return Robustness(
        n_clips=int(truth.size), uar=_uar(truth, clean), effects=effects, by_corpus=by_corpus
    )


def _uar(truth: Names, answer: Names) -> float:
    recall = recall_score(
        truth, answer, labels=np.unique(truth), average="macro", zero_division=0.0
    )
    return float(recall)
