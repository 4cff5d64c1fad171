"""What runs inside a worker process: the core, its model, and the guards around both.

The bot's own process imports this module too, to name these functions, so nothing of the core that
takes long to import, or much memory, is imported before a worker needs it.
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

from bot.analysis.result import LONG_SECONDS, NO_WISHES, Drawing, Hearing, Remark, Turn, Wishes
from bot.analysis.trial_recordings import trial_recording
from bot.analysis.verdict_table import VerdictTable
from bot.errors import AnalyserError, WorkerFaultError, outline
from ser_core.emotions import MIXED
from ser_core.errors import UndertoneError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ser_core.audio import AudioLimits
    from ser_core.inference import Analysis, Timeline
    from ser_core.models import EmotionModel

    Array = NDArray[np.float32]

Result = TypeVar("Result")

VERDICTS_DPI = 120  # of a picture some six inches wide


_constants: tuple[Path | None, int, float] = (None, 2**20, 60.0)
"""The model, and the most of a recording that is taken in; `prepare` sets them for a worker."""


def prepare(scratch: str, model_path: Path | None, max_bytes: int, max_seconds: float) -> None:
    """Make this process a worker: apart from the terminal, bounded, and gone when its parent is.

    Parameters
    ----------
    scratch
        An empty folder of this worker's own for temporary files. Whoever started the worker deletes
        it, so that nothing of a recording stays behind when a worker is killed.
    model_path, max_bytes, max_seconds
        As for `listen`.
    """
    global _constants
    _constants = (model_path, max_bytes, max_seconds)
    tempfile.tempdir = scratch
    if hasattr(os, "setsid"):
        # A group of its own: Ctrl-C in the terminal does not reach the decoders it starts, and
        # killing the group takes them with it.
        with contextlib.suppress(PermissionError):  # it leads a group already
            os.setsid()
    if sys.platform == "linux":
        from bot.analysis.confinement import confine

        confine()
    # A worker that is idle ends when its parent does, one that is at work must be ended.
    util.Finalize(None, _delete, args=(scratch,), exitpriority=0)
    threading.Thread(target=_leave_with_parent, args=(scratch,), daemon=True).start()


def _delete(folder: str) -> None:
    """Delete a folder and what is in it, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)


def _leave_with_parent(scratch: str) -> None:
    """Wait until the parent is gone, however it went; then go too, with all that was started."""
    parent = parent_process()
    if parent is None:
        return
    connection.wait([parent.sentinel])
    _delete(scratch)
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def bounded(function: Callable[..., Result], seconds: float, *arguments: Any) -> Result:
    """Call a function with so many seconds of CPU time, where the system can bound that."""
    if sys.platform == "linux":
        from bot.analysis.confinement import allow_cpu

        allow_cpu(seconds)
    return function(*arguments)


def warm_up() -> None:
    """Analyse a trial recording: loads all that the first voice note would have to wait for."""
    analyse(trial_recording(), Wishes(drawing=Drawing.ALWAYS))


def analyse(recording: bytes, wishes: Wishes) -> Hearing:
    """Analyse one recording with the model and the limits of this worker, see `listen`."""
    return listen(recording, *_constants, wishes)


def listen(
    recording: bytes,
    model_path: Path | None,
    max_bytes: int,
    max_seconds: float,
    wishes: Wishes = NO_WISHES,
) -> Hearing:
    """Analyse one recording.

    Parameters
    ----------
    recording
        The bytes of the file.
    model_path
        The model to use; None for the default one.
    max_bytes, max_seconds
        The most that is taken in.
    wishes
        What is wanted beside the answer.

    Raises
    ------
    UndertoneError
        The recording, or the model, cannot be used.
    AnalyserError
        Anything else, without a word of what the recording holds.
    """
    try:
        from ser_core.audio import AudioLimits

        limits = AudioLimits(max_bytes=max_bytes, max_seconds=max_seconds)
        return _hear(recording, limits, _model(model_path), wishes)
    except UndertoneError:
        raise
    except MemoryError:
        raise AnalyserError(
            "That recording needs more memory than I have: please try a shorter one."
        ) from None
    except Exception as error:
        raise WorkerFaultError(outline(error)) from None


def _hear(
    recording: bytes, limits: "AudioLimits", model: "EmotionModel", wishes: Wishes
) -> Hearing:
    """Analyse a recording, and put what is heard into plain numbers."""
    from ser_core.inference import analyse

    waveform: list[Array] = []
    analysis = analyse(recording, model=model, limits=limits, listen_in=waveform.append)
    timeline = analysis.timeline.with_threshold(wishes.min_confidence)
    hearing = Hearing(
        ranked=_ranked(timeline),
        duration=timeline.duration,
        speech_share=analysis.speech_share,
        is_sure=timeline.is_sure or timeline.prediction is None,
        is_mixed=timeline.label == MIXED,
        turns=_turns(timeline),
        remark=_remark(analysis),
    )
    is_drawn = wishes.drawing is Drawing.ALWAYS or (
        wishes.drawing is Drawing.LONG and timeline.duration > LONG_SECONDS
    )
    if not (is_drawn and hearing.ranked):
        return hearing
    return replace(hearing, picture=_draw(waveform, timeline, wishes))


def _ranked(timeline: "Timeline") -> tuple[tuple[str, float], ...]:
    """Rank the emotions, those of the answer first."""
    if timeline.prediction is None:
        return ()
    leading = {name: timeline.prediction.probabilities[name] for name in timeline.leading}
    others = (item for item in timeline.prediction.ranked if item[0] not in leading)
    return (*leading.items(), *others)


def _turns(timeline: "Timeline") -> tuple[Turn, ...]:
    if timeline.duration <= LONG_SECONDS or timeline.prediction is None:
        return ()
    return tuple(
        Turn(
            start=one.start,
            end=one.end,
            ranked=one.prediction.ranked if one.prediction else (),
            is_sure=one.prediction is None or one.prediction.is_sure,
        )
        for one in timeline.segments
    )


def _remark(analysis: "Analysis") -> Remark | None:
    remark = analysis.coverage.warning if analysis.coverage is not None else None
    return None if remark is None else Remark(remark.message, remark.values)


def _draw(waveform: "list[Array]", timeline: "Timeline", wishes: Wishes) -> bytes:
    """Draw a timeline; a PNG file of some ten kilobytes."""
    import numpy

    from ser_core.plots import DARK, timeline_strip

    # Its own dark ground is read on Discord's dark theme and on the light one.
    picture = timeline_strip.draw(
        numpy.concatenate(waveform), timeline, style=DARK, names=dict(wishes.names)
    )
    return picture.png(dpi=timeline_strip.DPI)


def draw_verdicts(table: VerdictTable) -> bytes:
    """Draw what was heard against what people said it was; a PNG file.

    Parameters
    ----------
    table
        The counts, with their words.

    Raises
    ------
    AnalyserError
        Anything, without a word of what it was about.
    """
    try:
        import numpy

        from ser_core.evaluation import confusion

        labels = [label for label, _ in table.names]
        counts = numpy.zeros((len(labels), len(labels)), dtype=numpy.int64)
        for (heard, said), count in table.counts:
            counts[labels.index(said), labels.index(heard)] = count
        picture = confusion(
            counts,
            [name for _, name in table.names],
            title=table.title,
            row_label=table.said_label,
            column_label=table.heard_label,
        )
        return picture.png(dpi=VERDICTS_DPI)
    except Exception as error:
        raise WorkerFaultError(outline(error)) from None


@functools.cache
def _model(path: Path | None) -> "EmotionModel":
    """Load the model, once in the life of a worker."""
    from ser_core.models import load_model

    return load_model(path)
