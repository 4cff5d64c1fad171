"""A training run from corpora to a model file and a report: what `train.py` does."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ser_core import evaluate, parallel, plots
from ser_core.augment import CHAINS
from ser_core.calibration import Calibration, fit_calibration
from ser_core.classifier import TrainingOptions
from ser_core.corpora import CORPORA, Clip, find_clips
from ser_core.dataset import Dataset, measure
from ser_core.errors import TrainingError
from ser_core.evaluation import Evaluation
from ser_core.features import feature_names
from ser_core.model import EmotionModel

FAMILIES = ("mfcc", "mel", "prosody", "voice", "shape", "modulation")
"""The families that the default model is trained on."""

DEFAULT_CHAINS = TrainingOptions().chains

FOUR_EMOTIONS = ("calm", "happy", "fearful", "disgust")
"""The four that tutorials report; the figure is given so that it can be compared."""


def parse_families(text: str) -> tuple[str, ...]:
    """Read feature families, separated by commas.

    Raises
    ------
    FeatureError
        If one is unknown, named twice, or there is none.
    """
    families = tuple(name.strip() for name in text.split(",") if name.strip())
    feature_names(families)
    return families


def parse_chains(text: str) -> tuple[str, ...]:
    """Read chains of alterations, separated by commas; there may be none.

    Raises
    ------
    TrainingError
        If one is unknown.
    """
    chains = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = sorted(set(chains) - set(CHAINS))
    if unknown:
        raise TrainingError(
            f"There is no chain called {', '.join(unknown)}; known are {', '.join(CHAINS)}."
        )
    return chains


def run(
    folders: Mapping[str, Path],
    *,
    out: Path,
    report: Path,
    families: tuple[str, ...] = FAMILIES,
    chains: tuple[str, ...] = DEFAULT_CHAINS,
    cache: Path | None = None,
    n_jobs: int = -1,
    seed: int = 0,
    console: Console,
) -> None:
    """Measure clips, evaluate the recipe, train on all of them, and write model and report.

    Parameters
    ----------
    folders
        Folder by corpus.
    out
        The model file.
    report
        Folder for ``figures.json`` and pictures.
    families
        Feature families.
    chains
        Of `augment.CHAINS`; each gives a copy of every clip to train on.
    cache
        Folder in which features are kept.
    n_jobs
        How many processes.
    seed
        From which all randomness follows.
    console
        Where progress and figures are shown.

    Raises
    ------
    UndertoneError
        If there is nothing to train on, or the files cannot be written.
    """
    clips = [clip for corpus, folder in folders.items() for clip in find_clips(corpus, folder)]
    options = TrainingOptions(chains=chains, seed=seed)
    _check_before_work(out, report, n_jobs)
    for corpus in folders:
        found = sum(clip.corpus == corpus for clip in clips)
        whole = CORPORA[corpus]
        console.print(f"{whole.title}: {found:,} of {whole.n_clips:,} clips", highlight=False)
    with progress_bars(console) as progress:
        data = measure_clips(
            clips,
            families=families,
            chains=options.chains,
            cache=cache,
            n_jobs=n_jobs,
            progress=progress,
        )
        evaluations = _evaluate(data, options, n_jobs, progress)
        step = progress.add_task("training on all clips", total=1)
        model = EmotionModel.fit(
            data,
            calibration=_calibration(evaluations["speaker_independent"]),
            figures=_headline(evaluations),
            options=options,
        )
        progress.advance(step)
    _write_report(report, model, evaluations, options)
    model.save(out)
    console.print(_table(evaluations))
    console.print(f"Model: {out} ({out.stat().st_size / 1e6:.1f} MB). Report: {report}")


def _check_before_work(out: Path, report: Path, n_jobs: int) -> None:
    """Find out what cannot end well before hours of work depend on it."""
    if out.is_dir():
        raise TrainingError(f"{out} is a folder: say which file the model is to be.")
    if n_jobs == 0:
        raise TrainingError("No processes can do no work: give 1 or more, or -1 for one a core.")
    make_writable(report)
    make_writable(out.parent)


def measure_clips(
    clips: Sequence[Clip],
    *,
    families: tuple[str, ...],
    chains: tuple[str, ...],
    cache: Path | None,
    n_jobs: int,
    progress: Progress,
) -> Dataset:
    """Take the features of clips, with a bar; parameters as in `dataset.measure`."""
    step = progress.add_task("measuring clips", total=len(clips))
    return measure(
        clips,
        families=families,
        chains=chains,
        cache=cache,
        n_jobs=n_jobs,
        on_progress=lambda done: progress.update(step, completed=done),
    )


def follow(progress: Progress, what: str) -> parallel.Progress:
    """Add a bar for what is evaluated, and give what moves it on."""
    step = progress.add_task(what, total=None)
    return lambda done, total: progress.update(step, completed=done, total=total)


def _evaluate(
    data: Dataset, options: TrainingOptions, n_jobs: int, progress: Progress
) -> dict[str, Evaluation]:
    """Evaluate in every way there is data for, the headline first."""
    evaluations = {
        "speaker_independent": evaluate.speaker_independent(
            data, options=options, n_jobs=n_jobs, on_progress=follow(progress, "speakers left out")
        ),
        "random_split": evaluate.random_split(
            data, options=options, n_jobs=n_jobs, on_progress=follow(progress, "random splits")
        ),
    }
    four = evaluate.only_emotions(data, FOUR_EMOTIONS)
    if set(FOUR_EMOTIONS) <= set(data.emotions.tolist()):
        evaluations["random_split_four_emotions"] = evaluate.random_split(
            four,
            options=options,
            n_jobs=n_jobs,
            on_progress=follow(progress, "random splits, four emotions"),
        )
    return evaluations


def _calibration(strangers: Evaluation) -> Calibration:
    """Fit a calibration on what was said of speakers who were left out, in all repetitions."""
    return fit_calibration(
        np.concatenate([one.probabilities for one in strangers.out_of_fold]),
        np.concatenate([one.truth for one in strangers.out_of_fold]),
    )


def _headline(evaluations: Mapping[str, Evaluation]) -> dict[str, Any]:
    """Give what is kept inside the model file: the means, without every fold's matrix."""
    return {
        name: {"accuracy": one.accuracy, "uar": one.uar, "f1": one.f1}
        for name, one in evaluations.items()
    }


def _write_report(
    report: Path,
    model: EmotionModel,
    evaluations: Mapping[str, Evaluation],
    options: TrainingOptions,
) -> None:
    contents = {
        "model": {
            "corpora": model.facts.corpora,
            "emotions": model.facts.emotions,
            "families": model.facts.families,
            "sample_rate": model.facts.sample_rate,
            "versions": model.facts.versions,
        },
        "calibration": asdict(model.calibration),
        "options": asdict(options),
        **{name: one.as_dict() for name, one in evaluations.items()},
    }
    text = json.dumps(contents, indent=2, ensure_ascii=False)
    (report / "figures.json").write_text(text + "\n", encoding="utf-8")
    for name, one in evaluations.items():
        title = f"{len(one.emotions)} emotions, {one.kind}: UAR {one.uar:.3f}"
        picture = plots.confusion(one.confusion, one.emotions, title=title)
        picture.save(report / f"confusion_{name}.png")


def _table(evaluations: Mapping[str, Evaluation]) -> Table:
    table = Table(
        title="How well it hears",
        title_justify="left",
        caption="UAR: mean of the emotions' recalls. Each round predicts its clips anew.",
        caption_justify="left",
    )
    table.add_column("what")
    for column in ("accuracy", "UAR", "F1", "clips a round", "rounds"):
        table.add_column(column, justify="right")
    for name, one in evaluations.items():
        table.add_row(*_row(name.replace("_", " "), one))
        for corpus, part in one.by_corpus.items():
            table.add_row(*_row(f"  on {corpus}", part))
    return table


def _row(name: str, one: Evaluation) -> tuple[str, ...]:
    figures = (f"{one.accuracy:.3f}", f"{one.uar:.3f}", f"{one.f1:.3f}")
    return (name, *figures, f"{one.repetitions[0].n_clips:,}", str(len(one.repetitions)))


def make_writable(folder: Path) -> None:
    """Make a folder, before hours of work depend on it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise TrainingError(f"The folder {folder} cannot be made: {cause.strerror}.") from cause
    if not os.access(folder, os.W_OK):
        raise TrainingError(f"The folder {folder} cannot be written to.")


def progress_bars(console: Console) -> Progress:
    """Give bars for long work, on a console."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
