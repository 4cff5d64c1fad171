"""Listening without an end: sound goes in piece by piece, answers come out as there are any.

A file and a microphone feed the same code. Frames are measured once and shared by the windows over
them; a window is measured as a recording of its own length would be, and asked about.
"""

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ser_core import frames, speech, voice_activity, windows
from ser_core.analysis import LONGEST_PIECE, analyse_waveform
from ser_core.audio import SAMPLE_RATE
from ser_core.errors import FeatureError
from ser_core.frames import FRAME_SECONDS, MARGIN, MARGIN_FRAMES, Frames, FrameStream
from ser_core.helper import Helper, done_by, result_of
from ser_core.model import EmotionModel
from ser_core.prediction import Prediction
from ser_core.speech import FRAME_LENGTH
from ser_core.stretches import Segment, Timeline
from ser_core.trail import Trail, Window

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

LONGEST_WHOLE = 2 * LONGEST_PIECE
"""Samples of a recording that is kept, for it may turn out to be one clip: speech and silence."""
BATCH = 64  # windows that the classifier is asked about at once


@dataclass(frozen=True)
class ListenerOptions:
    """How a listener listens; both are rounded to frames of 20 ms, the window to hops.

    Parameters
    ----------
    window
        Seconds that each window looks back.
    hop
        Seconds from one answer to the next.
    """

    window: float = 3.0
    hop: float = 0.5

    def __post_init__(self) -> None:
        if not FRAME_SECONDS <= self.hop <= self.window < np.inf:
            raise ValueError("a hop is at least 20 ms long, and at most as long as the window")


LIVE_OPTIONS = ListenerOptions()


@dataclass(frozen=True)
class Heard:
    """One answer, as soon as its hop is complete.

    Parameters
    ----------
    time
        Seconds from the beginning at which the window ends.
    prediction
        Of the window that ends here; None where nobody speaks.
    level
        Of the last hop, in dBFS; ``-inf`` for digital silence.
    """

    time: float
    prediction: Prediction | None
    level: float


@dataclass(frozen=True, eq=False)
class _Asked:
    """A hop whose window is measured, or about to be, and waits for the classifier."""

    end: int  # samples since the beginning
    level: float  # dBFS
    levels: Array  # dBFS, of the frames of the hop
    voiced: Mask
    n_frames: int  # of the window
    speech: float  # seconds in the window
    vector: Future[Array] | None  # None where nobody speaks


class Listener:
    """Hears emotion in what it is fed, and remembers what it heard but not the sound.

    Parameters
    ----------
    model
        What to ask.
    options
        How long windows look back, and how far they are apart.
    helper
        What measures some of the windows; all are measured here if None.
    """

    def __init__(
        self,
        model: EmotionModel,
        *,
        options: ListenerOptions = LIVE_OPTIONS,
        helper: Helper | None = None,
    ) -> None:
        self._model = model
        self._helper = helper
        self._hop = max(1, round(options.hop / FRAME_SECONDS)) * FRAME_LENGTH
        self._stream = FrameStream()
        hops = max(1, round(options.window * SAMPLE_RATE / self._hop))
        self._window: deque[Frames] = deque(maxlen=hops)
        self._trail = Trail(model.emotions, model.calibration.threshold)
        self._n_fed = 0
        self._waiting: list[Array] = []  # less than a hop
        self._n_waiting = 0
        self._whole: list[Array] | None = []  # the recording, as long as it may be one clip
        self._asked: list[_Asked] = []
        self._finished: Timeline | None = None

    def feed(self, waveform: Array) -> list[Heard]:
        """Take in the next piece of sound.

        Parameters
        ----------
        waveform
            (n_samples,) float32, mono at `audio.SAMPLE_RATE`; any number of samples.

        Returns
        -------
        list of Heard
            One for each hop that this completes.

        Raises
        ------
        FeatureError
            If it is not one-dimensional float32, or holds what is no finite number.
        ValueError
            If the recording was said to be finished.
        """
        if waveform.ndim != 1 or waveform.dtype != np.float32:
            raise FeatureError("A listener is fed one-dimensional float32 waveforms.")
        if not np.isfinite(waveform).all():
            raise FeatureError("The waveform holds values that are not finite numbers.")
        if self._finished is not None:
            raise ValueError("this recording is finished: a new one needs a new listener")
        self._remember(waveform)
        heard: list[Heard] = []
        start = 0
        while self._n_waiting + waveform.size - start >= self._hop:
            end = start + self._hop - self._n_waiting
            self._n_fed += end - start
            block = np.concatenate([*self._waiting, waveform[start:end]])
            self._waiting, self._n_waiting, start = [], 0, end
            self._asked.append(self._measure(block))
            if len(self._asked) == BATCH:
                heard += self._answers()
        if start < waveform.size:
            self._waiting.append(waveform[start:].copy())
            self._n_waiting += waveform.size - start
            self._n_fed += waveform.size - start
        return heard + self._answers()

    def timeline(self) -> Timeline:
        """Give the timeline of all that was fed so far; the last hop, if not complete, as heard."""
        if self._finished is not None:
            return self._finished
        duration = self._n_fed / SAMPLE_RATE
        if self._whole is not None and self._n_fed:
            clip = self._as_one_clip(np.concatenate(self._whole))
            if clip is not None:
                return clip
        segments = []
        for segment in self._trail.read(offset=-MARGIN_FRAMES * FRAME_SECONDS):
            if segment.end > 0 and segment.start < duration:
                end = min(segment.end, duration)
                segments.append(Segment(max(segment.start, 0.0), end, segment.prediction))
        if segments:
            segments[-1] = Segment(segments[-1].start, duration, segments[-1].prediction)
        elif duration:
            segments = [Segment(0.0, duration, None)]
        return Timeline(tuple(segments))

    def finish(self) -> Timeline:
        """Give the timeline of the whole recording, at its end."""
        if self._finished is None:
            # What is left is heard with silence after it, for frames come late.
            rest = np.concatenate([*self._waiting, np.zeros(MARGIN, dtype=np.float32)])
            rest = np.pad(rest, (0, -rest.size % FRAME_LENGTH))
            self._waiting, self._n_waiting = [], 0
            self._asked.append(self._measure(rest))
            self._answers()
            self._finished = self.timeline()
            self._whole = None
        return self._finished

    def _remember(self, waveform: Array) -> None:
        if self._whole is not None:
            self._whole.append(waveform.copy())
            if self._n_fed + waveform.size > LONGEST_WHOLE:
                self._whole = None

    def _as_one_clip(self, waveform: Array) -> Timeline | None:
        """Say of a short recording what `analysis` says of it, where all of it is one clip."""
        duration = waveform.size / SAMPLE_RATE
        segments = self._trail.read(offset=-MARGIN_FRAMES * FRAME_SECONDS)
        spoken = [segment for segment in segments if segment.prediction is not None]
        prepared = speech.prepare(waveform)
        if not prepared.is_present:
            return Timeline((Segment(0.0, duration, None),))
        apart = any(one.end < other.start for one, other in pairwise(spoken))
        if apart or prepared.waveform.size > LONGEST_PIECE:
            return None
        prediction = analyse_waveform(waveform, model=self._model).prediction
        start = max(spoken[0].start, 0.0) if spoken else 0.0
        end = min(spoken[-1].end, duration) if spoken else duration
        if segments and segments[-1].prediction is not None:
            end = duration  # with the hop that is not complete
        parts = [
            Segment(0.0, start, None),
            Segment(start, end, prediction),
            Segment(end, duration, None),
        ]
        return Timeline(tuple(part for part in parts if part.duration > 0))

    def _measure(self, block: Array) -> _Asked:
        """Measure the hop that is complete, and the window that ends with it."""
        power = float(np.mean(np.square(block, dtype=np.float64)))
        latest = self._stream.measure(block)
        self._window.append(latest)
        window = frames.join(self._window)
        active = speech.find_active(window.level)
        voiced = active & (window.voice > voice_activity.LIKELY)
        cut = windows.beginning(active, voiced)
        vector, seconds = None, 0.0
        found = windows.speech_of(window, cut)
        if found is not None:
            seconds = len(found) * FRAME_SECONDS
            vector = done_by(self._helper, windows.measure, found, self._model.families)
        return _Asked(
            end=self._n_fed,
            level=10.0 * np.log10(power) if power else -np.inf,
            levels=latest.level,
            voiced=voiced[-len(latest) :],
            n_frames=len(window) - cut,
            speech=seconds,
            vector=vector,
        )

    def _answers(self) -> list[Heard]:
        """Ask about the windows that wait, all at once."""
        asked, self._asked = self._asked, []
        vectors = [result_of(one.vector) for one in asked if one.vector is not None]
        rows = iter(list(self._model.predict_proba(np.stack(vectors))) if vectors else [])
        heard = []
        for one in asked:
            window, prediction = None, None
            if one.vector is not None:
                row = next(rows)
                end = self._trail.n_frames + one.levels.size
                window = Window(end - one.n_frames, end, one.speech, row)
                prediction = Prediction(
                    dict(zip(self._model.emotions, (row / row.sum()).tolist(), strict=True)),
                    threshold=self._model.calibration.threshold,
                )
            self._trail.extend(one.levels, one.voiced, window)
            heard.append(Heard(one.end / SAMPLE_RATE, prediction, one.level))
        return heard
