"""Hear the emotion in your own voice: python mic.py [--seconds N] [--device NUMBER|NAME].

Nothing that is heard is kept.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn

from ser_core.devices import Device, list_devices
from ser_core.errors import MicrophoneError, UndertoneError
from ser_core.microphone import BLOCK_SECONDS, Microphone
from ser_core.segments import AudioSegment
from ser_core.terminal import LiveLine, answer, bars, console, print_error

if TYPE_CHECKING:
    from ser_core.analysis import Analysis

EXIT_INTERRUPTED = 130  # as shells have it, for Ctrl-C before there was an answer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def listen(
    show_devices: Annotated[
        bool, typer.Option("--list-devices", help="List the microphones, and leave.")
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(metavar="NUMBER|NAME", help="A microphone's number, or part of its name."),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.5, max=600, help="Record for so long, then say what was heard."),
    ] = None,
    window: Annotated[
        float, typer.Option(min=1, max=30, help="How many seconds the live line looks back.")
    ] = 3.0,
    hop: Annotated[
        float, typer.Option(min=0.1, max=10, help="Seconds from one live answer to the next.")
    ] = 0.5,
    model_path: Annotated[
        Path | None, typer.Option("--model", help="A model of your own, from train.py.")
    ] = None,
) -> None:
    """Hear the emotion in your voice: live until Ctrl-C, or in a recording of some seconds.

    Nothing that is heard is kept.
    """
    try:
        if show_devices:
            _show_devices()
        elif seconds is not None:
            _record(device, seconds, model_path)
        else:
            _follow(device, window, hop, model_path)
    except UndertoneError as error:
        print_error(error)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        raise typer.Exit(0 if seconds is None else EXIT_INTERRUPTED) from None


def _show_devices() -> None:
    """Print one line per microphone."""
    devices = list_devices()
    if not devices:
        raise MicrophoneError("No microphone was found: plug one in, then look again.")
    names = max(len(device.name) for device in devices)
    for device in devices:
        channels = f"{device.channels} channel{'s' if device.channels > 1 else ''}"
        line = f"{device.index:>3}  {device.name:<{names}}  {channels:>12}  {device.sample_rate} Hz"
        console().print(line + ("  (default)" if device.is_default else ""), soft_wrap=True)


def _record(wanted: str | None, seconds: float, model_path: Path | None) -> None:
    """Record once and print the answer."""
    hear = _hearing(model_path)
    with Microphone(wanted) as microphone, _countdown(microphone.device, seconds) as progress:
        recording = microphone.record(seconds, progress=progress)
    prediction = hear(recording).prediction
    name = microphone.device.name
    if recording.max == 0:
        raise MicrophoneError(
            f"The microphone “{name}” sent complete silence: unmute it, allow its use in the "
            "system's sound settings, or choose another with --device."
        )
    if prediction is None:
        raise MicrophoneError(
            f"No speech was heard: speak closer to “{name}”, or choose another microphone with "
            "--device."
        )
    output = console()
    output.print(answer(prediction), style="bold")
    output.print(bars(prediction))


def _follow(wanted: str | None, window: float, hop: float, model_path: Path | None) -> None:
    """Print what is heard, on one line that changes or, in a pipe, on a line for each hop."""
    hear = _hearing(model_path)
    with Microphone(wanted) as microphone:
        _note(f"Listening to “{microphone.device.name}” until Ctrl-C. Nothing is kept.")
        with _line() as show:
            for heard in microphone.windows(window=window, hop=hop):
                latest = heard[max(0, len(heard) - round(1000 * hop)) :]
                show(LiveLine(hear(heard).prediction, latest.dBFS))


def _hearing(model_path: Path | None) -> Callable[[AudioSegment], "Analysis"]:
    """Load the model, so that nobody speaks in vain, and give what analyses a recording."""
    # These take a second to import, which --list-devices need not wait for and Ctrl-C may end.
    from ser_core.analysis import analyse_waveform
    from ser_core.model import load_default_model, load_model
    from ser_core.segments import to_waveform

    model = load_model(model_path) if model_path else load_default_model()
    return lambda recording: analyse_waveform(to_waveform(recording), model=model)


@contextlib.contextmanager
def _countdown(device: Device, seconds: float) -> Iterator[Callable[[AudioSegment], object]]:
    """Show a person at a terminal how long to speak."""
    output = console(stderr=True)
    columns = (
        TextColumn("Speak now, into “{task.description}”"),
        BarColumn(),
        TextColumn("{task.remaining:.1f} s"),
    )
    with Progress(
        *columns, console=output, transient=True, disable=not output.is_terminal
    ) as progress:
        task = progress.add_task(device.name, total=seconds)
        yield lambda _: progress.advance(task, BLOCK_SECONDS)


@contextlib.contextmanager
def _line() -> Iterator[Callable[[RenderableType], object]]:
    """Give what shows a line: in place of the last one, where the output can do that."""
    output = console()
    if output.is_terminal and not output.is_dumb_terminal:
        with Live(console=output, auto_refresh=False) as live:
            yield lambda line: live.update(line, refresh=True)
    else:
        yield output.print


def _note(text: str) -> None:
    """Tell a person at a terminal something that is not the answer."""
    output = console(stderr=True)
    if output.is_terminal:
        output.print(text, style="dim", soft_wrap=True)


if __name__ == "__main__":
    app()
