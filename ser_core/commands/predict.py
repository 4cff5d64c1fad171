"""Say which emotion is heard in files: python -m ser_core predict FILE..."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from ser_core.analysis import Analysis, analyse
from ser_core.audio import AudioLimits
from ser_core.emotions import BY_NAME
from ser_core.errors import AudioError, UndertoneError
from ser_core.model import EmotionModel, load_default_model, load_model
from ser_core.terminal import console, print_error

EMOTION_WIDTH = max(len(name) for name in BY_NAME)
HEADER = (
    f"{'emotion':{EMOTION_WIDTH + 2}} sure   {'next':{EMOTION_WIDTH}}        length  speech  file"
)

LIMITS = AudioLimits(max_bytes=2**28, max_seconds=600.0)
"""On one's own files: ten minutes, which uncompressed are more bytes than strangers may send."""


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
    out = console()
    failed = False
    if not as_json:
        out.print(Text(HEADER, style="bold"), soft_wrap=True)
    for file in files:
        answer = _hear(file, model)
        failed = failed or isinstance(answer, AudioError)
        if as_json:
            typer.echo(json.dumps(as_record(file, answer), ensure_ascii=False))
        else:
            out.print(as_row(file, answer), soft_wrap=True)
    if failed:
        raise typer.Exit(1)


def as_record(file: Path, answer: Analysis | AudioError) -> dict[str, object]:
    """Give one file's answer as what `--json` prints."""
    if isinstance(answer, AudioError):
        return {"file": str(file), "error": str(answer)}
    prediction = answer.prediction
    return {
        "file": str(file),
        "emotion": prediction.emotion if prediction else None,
        "sure": prediction.is_sure if prediction else None,
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
        return analyse(file, model=model, limits=LIMITS)
    except AudioError as error:
        return error


def as_row(file: Path, answer: Analysis | AudioError) -> Text:
    """Give one file's answer as a line; the name comes last, since it may be long."""
    name = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(file))
    if isinstance(answer, AudioError):
        said = str(answer) if str(file) in str(answer) else f"{name}: {answer}"
        return Text.assemble(("error      ", "red"), said)
    length = f"{answer.duration:6.1f} s {answer.speech_share:7.0%}  {name}"
    if answer.prediction is None:
        return Text(f"{'no speech':{EMOTION_WIDTH + 29}}{length}")
    (top, sure), (second, less) = answer.prediction.ranked[:2]
    mark = ("● ", BY_NAME[top].hex_colour) if answer.prediction.is_sure else "? "
    return Text.assemble(
        mark,
        f"{top:{EMOTION_WIDTH}} {sure:4.0%}   {second:{EMOTION_WIDTH}} {less:4.0%}  {length}",
    )
