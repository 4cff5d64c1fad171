"""Options that several commands have, and what is checked of them."""

import shlex
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ser_core.cli.terminal import print_error
from ser_core.concurrency import Workers
from ser_core.corpora import CORPORA, Clip
from ser_core.dataset import Dataset, measure
from ser_core.errors import TrainingError, UndertoneError
from ser_core.models import EmotionModel

Corpora = Annotated[
    list[str],
    typer.Option(
        metavar="CORPUS=FOLDER",
        help="A corpus and where it was unpacked; may be repeated. "
        f"Known corpora: {', '.join(CORPORA)}.",
    ),
]
Strangers = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CORPUS=FOLDER",
        help="A corpus only to test the finished model on, never to train; may be repeated.",
    ),
]
ModelPath = Annotated[
    Path | None, typer.Option("--model", help="A model of your own, as training writes it.")
]
Cache = Annotated[Path, typer.Option(help="Folder in which features are kept for the next run.")]
Jobs = Annotated[int, typer.Option(help="Number of processes; -1 for one on each core.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")]


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Print an error's sentence, and end with code 1."""
    try:
        yield
    except UndertoneError as error:
        print_error(error)
        raise typer.Exit(1) from error


def split_names(text: str) -> tuple[str, ...]:
    """Split a list of names at its commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def parse_names(text: str, known: Collection[str], *, what: str, least: int = 1) -> tuple[str, ...]:
    """Split a list of names at its commas, and check them.

    Parameters
    ----------
    text
        The names as a person typed them.
    known
        The known names.
    what
        The kind of name, for the error's sentence.
    least
        Minimum number of different names.

    Raises
    ------
    TrainingError
        If a name is unknown, or there are too few.
    """
    names = split_names(text)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise TrainingError(
            f"There is no {what} called {', '.join(unknown)}; known are {', '.join(known)}."
        )
    if len(set(names)) < least:
        raise TrainingError(f"Name at least {least} of {', '.join(known)}.")
    return names


def measure_for(
    model: EmotionModel, clips: Sequence[Clip], *, cache: Path, workers: Workers
) -> Dataset:
    """Extract the features of clips, and of their copies, that a model's recipe uses."""
    chains = model.options.chains
    return measure(clips, families=model.families, chains=chains, cache=cache, workers=workers)


def command(context: typer.Context) -> str:
    """Return the command that is running as it can be given again."""
    program = context.find_root().info_name or ""
    python = ["python"] if program.endswith(".py") else []
    return shlex.join([*python, *program.split(), *sys.argv[1:]])
