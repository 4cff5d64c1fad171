"""The command line over files: python -m ser_core predict FILE..."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from ser_core.analysis import Analysis, analyse
from ser_core.emotions import BY_NAME
from ser_core.errors import AudioError, UndertoneError
from ser_core.model import EmotionModel, load_default_model, load_model
from ser_core.terminal import console, print_error

app = typer.Typer(
    help="Undertone: the emotion in the tone of a voice.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Keep `predict` a command of its own while it is the only one."""


@app.command()
def predict(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Recordings.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per line and file.")
    ] = False,
    model_path: Annotated[
        Path | None, typer.Option("--model", help="A model of your own, from train.py.")
    ] = None,
) -> None:
    """Say which emotion is heard in each file; go on past bad files, and then end with code 1."""
    try:
        model = load_model(model_path) if model_path else load_default_model()
    except UndertoneError as error:
        print_error(error)
        raise typer.Exit(1) from error
    answers = []
    for file in files:
        answer = _hear(file, model)
        answers.append((file, answer))
        if as_json:
            typer.echo(json.dumps(as_record(file, answer), ensure_ascii=False))
    if not as_json:
        console().print(_table(answers))
    if any(isinstance(answer, AudioError) for _, answer in answers):
        raise typer.Exit(1)


def as_record(file: Path, answer: Analysis | AudioError) -> dict[str, object]:
    """Give one file's answer as what `--json` prints."""
    if isinstance(answer, AudioError):
        return {"file": str(file), "error": str(answer)}
    prediction = answer.prediction
    return {
        "file": str(file),
        "emotion": prediction.emotion if prediction else None,
        "confidence": round(prediction.confidence, 4) if prediction else None,
        "probabilities": (
            {name: round(p, 4) for name, p in prediction.probabilities.items()}
            if prediction
            else {}
        ),
        "duration": round(answer.duration, 3),
        "speech": round(answer.speech_share, 3),
    }


def _hear(file: Path, model: EmotionModel) -> Analysis | AudioError:
    try:
        return analyse(file, model=model)
    except AudioError as error:
        return error


def _table(answers: list[tuple[Path, Analysis | AudioError]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("emotion", "sure", "next", "seconds", "speech"):
        table.add_column(column, no_wrap=True)
    table.add_column("file", overflow="fold")
    for file, answer in answers:
        name = Text(str(file))
        if isinstance(answer, AudioError):
            table.add_row("error", "", "", "", "", name.append(f"\n{answer}", style="red"))
            continue
        seconds, speech = f"{answer.duration:.1f}", f"{answer.speech_share:.0%}"
        if answer.prediction is None:
            table.add_row("no speech", "", "", seconds, speech, name)
            continue
        (top, sure), (second, less) = answer.prediction.ranked[:2]
        emotion = Text("● ", style=BY_NAME[top].hex_colour).append(top, style="default")
        table.add_row(emotion, f"{sure:.0%}", f"{second} {less:.0%}", seconds, speech, name)
    return table


def main() -> None:
    """Run the command line."""
    app(prog_name="undertone")


if __name__ == "__main__":
    app(prog_name="python -m ser_core")
