"""The command that listens to a microphone, or plays a recording in its place.

Nothing leaves the machine, and no audio is kept unless --save asks for it; --baseline keeps means.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ser_core.cli.terminal import (
    LiveLine,
    bars,
    can_redraw,
    console,
    countdown,
    note,
    print_error,
    say,
    warn,
)
from ser_core.concurrency import interruptible
from ser_core.errors import MicrophoneError, UndertoneError
from ser_core.microphone import Microphone, find_device, list_devices

if TYPE_CHECKING:
    from ser_core.inference import Session
    from ser_core.microphone import Array
    from ser_core.models import EmotionModel

EXIT_INTERRUPTED = 130  # as shells have it, for Ctrl-C before there was an answer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, kw_only=True)
class LiveOptions:
    """The options of the command line, other than what to listen to."""

    window: float
    hop: float
    as_json: bool
    quiet: bool
    save: Path | None
    baseline: Path | None
    model_path: Path | None


@app.command()
def listen(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A recording to play in place of the microphone."),
    ] = None,
    show_devices: Annotated[
        bool, typer.Option("--list-devices", help="List the microphones and exit.")
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(metavar="NUMBER|NAME", help="A microphone's number, or part of its name."),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Record one utterance, until you fall silent.")
    ] = False,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.5, max=600, help="Record for this long, then print what was heard."),
    ] = None,
    window: Annotated[
        float, typer.Option(min=1, max=30, help="Seconds of audio in each live prediction.")
    ] = 3.0,
    hop: Annotated[
        float, typer.Option(min=0.1, max=10, help="Seconds from one live prediction to the next.")
    ] = 0.5,
    fast: Annotated[
        bool, typer.Option("--fast", help="Play FILE as fast as it goes, not at its own pace.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object per line, for each prediction.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print nothing but the end result.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(metavar="FILE.wav", help="Keep what the microphone hears, in a new file."),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|FOLDER",
            help="Your ordinary voice: a file of its means, recorded first if there is none, or a "
            "folder of recordings.",
        ),
    ] = None,
    model_path: Annotated[
        Path | None, typer.Option("--model", help="A model of your own, as training writes it.")
    ] = None,
) -> None:
    """Show the emotion in your voice: live until Ctrl-C, in one utterance, or in a recording.

    Nothing leaves this machine, and nothing that is heard is kept unless you --save it; --baseline
    keeps means of features alone.
    """
    of_microphone = show_devices or once or (device, seconds, save) != (None, None, None)
    if file is not None and of_microphone:
        raise typer.BadParameter("a FILE is played: leave out the options of the microphone.")
    if fast and file is None:
        raise typer.BadParameter("--fast is for a FILE: a microphone has but one pace.")
    if once and seconds is not None:
        raise typer.BadParameter("--once records until silence: leave out --seconds.")
    if hop > window:
        raise typer.BadParameter("a --hop is at most as long as the --window.")
    if file is not None and baseline is not None and not baseline.exists():
        raise typer.BadParameter(f"there is no {baseline}: record it without a FILE first.")
    if save is not None and save.suffix.lower() != ".wav":
        raise typer.BadParameter("--save writes WAV: name a file that ends in .wav.")
    options = LiveOptions(
        window=window,
        hop=hop,
        as_json=as_json,
        quiet=quiet,
        save=save,
        baseline=baseline,
        model_path=model_path,
    )
    is_live = not once and seconds is None
    with _ending_well(interrupted=0 if is_live else EXIT_INTERRUPTED):
        if show_devices:
            _show_devices()
        elif file is not None:
            _play(file, fast, options)
        elif once or seconds is not None:
            _record(device, seconds, options)
        else:
            _follow(device, options)


@contextlib.contextmanager
def _ending_well(*, interrupted: int) -> Iterator[None]:
    """Turn whatever ends the program into its exit code and, at most, one sentence."""
    try:
        yield
    except UndertoneError as error:
        print_error(error)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        raise typer.Exit(interrupted) from None
    except BrokenPipeError:
        # Nobody reads on. Python would fail again when it flushes what is left.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def _show_devices() -> None:
    """Print one line per microphone."""
    devices = list_devices()
    if not devices:
        raise MicrophoneError("No microphone was found: plug one in, then look again.")
    names = max(len(device.name) for device in devices)
    for device in devices:
        channels = f"{device.channels} channel{'s' if device.channels > 1 else ''}"
        line = f"{device.index:>3}  {device.name:<{names}}  {channels:>12}  {device.sample_rate} Hz"
        say(line + ("  (default)" if device.is_default else ""))


def _record(wanted: str | None, seconds: float | None, options: LiveOptions) -> None:
    """Record once, for some seconds or one utterance, and print the answer."""
    model = _model(options)
    find_device(wanted, list_devices())
    model = _with_baseline(model, wanted, options)
    from ser_core.inference import analyse_waveform, analysis_record, describe_timeline

    with _keeping(options.save) as keep, Microphone(wanted) as microphone:
        name = microphone.device.name
        if seconds is None:
            recording = _utterance(microphone, quiet=options.quiet)
        else:
            with countdown(name, seconds, hidden=options.quiet) as progress:
                recording = microphone.record(seconds, progress=progress)
        keep(recording)
    analysis = analyse_waveform(recording, model=model)
    if not recording.any():
        raise MicrophoneError(
            f"The microphone “{name}” sent complete silence: unmute it, allow its use in the "
            "system's sound settings, or choose another with --device."
        )
    if analysis.prediction is None:
        raise MicrophoneError(
            f"No speech was heard: speak closer to “{name}”, or choose another microphone with "
            "--device."
        )
    if options.as_json:
        say(json.dumps(analysis_record(analysis), ensure_ascii=False))
        return
    say(describe_timeline(analysis.timeline), style="bold")
    if not options.quiet:
        say(bars(analysis.prediction))


def _utterance(microphone: Microphone, *, quiet: bool) -> "Array":
    """Wait until somebody speaks, and record until they fall silent."""
    from ser_core.voice import Utterance

    utterance = Utterance()
    note(f"Waiting for you to speak, into “{microphone.device.name}”.", hidden=quiet)
    for block in microphone.blocks():
        had_begun = utterance.has_begun
        utterance.feed(block)
        if utterance.has_begun and not had_begun:
            note("Recording, until you fall silent.", hidden=quiet)
        if utterance.is_complete:
            break
    return utterance.waveform


def _follow(wanted: str | None, options: LiveOptions) -> None:
    """Show what the microphone hears until Ctrl-C."""
    model = _model(options)
    find_device(wanted, list_devices())
    model = _with_baseline(model, wanted, options)
    with (
        interruptible() as interruption,
        _keeping(options.save) as keep,
        Microphone(wanted) as microphone,
    ):
        name = microphone.device.name
        kept = f"What is heard is kept in {options.save}." if options.save else "Nothing is kept."
        note(f"Listening to “{name}” until Ctrl-C. {kept}", hidden=options.quiet)

        def blocks() -> Iterator["Array"]:
            for block in microphone.reconnecting_blocks(warn):
                keep(block)
                yield block

        session = _session(model, options, may_skip=True)
        gone = None
        try:
            _show(
                name, interruption.between(blocks()), session, options, lambda: microphone.overruns
            )
        except MicrophoneError as error:
            gone = error
        _end(session, options, microphone.overruns)
        if gone is not None:
            raise gone


def _play(file: Path, fast: bool, options: LiveOptions) -> None:
    """Show what is heard in a recording, at its own pace or as fast as it goes."""
    model = _with_baseline(_model(options), None, options)
    from ser_core.inference import play, read_recording

    waveform = read_recording(file)
    session = _session(model, options, may_skip=False)
    with interruptible() as interruption:
        blocks = play(waveform, at_pace=not fast)
        _show(file.name, interruption.between(blocks), session, options, lambda: 0)
        _end(session, options, 0)


def _session(model: "EmotionModel", options: LiveOptions, *, may_skip: bool) -> "Session":
    from ser_core.inference import ListenerOptions, Session

    windows = ListenerOptions(window=options.window, hop=options.hop)
    return Session(model, options=windows, may_skip=may_skip)


def _model(options: LiveOptions) -> "EmotionModel":
    """Load the model before anything else, so that nobody speaks in vain or waits."""
    note("Loading…", hidden=options.quiet)
    # This takes a second to import, which --list-devices need not wait for and Ctrl-C may end.
    from ser_core.inference import warm_up
    from ser_core.models import encoder_problem, load_model

    model = load_model(options.model_path)
    problem = encoder_problem() if options.model_path is None else None
    if problem is not None:
        note(f"The small model answers: {problem}", hidden=options.quiet)
    warm_up(model)
    return model


def _with_baseline(
    model: "EmotionModel", wanted: str | None, options: LiveOptions
) -> "EmotionModel":
    """Return the model with the baseline that is asked for, which is recorded if there is none."""
    path = options.baseline
    if path is None:
        return model
    from ser_core.cli.baselines import N_TAKES, SENTENCE, note_baseline, read_baseline
    from ser_core.inference import measure_baseline

    if path.exists():
        baseline = read_baseline(path, model=model)
    else:
        takes = []
        warn(f"Read this sentence in your usual voice, {N_TAKES} times: “{SENTENCE}”")
        for number in range(N_TAKES):
            note(f"Time {number + 1} of {N_TAKES}.", hidden=options.quiet)
            with Microphone(wanted) as microphone:
                takes.append(_utterance(microphone, quiet=options.quiet))
        baseline = measure_baseline(takes, model=model)
        baseline.save(path)
        warn(f"The means of your voice are in {path}; no recording is. Delete it when you like.")
    note_baseline(path, baseline, hidden=options.quiet)
    return model.with_baseline(baseline)


def _show(
    name: str,
    blocks: Iterable["Array"],
    session: "Session",
    options: LiveOptions,
    overruns: Callable[[], int],
) -> None:
    """Show each prediction as it comes, until the blocks end or Ctrl-C."""
    from ser_core.cli.live_panel import LiveView
    from ser_core.inference import window_record

    output = console()
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.suppress(KeyboardInterrupt))
        view = None
        if not options.quiet and not options.as_json and can_redraw(output):
            view = stack.enter_context(LiveView(output, name=name, hop=options.hop))
        for predicted in session.process(blocks):
            if view is not None:
                view.show(predicted, notes=_notes(overruns(), session.late))
            elif options.as_json and not options.quiet:
                say(json.dumps(window_record(predicted), ensure_ascii=False))
            elif not options.quiet:
                say(LiveLine(predicted.prediction, predicted.level))


def _notes(overruns: int, late: int) -> tuple[str, ...]:
    """Return notes on a session, of a few words each."""
    return (
        "Ctrl-C ends",
        *([f"{overruns} overrun{'s' if overruns > 1 else ''}"] if overruns else []),
        *([f"{late} late"] if late else []),
    )


def _end(session: "Session", options: LiveOptions, overruns: int) -> None:
    """Print what was heard in the whole session."""
    from ser_core.cli.live_panel import summary
    from ser_core.inference import summary_record

    analysis = session.finish()
    if options.as_json:
        record = summary_record(analysis, overruns=overruns, late=session.late)
        say(json.dumps({"summary": record}, ensure_ascii=False))
    else:
        say(summary(analysis.timeline))


@contextlib.contextmanager
def _keeping(path: Path | None) -> Iterator[Callable[["Array"], object]]:
    """Open a file for what is heard, if one is asked for, and print its name."""
    if path is None:
        yield lambda _: None
        return
    from ser_core.audio import new_wave_file

    with new_wave_file(path) as keep:
        warn(f"What is heard is kept in {path}.")
        yield keep
