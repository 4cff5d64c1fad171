"""The command that evaluates a model on speakers it has not heard."""

from pathlib import Path
from typing import Annotated

import typer

from ser_core.cli.options import (
    Cache,
    Corpora,
    Jobs,
    ModelPath,
    Seed,
    Strangers,
    command,
    errors_as_sentences,
    measure_for,
    parse_names,
)
from ser_core.cli.terminal import console
from ser_core.concurrency import Workers
from ser_core.corpora import find_all, find_strangers
from ser_core.dataset import DEFAULT_CACHE, MIN_EMOTIONS, N_PARTITIONS, measure
from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import TrainingError
from ser_core.models import load_model

# What evaluates and draws is imported where it is used, so that `predict` need not wait for it.

DEFAULT_MODEL = "the default model's recipe"


def evaluate(
    context: typer.Context,
    data: Corpora,
    report: Annotated[Path, typer.Option(help="Folder for report.html, report.json, summary.md.")],
    model_path: ModelPath = None,
    strangers: Strangers = None,
    splits: Annotated[
        str | None,
        typer.Option(
            help="Out of speaker-independent,loso,leave-one-corpus-out,cross-corpus,emobox,"
            "ravdess-alone,random,random-four-emotions; without this, all but the last that the "
            "clips allow."
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
    from ser_core.evaluation import EVERYTHING, WAYS, examine
    from ser_core.evaluation import report as reports
    from ser_core.training import check_writable

    out = console()
    with errors_as_sentences():
        workers = Workers(jobs, out)
        ways = EVERYTHING if splits is None else parse_names(splits, WAYS, what="split")
        kept = (
            EMOTION_NAMES
            if emotions is None
            else parse_names(emotions, EMOTION_NAMES, what="emotion", least=MIN_EMOTIONS)
        )
        model = load_model(model_path)
        found = [clip for clip in find_all(data) if clip.emotion in kept]
        if not found:
            raise TrainingError(f"There is no clip of {' or '.join(kept)}.")
        others = [one for one in find_strangers(strangers or [], found) if one.emotion in kept]
        check_writable(report / reports.HTML)
        to_test = (
            measure(others, families=model.families, cache=cache, workers=workers)
            if others
            else None
        )
        examined = examine(
            model,
            measure_for(model, found, cache=cache, workers=workers),
            strangers=to_test,
            ways=ways,
            skip=splits is None,
            with_ablation=ablation,
            n_partitions=partitions,
            seed=seed,
            workers=workers,
        )
        name = DEFAULT_MODEL if model_path is None else str(model_path)
        page = reports.write(examined, report, model=name, command=command(context))
    out.print(reports.table(examined))
    for reason in examined.skipped.values():
        out.print(f"Left out: {reason}", soft_wrap=True)
    out.print(f"Report: {page}", soft_wrap=True)
