"""The command that trains a model on corpora."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ser_core.cli.options import (
    Cache,
    Jobs,
    Seed,
    Strangers,
    command,
    errors_as_sentences,
    parse_names,
    split_names,
)
from ser_core.cli.terminal import console
from ser_core.concurrency import Workers
from ser_core.corpora import CORPORA, find_all, find_strangers
from ser_core.dataset import CHAINS, DEFAULT_CACHE
from ser_core.features import FAMILIES, MODEL_FAMILIES, keep_whisper_family
from ser_core.models import TrainingOptions, default_options

STOPPED = "Stopped: no model was written. Features that were measured are kept."

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def train(
    context: typer.Context,
    data: Annotated[
        list[str],
        typer.Argument(
            metavar="CORPUS=FOLDER...",
            help=f"Corpora and where they were unpacked. Known corpora: {', '.join(CORPORA)}.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = Path("out/model.joblib"),
    report: Annotated[
        Path, typer.Option(help="Folder for report.html, report.json, summary.md.")
    ] = Path("out/report"),
    families: Annotated[
        str, typer.Option(help=f"Feature families, out of {', '.join(FAMILIES)}.")
    ] = ",".join(MODEL_FAMILIES),
    encoder: Annotated[
        Path | None,
        typer.Option(
            help="A model of faster-whisper, of any size: features of its encoder are taken in "
            "place of those of 'whisper', or besides the others."
        ),
    ] = None,
    chains: Annotated[
        str | None,
        typer.Option(
            help=f"Altered copies to train on, out of {', '.join(CHAINS)}; a chain named twice "
            "gives two copies; '' gives none. By default those that were chosen for the families.",
        ),
    ] = None,
    strangers: Strangers = None,
    votes: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            show_default=f"{TrainingOptions().votes:g}",
            help="Share of listeners' votes in the labels of clips that have them; the rest is "
            "what was acted.",
        ),
    ] = None,
    cache: Cache = DEFAULT_CACHE,
    jobs: Jobs = -1,
    seed: Seed = 0,
) -> None:
    """Train a model, and evaluate its recipe on speakers that it has not heard."""
    # It evaluates and draws, which takes a while to import.
    from ser_core.training import run

    out_console = console()
    try:
        with errors_as_sentences():
            clips = find_all(data)
            names = _families(families, encoder)
            options = replace(default_options(names), seed=seed)
            if chains is not None:
                chosen = parse_names(chains, CHAINS, what="chain", least=0)
                options = replace(options, chains=chosen)
            if votes is not None:
                options = replace(options, votes=votes)
            run.run(
                clips,
                strangers=find_strangers(strangers or [], clips),
                out=out,
                report=report,
                families=names,
                options=options,
                cache=cache,
                workers=Workers(jobs, out_console),
                command=command(context),
                console=out_console,
            )
    except KeyboardInterrupt:
        typer.echo(STOPPED, err=True)
        raise


def _families(text: str, encoder: Path | None) -> tuple[str, ...]:
    """Return the feature families that are named, and that of an encoder."""
    names = split_names(text)
    if encoder is None:
        return names
    return (*(name for name in names if name != "whisper"), keep_whisper_family(encoder))
