"""The command that downloads pretrained weights: undertone download NAME."""

from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from ser_core.cli.options import errors_as_sentences, parse_names
from ser_core.cli.terminal import console, say
from ser_core.features.whisper import WEIGHTS, download


def fetch(
    name: Annotated[str, typer.Argument(help=f"Which weights: {', '.join(WEIGHTS)}.")],
) -> None:
    """Download pretrained weights, once, into your cache folder."""
    with errors_as_sentences():
        (known,) = parse_names(name, WEIGHTS, what="set of weights")
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
        )
        output = console(stderr=True)
        with Progress(*columns, console=output, disable=not output.is_terminal) as progress:
            task = progress.add_task("connecting", total=None)

            def report(source: str, done: int, total: int) -> None:
                # pip is silent until it has both packages: until then, only a pulse.
                known_total = total if done else None
                progress.update(
                    task, description=f"from {source}", completed=done, total=known_total
                )

            path = download(WEIGHTS[known], report=report)
        say(f"{known} is in {path.parent}.")
