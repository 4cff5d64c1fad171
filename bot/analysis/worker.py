"""The functions that run inside a worker process: its set-up, the analysis, the drawing.

The bot's own process imports this module too, to refer to these functions. So what takes long or
much memory to import is imported inside them.
"""

import contextlib
import functools
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import connection, parent_process, util
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.analysis.result import (
    WITHOUT_IMAGE,
    AnalysisOptions,
    AnalysisResult,
    AudioWarning,
    DrawTimeline,
    ModelInUse,
    Segment,
)
from bot.analysis.trial_recordings import trial_recording
from bot.analysis.verdict_table import VerdictTable
from bot.errors import AnalyserError, WorkerFaultError, redacted_traceback
from ser_core.emotions import MIXED
from ser_core.errors import UndertoneError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ser_core.audio import AudioLimits
    from ser_core.inference import Analysis, Timeline
    from ser_core.models import EmotionModel

    Array = NDArray[np.float32]

T = TypeVar("T")

VERDICTS_DPI = 120  # of an image some six inches wide

_limits: tuple[Path | None, int, float] = (None, 2**20, 60.0)
"""The model and the limits of a recording, as `initialize_worker` was given them."""


def initialize_worker(
    scratch: str, model_path: Path | None, max_bytes: int, max_seconds: float
) -> None:
    """Confine this process, and let it end when its parent does.

    Parameters
    ----------
    scratch
        An empty folder of this worker's own for temporary files. The bot deletes it, so that no
        file stays behind when a worker is killed.
    model_path, max_bytes, max_seconds
        The model and the limits, as for `analyse_recording`.
    """
    global _limits
    _limits = (model_path, max_bytes, max_seconds)
    tempfile.tempdir = scratch
    if hasattr(os, "setsid"):
        # A group of its own: Ctrl-C in the terminal does not reach the decoders it starts, and
        # killing the group takes them with it.
        with contextlib.suppress(PermissionError):  # it leads a group already
            os.setsid()
    if sys.platform == "linux":
        from bot.analysis.confinement import confine

        confine()
    # An idle worker ends with its parent; a busy one has to be ended.
    util.Finalize(None, _delete, args=(scratch,), exitpriority=0)
    threading.Thread(target=_exit_with_parent, args=(scratch,), daemon=True).start()


def _delete(folder: str) -> None:
    """Delete a folder with its contents, if it exists."""
    shutil.rmtree(folder, ignore_errors=True)


def _exit_with_parent(scratch: str) -> None:
    """Wait until the parent has ended, and end this process and those that it started."""
    parent = parent_process()
    if parent is None:
        return
    connection.wait([parent.sentinel])
    _delete(scratch)
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def with_cpu_limit(function: Callable[..., T], seconds: float, *arguments: Any) -> T:
    """Call a function with a limit on CPU time, where the system has one."""
    if sys.platform == "linux":
        from bot.analysis.confinement import limit_cpu

        limit_cpu(seconds)
    return function(*arguments)


def warm_up() -> ModelInUse:
    """Analyse a trial recording, so that everything is loaded before the first voice note.

    Returns
    -------
    ModelInUse
        The model of this worker.
    """
    analyse(trial_recording(), AnalysisOptions(draw_timeline=DrawTimeline.ALWAYS))
    return model_in_use(_limits[0])


def analyse(recording: bytes, options: AnalysisOptions) -> AnalysisResult:
    """Analyse one recording with the model and the limits of this worker."""
    return analyse_recording(recording, *_limits, options)


def analyse_recording(
    recording: bytes,
    model_path: Path | None,
    max_bytes: int,
    max_seconds: float,
    options: AnalysisOptions = WITHOUT_IMAGE,
) -> AnalysisResult:
    """Analyse one recording.

    Parameters
    ----------
    recording
        The bytes of the file.
    model_path
        Path of the model; None for the default one.
    max_bytes, max_seconds
        The limits of the recording, in bytes and in seconds.
    options
        The options of the analysis, on which the result depends.

    Raises
    ------
    UndertoneError
        The recording, or the model, cannot be used.
    AnalyserError
        Anything else; the error has nothing of the recording's contents.
    """
    try:
        from ser_core.audio import AudioLimits

        limits = AudioLimits(max_bytes=max_bytes, max_seconds=max_seconds)
        return _analyse(recording, limits, _model(model_path), options)
    except UndertoneError:
        raise
    except MemoryError:
        raise AnalyserError(
            "That recording needs more memory than I have: please try a shorter one."
        ) from None
    except Exception as error:
        raise WorkerFaultError(redacted_traceback(error)) from None


def _analyse(
    recording: bytes, limits: "AudioLimits", model: "EmotionModel", options: AnalysisOptions
) -> AnalysisResult:
    """Analyse a recording, and return the result as plain data."""
    from ser_core.inference import analyse

    waveform: list[Array] = []
    analysis = analyse(recording, model=model, limits=limits, listen_in=waveform.append)
    timeline = analysis.timeline.with_threshold(options.min_confidence)
    result = AnalysisResult(
        ranked=_ranked(timeline),
        duration=timeline.duration,
        speech_share=analysis.speech_share,
        is_sure=timeline.is_sure or timeline.prediction is None,
        is_mixed=timeline.label == MIXED,
        segments=_segments(timeline),
        warning=_warning(analysis),
        model=analysis.model,
    )
    is_drawn = options.draw_timeline is DrawTimeline.ALWAYS or (
        options.draw_timeline is DrawTimeline.LONG and result.is_long
    )
    if not (is_drawn and result.ranked):
        return result
    return replace(result, timeline_image=_draw(waveform, timeline, options))


def _ranked(timeline: "Timeline") -> tuple[tuple[str, float], ...]:
    """Return the emotions with their probabilities, those of the answer first."""
    if timeline.prediction is None:
        return ()
    leading = {name: timeline.prediction.probabilities[name] for name in timeline.leading}
    others = (item for item in timeline.prediction.ranked if item[0] not in leading)
    return (*leading.items(), *others)


def _segments(timeline: "Timeline") -> tuple[Segment, ...]:
    if timeline.prediction is None:
        return ()
    return tuple(
        Segment(
            start=one.start,
            end=one.end,
            ranked=one.prediction.ranked if one.prediction else (),
            is_sure=one.prediction is None or one.prediction.is_sure,
        )
        for one in timeline.segments
    )


def _warning(analysis: "Analysis") -> AudioWarning | None:
    warning = analysis.coverage.warning if analysis.coverage is not None else None
    return None if warning is None else AudioWarning(warning.message, warning.values)


def _draw(waveform: "list[Array]", timeline: "Timeline", options: AnalysisOptions) -> bytes:
    """Return the image of a timeline, a PNG file of some ten kilobytes."""
    import numpy

    from ser_core.plots import DARK, timeline_strip

    # A dark background of its own suits Discord's dark theme and the light one.
    figure = timeline_strip.draw(
        numpy.concatenate(waveform), timeline, style=DARK, names=dict(options.names)
    )
    return figure.png(dpi=timeline_strip.DPI)


def draw_verdicts(table: VerdictTable) -> bytes:
    """Return the confusion matrix of a server's verdicts as a PNG file.

    Raises
    ------
    AnalyserError
        It cannot be drawn.
    """
    try:
        import numpy

        from ser_core.evaluation import confusion

        labels = [label for label, _ in table.names]
        counts = numpy.zeros((len(labels), len(labels)), dtype=numpy.int64)
        for (heard, said), count in table.counts:
            counts[labels.index(said), labels.index(heard)] = count
        figure = confusion(
            counts,
            [name for _, name in table.names],
            title=table.title,
            row_label=table.said_label,
            column_label=table.heard_label,
        )
        return figure.png(dpi=VERDICTS_DPI)
    except Exception as error:
        raise WorkerFaultError(redacted_traceback(error)) from None


def model_in_use(path: Path | None) -> ModelInUse:
    """Return which model a path stands for; None for the default one."""
    from ser_core.features.whisper import WHISPER_BASE
    from ser_core.models import encoder_problem

    model = _model(path)
    problem = encoder_problem() if path is None else None
    return ModelInUse(
        model.name,
        weights=WHISPER_BASE.name if "whisper" in model.families else None,
        problem=None if problem is None else str(problem),
    )


@functools.cache
def _model(path: Path | None) -> "EmotionModel":
    """Load a model; a worker does so once."""
    from ser_core.models import load_model

    return load_model(path)
