"""The command that predicts the emotions in files: python -m ser_core predict FILE..."""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from ser_core.audio import AudioLimits
from ser_core.cli import inputs, output
from ser_core.cli.baselines import note_baseline, read_baseline
from ser_core.cli.batch import Question, Task, analyse_all
from ser_core.cli.inputs import Recording
from ser_core.cli.terminal import console, note, print_error, say
from ser_core.cli.timeline_formats import TimelineFormat, write
from ser_core.concurrency import processes
from ser_core.errors import UndertoneError
from ser_core.inference import Analysis, format_time
from ser_core.models import encoder_problem, load_model

LIMITS = AudioLimits(max_bytes=2**31, max_seconds=4 * 3600.0)
"""On one's own files: four hours."""

PICTURE_ENDINGS = (".png", ".svg")
MANY = 20  # files, from which on a bar shows how far it is

Printer = Callable[[Recording, Analysis | UndertoneError], None]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of the command line.

    Parameters
    ----------
    as_json, as_csv, timeline
        Whether to print these.
    timeline_format
        Format in which timelines are written; None for none.
    out
        A folder for them; None for standard output.
    plot
        A picture, or a folder for pictures; None for none.
    """

    as_json: bool
    as_csv: bool
    timeline: bool
    timeline_format: TimelineFormat | None
    out: Path | None
    plot: Path | None

    @property
    def is_plot_a_folder(self) -> bool:
        """Whether pictures go into a folder, one for each recording."""
        return self.plot is not None and (self.plot.is_dir() or not self.plot.suffix)

    @property
    def is_table(self) -> bool:
        """Whether what is printed is for people."""
        to_stdout = self.timeline_format is not None and self.out is None
        return not (self.as_json or self.as_csv or to_stdout)

    def complaint(self) -> str | None:
        """Return a sentence on options that do not go together; None if all do."""
        if self.as_json + self.as_csv + (self.timeline_format is not None) > 1:
            return "Only one of --json, --csv and --format can be printed: choose one."
        if self.out is not None and self.timeline_format is None:
            return "--out is where --format writes: say which, as in '--format srt --out FOLDER'."
        if self.out is not None and self.out.exists() and not self.out.is_dir():
            return f"{self.out} is a file: name a folder after --out."
        if self.plot is None or self.is_plot_a_folder:
            return None
        if self.plot.suffix.lower() not in PICTURE_ENDINGS:
            return "A picture's name ends in .png or .svg: call the one after --plot so."
        return None

    def complaint_about(self, n_recordings: int) -> str | None:
        """Return a sentence on options that do not fit so many recordings; None if all do."""
        if n_recordings == 1:
            return None
        if self.timeline_format is not None and self.out is None:
            return "Several timelines do not go into one file: name a folder with --out."
        if self.plot is not None and not self.is_plot_a_folder:
            return "Several pictures do not go into one file: name a folder after --plot."
        return None


def predict(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Recordings, folders of them, patterns; - is standard input."
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per line and file.")
    ] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print CSV, for spreadsheets: a line for each file.")
    ] = False,
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Print what is heard from when to when.")
    ] = False,
    timeline_format: Annotated[
        TimelineFormat | None,
        typer.Option("--format", help="Write the timeline as labels or subtitles."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where --format writes a file for each recording."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="PICTURE|FOLDER",
            help="Draw the recording: .png, .svg, or a folder for several.",
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER|FILE",
            help="The ordinary voice of who speaks: a folder of recordings, or a file that "
            "live --baseline has written.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Number of processes; by default, one on each core."),
    ] = None,
    model_path: Annotated[
        Path | None, typer.Option("--model", help="A model of your own, as training writes it.")
    ] = None,
) -> None:
    """Print the emotion in each file; go on past bad files, and then end with code 1."""
    options = Options(
        as_json=as_json,
        as_csv=as_csv,
        timeline=timeline,
        timeline_format=timeline_format,
        out=out,
        plot=plot,
    )
    question = Question(model_path=model_path, limits=LIMITS, timeline_format=timeline_format)
    _answer(files, options, question, baseline, jobs)


def _answer(
    files: list[str],
    options: Options,
    question: Question,
    baseline: Path | None,
    jobs: int | None,
) -> None:
    """Analyse the files, and print what was asked for."""
    _refuse(options.complaint())
    try:
        recordings = inputs.find(files, limits=question.limits)
        _refuse(options.complaint_about(len(recordings)))
        if len(recordings) > 1:
            processes.prepare()
        model = load_model(question.model_path)
        tasks = _tasks(recordings, options)
        problem = encoder_problem() if question.model_path is None else None
        if problem is not None:
            note(f"The small model answers: {problem}", hidden=not options.is_table)
        if baseline is not None:
            voice = read_baseline(baseline, model=model)
            model.with_baseline(voice)  # an error, if it is for another model
            question = replace(question, baseline=voice)
            note_baseline(baseline, voice, hidden=not options.is_table)
        printer = _printer(options, model.emotions)
        failed = False
        with (
            _progress(len(tasks), options) as progress,
            contextlib.closing(
                analyse_all(tasks, question, n_jobs=jobs, progress=progress.tell)
            ) as analyses,
        ):
            for task, analysis in zip(tasks, analyses, strict=True):
                failed = failed or isinstance(analysis, UndertoneError)
                printer(task.recording, analysis)
                _say_what_was_written(task, analysis)
                progress.advance()
    except UndertoneError as error:
        print_error(error)
        raise typer.Exit(1) from error
    if failed:
        raise typer.Exit(1)


def _refuse(complaint: str | None) -> None:
    """End with code 2, and with a sentence, if there is a complaint."""
    if complaint is not None:
        print_error(UndertoneError(complaint))
        raise typer.Exit(2)


def _say_what_was_written(task: Task, answer: Analysis | UndertoneError) -> None:
    if not isinstance(answer, UndertoneError):
        for path in filter(None, (task.labels, task.picture)):
            note(f"Wrote {path}.")


def _tasks(recordings: Sequence[Recording], options: Options) -> list[Task]:
    """Return a task for each recording, with the files for its timeline and its picture."""
    labels: list[Path | None] = [None] * len(recordings)
    pictures: list[Path | None] = [options.plot] * len(recordings)
    if options.out is not None and options.timeline_format is not None:
        ending = options.timeline_format.ending
        labels = [options.out / name for name in inputs.outputs(recordings, ending=ending)]
    if options.plot is not None and options.is_plot_a_folder:
        names = inputs.outputs(recordings, ending=PICTURE_ENDINGS[0])
        pictures = [options.plot / name for name in names]
    return [
        Task(recording=recording, labels=label, picture=picture)
        for recording, label, picture in zip(recordings, labels, pictures, strict=True)
    ]


def _printer(options: Options, emotions: Sequence[str]) -> Printer:
    """Return a function that prints one recording's answer, after printing the header."""

    def print_json(recording: Recording, answer: Analysis | UndertoneError) -> None:
        record = output.as_record(recording.name, answer, with_timeline=options.timeline)
        typer.echo(json.dumps(record, ensure_ascii=False))

    def print_csv(recording: Recording, answer: Analysis | UndertoneError) -> None:
        lines = output.as_csv(recording.name, answer, emotions, with_timeline=options.timeline)
        typer.echo(lines, nl=False)

    def print_labels(_: Recording, answer: Analysis | UndertoneError) -> None:
        if isinstance(answer, UndertoneError):
            print_error(answer)
        elif options.timeline_format is not None:
            typer.echo(write(answer.timeline, options.timeline_format), nl=False)

    def print_rows(recording: Recording, answer: Analysis | UndertoneError) -> None:
        for row in output.as_rows(recording.shown_name, answer, with_timeline=options.timeline):
            say(row)

    if options.as_json:
        return print_json
    if options.as_csv:
        typer.echo(output.csv_header(emotions, of_timeline=options.timeline), nl=False)
        return print_csv
    if options.timeline_format is not None and options.out is None:
        return print_labels
    say(Text(output.HEADER, style="bold"))
    return print_rows


@dataclass(frozen=True)
class _Told:
    """A display of progress.

    Parameters
    ----------
    tell
        Called with a recording's name and the seconds of it that were analysed.
    advance
        Called when one more recording is done.
    """

    tell: Callable[[str, float], None] = lambda name, seconds: None
    advance: Callable[[], None] = lambda: None


@contextlib.contextmanager
def _progress(n_tasks: int, options: Options) -> Iterator[_Told]:
    """Show progress on a terminal, where nothing else is printed to it."""
    errors, out = console(stderr=True), console()
    in_the_way = out.is_terminal and not options.is_table
    if not errors.is_terminal or in_the_way:
        yield _Told()
        return
    few = (SpinnerColumn(), TextColumn("listening {task.description}"))
    many = (TextColumn("listening"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *(few if n_tasks < MANY else many),
        console=errors,
        transient=True,
        redirect_stdout=out.is_terminal,
    ) as progress:
        bar = progress.add_task("", total=n_tasks)

        def tell(name: str, seconds: float) -> None:
            said = f"to {Path(name).name}, {format_time(seconds)} so far"
            progress.update(bar, description=escape(said), refresh=True)

        yield _Told(tell=tell, advance=lambda: progress.update(bar, advance=1, description=""))
