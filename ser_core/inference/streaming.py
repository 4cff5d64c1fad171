"""Predictions in sliding windows over audio that comes in blocks, one for each hop.

Frames are measured once and shared by the windows over them. A window's features are those of a
recording of its length.
"""

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.concurrency import HelperProcess, result_of, run_or_submit
from ser_core.errors import FeatureError
from ser_core.features import take_waveform_alone
from ser_core.inference import frames, windows
from ser_core.inference.frames import CONTEXT_LENGTH, FRAME_SECONDS, Frames, FrameStream
from ser_core.models import EmotionModel, Prediction
from ser_core.voice import VOICE_FRAME_LENGTH, activity, preparation

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

BATCH = 64  # windows that are predicted at once


@dataclass(frozen=True)
class ListenerOptions:
    """Length of windows and hops; both are rounded to frames of 20 ms, the window to hops.

    Parameters
    ----------
    window
        Duration of each window in seconds.
    hop
        Seconds from one prediction to the next.
    """

    window: float = 3.0
    hop: float = 0.5

    def __post_init__(self) -> None:
        if not FRAME_SECONDS <= self.hop <= self.window < np.inf:
            raise ValueError("a hop is at least 20 ms long, and at most as long as the window")


LIVE_OPTIONS = ListenerOptions()


@dataclass(frozen=True, eq=False)
class Hop:
    """Measurements of a hop and of the window that ends with it.

    Parameters
    ----------
    levels
        (n_frames,) float32: the level of each frame of the hop, in dBFS.
    voiced
        (n_frames,) bool: whether there is a voice in each.
    window_frames
        Number of frames of the window.
    speech_seconds
        Duration of the speech in the window, in seconds.
    probabilities
        (n_emotions,) float64: the prediction of the window; None where nobody speaks.
    """

    levels: Array
    voiced: Mask
    window_frames: int
    speech_seconds: float
    probabilities: NDArray[np.float64] | None


@dataclass(frozen=True)
class WindowPrediction:
    """The prediction of one window, made as soon as its last hop is complete.

    Parameters
    ----------
    time
        End of the window, in seconds from the beginning.
    prediction
        The probability of each emotion in the window; None where nobody speaks.
    level
        Level of the last hop, in dBFS; ``-inf`` for digital silence.
    hop
        The measurements that it is made from; None where they are not kept.
    """

    time: float
    prediction: Prediction | None
    level: float
    hop: Hop | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, eq=False)
class _PendingWindow:
    """A hop whose window waits for its features or for the classifier."""

    end: int  # samples since the beginning
    level: float  # dBFS
    levels: Array  # dBFS, of the frames of the hop
    voiced: Mask
    n_frames: int  # of the window
    speech: float  # seconds in the window
    vector: Future[Array] | None  # None where nobody speaks


class Listener:
    """Prediction of emotions in blocks of audio; holds no more audio than one window.

    Parameters
    ----------
    model
        The model that predicts.
    options
        Length of windows and hops.
    helper
        The process that measures some of the windows; this process measures all if None.
    """

    def __init__(
        self,
        model: EmotionModel,
        *,
        options: ListenerOptions = LIVE_OPTIONS,
        helper: HelperProcess | None = None,
    ) -> None:
        self._model = model
        self._helper = helper
        self._hop = max(1, round(options.hop / FRAME_SECONDS)) * VOICE_FRAME_LENGTH
        self._stream = FrameStream(waveform_alone=take_waveform_alone(model.families))
        hops = max(1, round(options.window * SAMPLE_RATE / self._hop))
        self._window: deque[Frames] = deque(maxlen=hops)
        self._n_fed = 0
        self._waiting: list[Array] = []  # less than a hop
        self._n_waiting = 0
        self._pending: list[_PendingWindow] = []
        self._is_finished = False

    def feed(self, waveform: Array) -> list[WindowPrediction]:
        """Process the next block of audio.

        Parameters
        ----------
        waveform
            (n_samples,) float32, mono at `audio.SAMPLE_RATE`; any number of samples.

        Returns
        -------
        list of WindowPrediction
            One for each hop that the block completes.

        Raises
        ------
        FeatureError
            If it is not one-dimensional float32, or contains NaN or infinity.
        ValueError
            If `finish` was called before.
        """
        check_waveform(waveform)
        if self._is_finished:
            raise ValueError("this recording is finished: a new one needs a new listener")
        predicted: list[WindowPrediction] = []
        start = 0
        while self._n_waiting + waveform.size - start >= self._hop:
            end = start + self._hop - self._n_waiting
            self._n_fed += end - start
            block = np.concatenate([*self._waiting, waveform[start:end]])
            self._waiting, self._n_waiting, start = [], 0, end
            self._pending.append(self._measure(block))
            if len(self._pending) == BATCH:
                predicted += self._predict()
        if start < waveform.size:
            self._waiting.append(waveform[start:].copy())
            self._n_waiting += waveform.size - start
            self._n_fed += waveform.size - start
        return predicted + self._predict()

    def finish(self) -> WindowPrediction:
        """Return the prediction at the end of the recording, for what is left of a hop.

        Silence is appended, since frames are measured with what follows them.
        """
        rest = np.concatenate([*self._waiting, np.zeros(CONTEXT_LENGTH, dtype=np.float32)])
        rest = np.pad(rest, (0, -rest.size % VOICE_FRAME_LENGTH))
        self._waiting, self._n_waiting = [], 0
        self._pending.append(self._measure(rest))
        self._is_finished = True
        return self._predict()[-1]

    def _measure(self, block: Array) -> _PendingWindow:
        """Measure the hop that is complete, and the window that ends with it."""
        power = float(np.mean(np.square(block, dtype=np.float64)))
        latest = self._stream.measure(block)
        self._window.append(latest)
        window = frames.join(self._window)
        active = preparation.find_active(window.level)
        voiced = active & (window.voice > activity.VOICE_THRESHOLD)
        cut = windows.beginning(active, voiced)
        vector, seconds = None, 0.0
        found = windows.speech_of(window, cut)
        if found is not None:
            seconds = len(found) * FRAME_SECONDS
            vector = run_or_submit(self._helper, windows.measure, found, self._model.families)
        return _PendingWindow(
            end=self._n_fed,
            level=10.0 * np.log10(power) if power else -np.inf,
            levels=latest.level,
            voiced=voiced[-len(latest) :],
            n_frames=len(window) - cut,
            speech=seconds,
            vector=vector,
        )

    def _predict(self) -> list[WindowPrediction]:
        """Return the predictions of the pending windows, made in one batch."""
        pending, self._pending = self._pending, []
        vectors = [result_of(one.vector) for one in pending if one.vector is not None]
        rows = iter(list(self._model.predict_proba(np.stack(vectors))) if vectors else [])
        predicted = []
        for one in pending:
            row, prediction = None, None
            if one.vector is not None:
                row = next(rows)
                prediction = Prediction(
                    dict(zip(self._model.emotions, (row / row.sum()).tolist(), strict=True)),
                    threshold=self._model.calibration.threshold,
                )
            hop = Hop(one.levels, one.voiced, one.n_frames, one.speech, row)
            predicted.append(WindowPrediction(one.end / SAMPLE_RATE, prediction, one.level, hop))
        return predicted


def check_waveform(waveform: Array) -> None:
    """Raise FeatureError unless a waveform is one-dimensional, float32 and of finite numbers."""
    if waveform.ndim != 1 or waveform.dtype != np.float32:
        raise FeatureError("A recording is heard as one-dimensional float32 waveforms.")
    if not np.isfinite(waveform).all():
        raise FeatureError("The waveform holds values that are not finite numbers.")
