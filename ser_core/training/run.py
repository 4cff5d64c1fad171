"""A training run, from corpora to a model file and a report."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from ser_core.concurrency import Workers
from ser_core.corpora import CORPORA, Clip
from ser_core.dataset import measure
from ser_core.errors import TrainingError
from ser_core.evaluation import AFTER_TRAINING, examine
from ser_core.evaluation import report as reports
from ser_core.features import MODEL_FAMILIES, feature_names
from ser_core.models import EmotionModel, TrainingOptions


def run(
    clips: Sequence[Clip],
    *,
    strangers: Sequence[Clip] = (),
    out: Path,
    report: Path,
    families: tuple[str, ...] = MODEL_FAMILIES,
    options: TrainingOptions,
    cache: Path | None = None,
    workers: Workers,
    command: str = "",
    console: Console,
) -> None:
    """Train a model on clips, evaluate its recipe, and write the model and the report.

    Parameters
    ----------
    clips
        The clips, from `corpora.find_all`.
    strangers
        Clips that are only tested on, from `corpora.find_strangers`.
    out
        The model file.
    report
        Folder for the report.
    families
        Names of the feature families.
    options
        The training options.
    cache
        Folder in which features are kept.
    workers
        The processes that extract features and train the folds.
    command
        The command that is running, for the report.
    console
        Console on which figures are shown.

    Raises
    ------
    UndertoneError
        If there is nothing to train on, or the files cannot be written.
    """
    feature_names(families)  # an error if one is unknown or named twice
    check_writable(out)
    check_writable(report / reports.HTML)
    for line in _found([*clips, *strangers]):
        console.print(line, highlight=False)
    data = measure(clips, families=families, chains=options.chains, cache=cache, workers=workers)
    to_test = (
        measure(strangers, families=families, cache=cache, workers=workers) if strangers else None
    )
    with console.status("training on all clips"):
        model = EmotionModel.fit(**data.training_arrays(votes=options.votes), options=options)
    examined = examine(
        model,
        data,
        strangers=to_test,
        ways=AFTER_TRAINING,
        skip=True,
        seed=options.seed,
        workers=workers,
    )
    figures = {
        way: {"accuracy": one.accuracy, "uar": one.uar, "f1": one.f1}
        for way, one in examined.evaluations.items()
    }
    reports.write(examined, report, model=str(out), command=command)
    facts = replace(model.facts, figures=figures)
    replace(model, facts=facts, calibration=examined.calibration).save(out)
    console.print(reports.table(examined))
    console.print(f"Model: {out} ({out.stat().st_size / 1e6:.1f} MB). Report: {report}")


def _found(clips: Sequence[Clip]) -> Iterator[str]:
    """Yield how much of each corpus there is, and what of it is left out."""
    for name, count in Counter(clip.corpus for clip in clips).items():
        corpus = CORPORA[name]
        of_all = f" of {corpus.n_clips:,}" if corpus.n_clips else ""
        yield f"{corpus.title}: {count:,}{of_all} clips"
        if n_heard := sum(clip.votes is not None for clip in clips if clip.corpus == name):
            yield f"  {n_heard:,} with listeners' votes"
        for left_out, reason in corpus.left_out.items():
            yield f"  without {left_out}: it {reason}"


def check_writable(file: Path) -> None:
    """Check that a file can be written, and make its folder, before hours of work.

    Raises
    ------
    TrainingError
        If the file could not be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise TrainingError(
            f"The folder {file.parent} cannot be made: {cause.strerror}."
        ) from cause
    if file.is_dir():
        raise TrainingError(f"{file} is a folder, and cannot be written as a file.")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise TrainingError(f"The file {file} cannot be written.")
