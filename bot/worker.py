"""What runs inside a worker process: the core, its model, and the guards around both.

The bot's own process imports this module too, to name these functions, so nothing of the core that
takes long to import, or much memory, is imported before a worker needs it.
"""

import cmath
import contextlib
import functools
import io
import math
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import wave
from array import array
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import connection, parent_process, util
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import AnalyserError, WorkerFaultError, outline
from bot.hearing import LONG_SECONDS, NO_WISHES, Drawing, Hearing, Turn, Wishes
from bot.verdict_table import VerdictTable
from ser_core.errors import UndertoneError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ser_core.model import EmotionModel
    from ser_core.prediction import Prediction
    from ser_core.timeline import Timeline

    Array = NDArray[np.float32]

TRACE_WINDOW = 4.0  # seconds that each answer of a timeline looks back
TRACE_HOPS = ((120.0, 1.0), (300.0, 2.0), (math.inf, 4.0))
"""Seconds between a timeline's answers, for recordings up to so many seconds: so that the time that
a recording takes grows more slowly than its length."""

Result = TypeVar("Result")

VERDICTS_DPI = 120  # of a picture some six inches wide

TRIAL_SAMPLE_RATE = 16_000  # Hz
TRIAL_SECONDS = 1.0
TRIAL_PERIOD = 100  # samples: 160 Hz, in the range of voices
TRIAL_HARMONICS = 40  # up to 6.4 kHz
TRIAL_FORMANTS = ((730, 60), (1090, 90), (2440, 120), (3500, 175))  # Hz and bandwidth, of an "ah"
TRIAL_SYLLABLES = 4.0  # Hz, the pace at which it swells, as speech does
TRIAL_HISS = 0.03  # of the loudest, between syllables, where speech has consonants
TRIAL_PEAK = 10_000  # of 32,767


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
        from bot.confinement import confine

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
        from bot.confinement import allow_cpu

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
        waveform = _decode(recording, max_bytes, max_seconds)
        return _hear(waveform, _model(model_path), wishes)
    except UndertoneError:
        raise
    except MemoryError:
        raise AnalyserError(
            "That recording needs more memory than I have: please try a shorter one."
        ) from None
    except Exception as error:
        raise WorkerFaultError(outline(error)) from None


def _decode(recording: bytes, max_bytes: int, max_seconds: float) -> "Array":
    """Turn a recording into what is heard of it."""
    from ser_core.audio import AudioLimits, decode, to_waveform

    limits = AudioLimits(max_bytes=max_bytes, max_seconds=max_seconds)
    return to_waveform(decode(recording, limits=limits))


def _hear(waveform: "Array", model: "EmotionModel", wishes: Wishes) -> Hearing:
    """Hear a whole recording; one that is long in turns, from which the answer for all follows."""
    from ser_core.analysis import analyse_waveform
    from ser_core.audio import SAMPLE_RATE

    seconds = waveform.size / SAMPLE_RATE
    timeline: Timeline | None = None
    if seconds > LONG_SECONDS:
        timeline = _trace(waveform, model)
        hearing = _summed_up(timeline)
        is_drawn = wishes.drawing is not Drawing.NEVER
    else:
        analysis = analyse_waveform(waveform, model=model)
        hearing = _hearing(analysis.prediction, seconds, analysis.speech_share)
        is_drawn = wishes.drawing is Drawing.ALWAYS
        if is_drawn and hearing.ranked:
            timeline = _trace(waveform, model)
    if timeline is None or not is_drawn or not hearing.ranked:
        return hearing
    return replace(hearing, picture=_draw(waveform, timeline, wishes))


def _hearing(prediction: "Prediction | None", seconds: float, speech_share: float) -> Hearing:
    """Put a prediction into plain numbers."""
    return Hearing(
        ranked=() if prediction is None else prediction.ranked,
        duration=seconds,
        speech_share=speech_share,
        is_sure=prediction is None or prediction.is_sure,
    )


def _trace(waveform: "Array", model: "EmotionModel") -> "Timeline":
    """Hear how the emotion in a recording goes."""
    from ser_core.audio import SAMPLE_RATE
    from ser_core.listener import ListenerOptions
    from ser_core.timeline import trace_waveform

    seconds = waveform.size / SAMPLE_RATE
    hop = next(hop for longest, hop in TRACE_HOPS if seconds <= longest)
    options = ListenerOptions(window=TRACE_WINDOW, hop=hop)
    return trace_waveform(waveform, model=model, options=options)


def _summed_up(timeline: "Timeline") -> Hearing:
    """Give the answer for a whole recording: the mean of its turns, each by how long it takes."""
    from ser_core.prediction import Prediction

    spoken = [(one.prediction, one.duration) for one in timeline.segments if one.prediction]
    seconds = sum(duration for _, duration in spoken)
    if not spoken or not seconds:
        return _hearing(None, timeline.duration, 0.0)
    mean = {
        name: sum(one.probabilities[name] * duration for one, duration in spoken) / seconds
        for name in spoken[0][0].probabilities
    }
    whole = Prediction(mean, threshold=spoken[0][0].threshold)
    turns = tuple(
        Turn(
            start=one.start,
            end=one.end,
            ranked=one.prediction.ranked if one.prediction else (),
            is_sure=one.prediction is None or one.prediction.is_sure,
        )
        for one in timeline.segments
    )
    hearing = _hearing(whole, timeline.duration, seconds / timeline.duration)
    return replace(hearing, turns=turns)


def _draw(waveform: "Array", timeline: "Timeline", wishes: Wishes) -> bytes:
    """Draw a timeline; a PNG file of some ten kilobytes."""
    from ser_core import timeline_strip
    from ser_core.picture import DARK
    from ser_core.timeline import Timeline

    segments = tuple(
        segment
        if segment.prediction is None
        else replace(
            segment,
            prediction=replace(
                segment.prediction,
                threshold=max(segment.prediction.threshold, wishes.min_confidence),
            ),
        )
        for segment in timeline.segments
    )
    # Its own dark ground is read on Discord's dark theme and on the light one.
    picture = timeline_strip.draw(
        waveform, Timeline(segments), style=DARK, names=dict(wishes.names)
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

        from ser_core.plots import confusion

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
    from ser_core.model import load_default_model, load_model

    return load_default_model() if path is None else load_model(path)


def trial_recording() -> bytes:
    """Make a second of "ah" in syllables with hiss between: a voice, to all that looks for one.

    Returns
    -------
    bytes
        A WAV file: mono, 16 bits.
    """
    period = _vowel()
    loudest = max(map(abs, period)) * (1 + TRIAL_HISS)
    generator = random.Random(0)  # noqa: S311 - the noise keeps no secret
    samples = array("h")
    for index in range(int(TRIAL_SECONDS * TRIAL_SAMPLE_RATE)):
        swell = math.cos(2 * math.pi * TRIAL_SYLLABLES * index / TRIAL_SAMPLE_RATE)
        vowel = (0.55 - 0.45 * swell) * period[index % TRIAL_PERIOD] / loudest
        hiss = TRIAL_HISS * max(swell, 0.0) ** 4 * generator.uniform(-1, 1)
        samples.append(round(TRIAL_PEAK * (vowel + hiss)))
    if sys.byteorder == "big":
        samples.byteswap()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(TRIAL_SAMPLE_RATE)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def _vowel() -> list[float]:
    """Make one period of a vowel: harmonics that fall with frequency, lifted at the formants."""
    pitch = TRIAL_SAMPLE_RATE / TRIAL_PERIOD
    period = [0.0] * TRIAL_PERIOD
    for number in range(1, TRIAL_HARMONICS + 1):
        at = 1j * number * pitch
        weight = complex(1 / number)
        for formant, bandwidth in TRIAL_FORMANTS:
            # The two poles of a resonance (Fant 1960, "Acoustic theory of speech production").
            pole = complex(-bandwidth / 2, formant)
            weight *= abs(pole) ** 2 / ((at - pole) * (at - pole.conjugate()))
        for index in range(TRIAL_PERIOD):
            turn = cmath.exp(2j * math.pi * number * index / TRIAL_PERIOD)
            period[index] += (weight * turn).real
    return period
