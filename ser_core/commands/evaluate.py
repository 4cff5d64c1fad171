"""Say how well a model hears strangers: python -m ser_core evaluate --data CORPUS=PATH."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ser_core.corpora import CORPORA, Clip, find_clips, parse_corpora
from ser_core.dataset import DEFAULT_CACHE
from ser_core.errors import TrainingError, UndertoneError
from ser_core.model import load_default_model, load_model
from ser_core.splits import N_PARTITIONS
from ser_core.terminal import console, print_error

if TYPE_CHECKING:
    from ser_core.examination import Examination

# What evaluates and draws is imported where it is used, so that `predict` need not wait for it.

DEFAULT_MODEL = "the default model's recipe"


def evaluate(
    data: Annotated[
        list[str],
        typer.Option(
            metavar="CORPUS=FOLDER",
            help="A corpus and where it was unpacked; may be repeated. "
            f"Known corpora: {', '.join(CORPORA)}.",
        ),
    ],
    report: Annotated[Path, typer.Option(help="Folder for report.html and report.json.")],
    model_path: Annotated[
        Path | None,
        typer.Option(
            "--model",
            help="A model of your own, from train.py. Its recipe is trained anew for each figure.",
        ),
    ] = None,
    splits: Annotated[
        str | None,
        typer.Option(
            help="Out of speaker-independent,loso,leave-one-corpus-out,cross-corpus,random; "
            "without this, all that the clips allow."
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
    cache: Annotated[
        Path, typer.Option(help="Folder in which features are kept for the next run.")
    ] = DEFAULT_CACHE,
    jobs: Annotated[int, typer.Option(help="Processes; -1 for one on each core.")] = -1,
    seed: Annotated[int, typer.Option(min=0, help="From which all randomness follows.")] = 0,
) -> None:
    """Say how well a model's recipe hears speakers and corpora that it was not trained on."""
    out = console()
    command = _command(
        {
            "--model": model_path,
            "--splits": splits,
            "--emotions": emotions,
            "--partitions": partitions,
            "--seed": seed,
            "--report": report,
        },
        data,
        ablation=ablation,
    )
    asked = Asked(model_path, splits, emotions, ablation, partitions, seed, command)
    try:
        found, page = _examine(asked, data, report, cache=cache, jobs=jobs, out=out)
    except UndertoneError as error:
        print_error(error)
        raise typer.Exit(1) from error
    _print_figures(out, found)
    out.print(f"Report: {page}", soft_wrap=True)


@dataclass(frozen=True)
class Asked:
    """What is asked of an evaluation, as a person types it.

    Parameters
    ----------
    model_path, splits, emotions, ablation, partitions, seed
        The options of that name.
    command
        The whole command, so that it can be given again.
    """

    model_path: Path | None
    splits: str | None
    emotions: str | None
    ablation: bool
    partitions: int
    seed: int
    command: str


def _examine(
    asked: Asked, data: Sequence[str], report: Path, *, cache: Path, jobs: int, out: Console
) -> "tuple[Examination, Path]":
    """Do what is asked, and give what was found and the page that shows it."""
    from ser_core import examination, training
    from ser_core import report as reports

    if jobs == 0:
        raise TrainingError("No processes can do no work: give 1 or more, or -1 for one a core.")
    ways = None if asked.splits is None else examination.parse_ways(asked.splits)
    emotions = None if asked.emotions is None else examination.parse_emotions(asked.emotions)
    model = load_model(asked.model_path) if asked.model_path else load_default_model()
    clips = _clips(data, emotions)
    training.make_writable(report)
    with training.progress_bars(out) as progress:
        found = examination.examine(
            model,
            training.measure_clips(
                clips,
                families=model.families,
                chains=model.options.chains,
                cache=cache,
                n_jobs=jobs,
                progress=progress,
            ),
            ways=ways,
            with_ablation=asked.ablation,
            n_partitions=asked.partitions,
            seed=asked.seed,
            n_jobs=jobs,
            follow=lambda what: training.follow(progress, what),
        )
    name = DEFAULT_MODEL if asked.model_path is None else str(asked.model_path)
    return found, reports.write(found, report, model=name, command=asked.command)


def _clips(data: Sequence[str], emotions: Sequence[str] | None) -> list[Clip]:
    """Find the clips of all corpora, or those of some emotions."""
    clips = [
        clip
        for corpus, folder in parse_corpora(data).items()
        for clip in find_clips(corpus, folder)
        if emotions is None or clip.emotion in emotions
    ]
    if not clips:
        raise TrainingError(f"There is no clip of {' or '.join(emotions or ())}.")
    return clips


def _command(options: Mapping[str, object], data: Sequence[str], *, ablation: bool) -> str:
    """Spell out the command that makes the same report."""
    words = ["python", "-m", "ser_core", "evaluate"]
    for argument in data:
        words += ["--data", argument]
    for name, value in options.items():
        words += [] if value is None else [name, str(value)]
    return shlex.join([*words, "--ablation"] if ablation else words)


def _print_figures(out: Console, found: "Examination") -> None:
    table = Table(
        title="How well it hears",
        title_justify="left",
        caption="UAR: mean of the emotions' recalls. A random split flatters: it knows the voices.",
        caption_justify="left",
    )
    table.add_column("what")
    for column in ("accuracy", "UAR", "95 %"):
        table.add_column(column, justify="right")
    table.add_column("recall of each emotion")
    rows = [(f"{way}: {label}", one) for way, part in found.parts.items() for label, one in part]
    for name, one in rows:
        interval = one.uar_interval
        table.add_row(
            name,
            f"{one.accuracy:.3f}",
            f"{one.uar:.3f}",
            f"{interval.low:.2f}–{interval.high:.2f}" if interval else "",
            ", ".join(f"{emotion} {part.recall:.2f}" for emotion, part in one.by_emotion.items()),
        )
    out.print(table)
    for reason in found.skipped.values():
        out.print(f"Left out: {reason}", soft_wrap=True)
