"""The command that evaluates a model: python -m ser_core evaluate --data CORPUS=FOLDER."""

from pathlib import Path
from typing import Annotated

import typer

from ser_core.cli.options import (
    Cache,
    Corpora,
    Jobs,
    ModelPath,
    Seed,
    command,
    errors_as_sentences,
    measure_for,
    parse_names,
)
from ser_core.cli.terminal import console
from ser_core.concurrency import Workers
from ser_core.corpora import find_all
from ser_core.dataset import DEFAULT_CACHE, MIN_EMOTIONS, N_PARTITIONS
from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import TrainingError
from ser_core.models import load_default_model, load_model

# What evaluates and draws is imported where it is used, so that `predict` need not wait for it.

DEFAULT_MODEL = "the default model's recipe"


def evaluate(
    data: Corpora,
    report: Annotated[Path, typer.Option(help="Folder for report.html and report.json.")],
    model_path: ModelPath = None,
    splits: Annotated[
        str | None,
        typer.Option(
            help="Out of speaker-independent,loso,leave-one-corpus-out,cross-corpus,random,"
            "random-four-emotions; without this, all but the last that the clips allow."
        ),
    ] = None,
    emotions: Annotated[
        str | None, typer.Option(help="Only clips of these, such as calm,happy,fearful,disgust.")
    ] = None,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Leave out each family of features too (long).")
    ] = False,
    partitions: Annotated[
        int,
        typer.Option(min=1, help="Ways to put speakers into folds; figures are their mean."),
    ] = N_PARTITIONS,
    cache: Cache = DEFAULT_CACHE,
    jobs: Jobs = -1,
    seed: Seed = 0,
) -> None:
    """Evaluate a model's recipe on speakers and corpora that it was not trained on."""
    from ser_core.evaluation import WAYS, examine
    from ser_core.evaluation import report as reports
    from ser_core.training import check_writable

    out = console()
    with errors_as_sentences():
        workers = Workers(jobs, out)
        ways = None if splits is None else parse_names(splits, WAYS, what="split")
        kept = (
            EMOTION_NAMES
            if emotions is None
            else parse_names(emotions, EMOTION_NAMES, what="emotion", least=MIN_EMOTIONS)
        )
        model = load_model(model_path) if model_path else load_default_model()
        found = [clip for clip in find_all(data) if clip.emotion in kept]
        if not found:
            raise TrainingError(f"There is no clip of {' or '.join(kept)}.")
        check_writable(report / reports.HTML)
        examined = examine(
            model,
            measure_for(model, found, cache=cache, workers=workers),
            ways=ways,
            with_ablation=ablation,
            n_partitions=partitions,
            seed=seed,
            workers=workers,
        )
        name = DEFAULT_MODEL if model_path is None else str(model_path)
        page = reports.write(examined, report, model=name, command=command("-m", "ser_core"))
    out.print(reports.table(examined))
    for reason in examined.skipped.values():
        out.print(f"Left out: {reason}", soft_wrap=True)
    out.print(f"Report: {page}", soft_wrap=True)
