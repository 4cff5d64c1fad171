"""From a recording to its answer: one function for the bot, the command lines and the library.

A recording with at most `LONGEST_SEGMENT` of speech and no long silence inside is one segment, of
the length that models learn from. A longer one is analysed in windows, from which its segments are
derived; the answer for the whole is derived from the segments (`timeline.Timeline`).
"""

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from ser_core.audio import (
    DEFAULT_LIMITS,
    SAMPLE_RATE,
    AudioLimits,
    Coverage,
    Source,
    open_recording,
)
from ser_core.concurrency import HelperProcess
from ser_core.features import extract_features, runs
from ser_core.inference.smoothing import TimelineSmoother
from ser_core.inference.streaming import Listener, ListenerOptions, WindowPrediction, check_waveform
from ser_core.inference.timeline import Segment, Timeline
from ser_core.inference.windows import LONG_SILENCE
from ser_core.models import EmotionModel, Prediction, load_model
from ser_core.voice import VOICE_FRAME_LENGTH, prepare

Array = NDArray[np.float32]

LONGEST_SEGMENT = 8 * SAMPLE_RATE  # samples of speech that are analysed as one segment
LONGEST_CLIP = 60 * SAMPLE_RATE  # samples of a recording that may yet turn out to be one segment
WINDOWS_FROM = 2 * LONGEST_SEGMENT  # samples from which windows are predicted before the end

FILE_OPTIONS = ListenerOptions(window=3.0, hop=1.5)
"""Windows where no answer is needed while somebody speaks; chosen on joined clips."""

_CHUNK = round(8 * FILE_OPTIONS.hop * SAMPLE_RATE)
"""Samples that are processed at once, so that the answer does not depend on how they came."""


@dataclass(frozen=True)
class Analysis:
    """What is heard in a recording.

    Parameters
    ----------
    timeline
        The segments, from which the answer for the whole recording is derived.
    speech_share
        Share of the recording that is speech, 0 to 1. In a recording that is analysed as one
        segment, the share of frames that are loud enough to be speech; in a longer one, the share
        of the segments with speech, in which pauses shorter than `LONG_SILENCE` count.
    windows
        The predictions of the windows that the segments were derived from.
    coverage
        How much of the file was decoded; None if the recording was a waveform.
    model
        Name of the model that predicted.
    knows_voice
        Whether that model knew the ordinary voice of who speaks.
    """

    timeline: Timeline
    speech_share: float
    windows: tuple[WindowPrediction, ...] = field(default=(), repr=False)
    coverage: Coverage | None = None
    model: str = ""
    knows_voice: bool = False

    @property
    def duration(self) -> float:
        """Duration of the recording in seconds."""
        return self.timeline.duration

    @property
    def prediction(self) -> Prediction | None:
        """The probability of each emotion over the speaking time; None where nobody speaks."""
        return self.timeline.prediction

    @property
    def label(self) -> str:
        """The label of the recording: an emotion, `emotions.MIXED`, `NOT_SURE` or `NO_SPEECH`."""
        return self.timeline.label


def analyse(
    source: Source,
    *,
    model: EmotionModel | None = None,
    limits: AudioLimits = DEFAULT_LIMITS,
    helper: HelperProcess | None = None,
    listen_in: Callable[[Array], object] | None = None,
) -> Analysis:
    """Analyse a recording in a file, block by block.

    Parameters
    ----------
    source
        The bytes of a file of any container that `audio` decodes, or its path.
    model
        The model that predicts; the default model if None.
    limits
        Maximum size and duration of the file.
    helper
        The process that measures half of the windows of a long recording; this process measures all
        if None.
    listen_in
        Called with each block of the waveform, mono at `audio.SAMPLE_RATE`, once it is analysed.

    Raises
    ------
    AudioError
        If the audio cannot be used.
    ModelError
        If the default model cannot be loaded.
    WorkerError
        If the helper dies.

    Examples
    --------
    >>> import ser_core
    >>> analysis = ser_core.analyse("note.ogg")
    >>> analysis.label, round(analysis.duration)
    ('disgust', 14)
    >>> [segment.label for segment in analysis.timeline.segments]
    ['disgust', 'no speech', 'fearful']
    """
    with open_recording(source, limits=limits) as recording:
        running = RunningAnalysis(model or load_model(), helper=helper)
        for waveform in recording.waveforms():
            running.feed(waveform)
            if listen_in is not None:
                listen_in(waveform)
        return replace(running.finish(), coverage=recording.coverage)


def analyse_waveform(waveform: Array, *, model: EmotionModel | None = None) -> Analysis:
    """Analyse a recording that is a waveform already.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `audio.SAMPLE_RATE`.
    model
        The model that predicts; the default model if None.

    Raises
    ------
    FeatureError
        If the waveform is not one-dimensional float32, or contains NaN or infinity.
    ModelError
        If the default model cannot be loaded.
    """
    running = RunningAnalysis(model or load_model())
    running.feed(waveform)
    return running.finish()


class RunningAnalysis:
    """The analysis of a recording that comes piece by piece, in pieces of any length.

    It holds the sound of the first `LONGEST_CLIP`; of a longer recording, only that of one chunk
    and one window.

    Parameters
    ----------
    model
        The model that predicts.
    helper
        The process that measures some of the windows; this process measures all if None.
    """

    def __init__(self, model: EmotionModel, *, helper: HelperProcess | None = None) -> None:
        self._model = model
        self._listener = Listener(model, options=FILE_OPTIONS, helper=helper)
        self._smoother = TimelineSmoother(model.emotions, model.calibration.threshold)
        self._windows: list[WindowPrediction] = []
        self._clip: list[Array] | None = []
        self._waiting: list[Array] = []
        self._n_waiting = 0
        self._n_samples = 0

    def feed(self, waveform: Array) -> None:
        """Process the next piece, (n_samples,) float32, mono at `audio.SAMPLE_RATE`.

        Raises
        ------
        FeatureError
            If it is not one-dimensional float32, or contains NaN or infinity.
        """
        check_waveform(waveform)
        self._n_samples += waveform.size
        if self._clip is not None:
            self._clip.append(waveform)
            if self._n_samples > LONGEST_CLIP:
                self._clip = None
        self._waiting.append(waveform)
        self._n_waiting += waveform.size
        if self._n_samples > WINDOWS_FROM:
            with _thread_pools().limit(limits=1):
                self._process_chunks()

    def finish(self) -> Analysis:
        """Return the analysis of all that was fed."""
        with _thread_pools().limit(limits=1):
            return replace(
                self._finish(),
                model=self._model.name,
                knows_voice=self._model.baseline is not None,
            )

    def _finish(self) -> Analysis:
        if self._clip is not None:
            analysis = self._as_clip(_joined(self._clip))
            if analysis is not None:
                return analysis
        self._process_chunks()
        self._extend([*self._listener.feed(_joined(self._waiting)), self._listener.finish()])
        timeline = self._smoother.timeline(self._n_samples / SAMPLE_RATE)
        return Analysis(timeline, timeline.speech_share, tuple(self._windows))

    def _process_chunks(self) -> None:
        """Process the whole chunks of what waits."""
        if self._n_waiting < _CHUNK:
            return
        sound = _joined(self._waiting)
        whole = sound.size // _CHUNK * _CHUNK
        for start in range(0, whole, _CHUNK):
            self._extend(self._listener.feed(sound[start : start + _CHUNK]))
        self._waiting, self._n_waiting = [sound[whole:]], sound.size - whole

    def _extend(self, predictions: Sequence[WindowPrediction]) -> None:
        for predicted in predictions:
            self._smoother.extend(predicted)
            self._windows.append(replace(predicted, hop=None))

    def _as_clip(self, waveform: Array) -> Analysis | None:
        """Analyse a short recording as one segment; None if it has to be analysed in windows."""
        duration = waveform.size / SAMPLE_RATE
        speech = prepare(waveform)
        if not speech.is_present:
            return _of_segments(Segment(0.0, duration, None), speech_share=0.0)
        if speech.waveform.size > LONGEST_SEGMENT:
            return None
        active = runs(speech.active) * (VOICE_FRAME_LENGTH / SAMPLE_RATE)
        if (active[1:, 0] - active[:-1, 1] >= LONG_SILENCE).any():
            return None
        # Silence at the ends becomes a segment of its own if it lasts `LONG_SILENCE`.
        start, end = float(active[0, 0]), float(active[-1, 1])
        start = start if start >= LONG_SILENCE else 0.0
        end = end if duration - end >= LONG_SILENCE else duration
        features = extract_features(speech.waveform, families=self._model.families)
        prediction = self._model.predict(features)
        return _of_segments(
            Segment(0.0, start, None),
            Segment(start, end, prediction),
            Segment(end, duration, None),
            speech_share=speech.share,
        )


@functools.cache
def _thread_pools() -> ThreadpoolController:
    """Return what limits the threads of linear algebra.

    Matrices as small as these are slower with several threads, and their rounding depends on the
    number of threads.
    """
    return ThreadpoolController()


def _of_segments(*segments: Segment, speech_share: float) -> Analysis:
    """Return the analysis of a recording whose segments were each analysed as a whole."""
    present = tuple(segment for segment in segments if segment.duration > 0)
    windows = tuple(WindowPrediction(one.end, one.prediction, math.nan) for one in present)
    return Analysis(Timeline(present), speech_share, windows)


def _joined(pieces: Sequence[Array]) -> Array:
    if len(pieces) == 1:
        return pieces[0]
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
