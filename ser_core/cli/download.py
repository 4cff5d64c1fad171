"""The command that downloads pretrained weights: undertone download NAME."""

from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from ser_core.cli.options import errors_as_sentences, parse_names
from ser_core.cli.terminal import can_redraw, console, say, warn
from ser_core.features.whisper import WEIGHTS, Weights, download, is_usable


def fetch(
    name: Annotated[
        str | None,
        typer.Argument(help=f"Which weights: {', '.join(WEIGHTS)}. Without a name: list them."),
    ] = None,
) -> None:
    """Download pretrained weights, once, into your cache folder."""
    if name is None:
        for weights in WEIGHTS.values():
            there = f"in {weights.folder}" if weights.path.exists() else "not on this machine"
            say(f"{weights.name} is {there}.")
        return
    with errors_as_sentences():
        (known,) = parse_names(name, WEIGHTS, what="set of weights")
        weights = WEIGHTS[known]
        if is_usable(weights.path):
            say(f"{known} is already in {weights.folder}.")
            return
        _download(weights)
        say(f"{known} is in {weights.folder}.")


def _download(weights: Weights) -> None:
    """Download weights, and show how far it is."""
    megabytes = weights.n_bytes // 1_000_000
    warn(f"Downloading {weights.name} ({megabytes} MB).")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    output = console(stderr=True)
    with Progress(*columns, console=output, disable=not can_redraw(output)) as progress:
        task = progress.add_task("connecting", total=None)
        download(
            weights,
            report=lambda source, done, total: progress.update(
                task, description=f"from {source}", completed=done, total=total
            ),
        )
