"""Smoothing of the predictions of overlapping windows into the segments of a timeline.

Where there is a voice, and where a long silence, is known to 20 ms. Emotions are known of whole
windows: each moment has the weighted mean of the windows over it, in which a window counts most at
its middle. The Viterbi algorithm finds the most probable sequence of emotions, in which each change
has a cost; a change is then moved into the pause nearest to it. Segments that are far enough back
are final, and what they were derived from is dropped, so that memory does not grow.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ser_core.features import runs
from ser_core.inference.frames import CONTEXT_FRAMES, FRAME_SECONDS
from ser_core.inference.streaming import WindowPrediction
from ser_core.inference.timeline import Segment, Timeline
from ser_core.inference.windows import LONG_SILENCE_FRAMES
from ser_core.models import Prediction

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

LEAST_VOICE = 0.5  # seconds of voice in a stretch of speech; less is too little to judge
CELL_FRAMES = 10  # 200 ms: the resolution at which the emotion may change
CHANGE_PRICE = 0.15  # nats, summed over seconds: log-likelihood that a change must gain
EDGE_WEIGHT = 0.1  # of a window at its edge, relative to its middle
SNAP_SECONDS = 0.7  # by which a change is moved into a pause at most
SMOOTHED_FRAMES = 5  # 100 ms: moving average of the level in which the pause is sought
DEPTH_PRICE = 10.0  # dB for each second away: a nearer pause may be shallower
SMALLEST_PROBABILITY = 1e-6

KEPT_FRAMES = round(20.0 / FRAME_SECONDS)  # that stay open, since what follows may change them
MOST_FRAMES = round(60.0 / FRAME_SECONDS)  # open ones, from which on the older become final


@dataclass(frozen=True, eq=False)
class Window:
    """The prediction of one window.

    Parameters
    ----------
    start, end
        First frame, and one past the last, counted from the beginning of the recording.
    weight
        Seconds of speech in the window.
    probabilities
        (n_emotions,) float64: the probability of each emotion.
    """

    start: int
    end: int
    weight: float
    probabilities: NDArray[np.float64]


class TimelineSmoother:
    """The segments of a recording, derived from the predictions of a `Listener` as they come.

    Parameters
    ----------
    emotions
        The emotions, in the order of the columns.
    threshold
        Confidence threshold of the predictions.
    """

    def __init__(self, emotions: Sequence[str], threshold: float) -> None:
        self._emotions = tuple(emotions)
        self._threshold = threshold
        self._segments: list[Segment] = []  # final
        self._start = 0  # the first frame whose segment may still change
        self._level = np.zeros(0, dtype=np.float32)
        self._voiced = np.zeros(0, dtype=np.bool_)
        self._windows: list[Window] = []

    @property
    def n_frames(self) -> int:
        """Number of frames since the beginning."""
        return self._start + self._level.size

    @property
    def n_open_frames(self) -> int:
        """Frames whose segments may still change; never more than `MOST_FRAMES` and one hop."""
        return self._level.size

    def extend(self, predicted: WindowPrediction) -> None:
        """Append the next prediction of a listener."""
        hop = predicted.hop
        if hop is None:
            raise ValueError("this prediction has no measurements of its hop")
        self._level = np.concatenate([self._level, hop.levels])
        self._voiced = np.concatenate([self._voiced, hop.voiced])
        if hop.probabilities is not None:
            end = self.n_frames
            window = Window(end - hop.window_frames, end, hop.speech_seconds, hop.probabilities)
            self._windows.append(window)
        if self._level.size > MOST_FRAMES:
            self._settle()

    def timeline(self, duration: float) -> Timeline:
        """Return the timeline of the whole recording, which lasts `duration` seconds."""
        offset = CONTEXT_FRAMES * FRAME_SECONDS  # frames are delayed by this
        segments = []
        for segment in _merged([*self._segments, *self._open_segments()]):
            start, end = max(segment.start - offset, 0.0), min(segment.end - offset, duration)
            if end > 0 and start < duration:
                segments.append(Segment(start, end, segment.prediction))
        if segments:
            segments[-1] = replace(segments[-1], end=duration)
        elif duration:
            segments = [Segment(0.0, duration, None)]
        return Timeline(tuple(segments))

    def _settle(self) -> None:
        """Make segments final that are far enough back, and drop what they were derived from."""
        last = self.n_frames - KEPT_FRAMES
        segments = []
        for segment in self._open_segments():
            start, end = round(segment.start / FRAME_SECONDS), round(segment.end / FRAME_SECONDS)
            if start >= last:
                break
            end = min(end, last)
            segments.append(Segment(start * FRAME_SECONDS, end * FRAME_SECONDS, segment.prediction))
        self._segments = _merged([*self._segments, *segments])
        dropped = last - self._start
        self._level, self._voiced = self._level[dropped:], self._voiced[dropped:]
        self._start = last
        self._windows = [window for window in self._windows if window.end > last]

    def _open_segments(self) -> list[Segment]:
        segments: list[tuple[int, int, Prediction | None]] = []
        done = self._start
        for start, end in self._speech():
            segments.append((done, start, None))
            segments += self._segments_of_stretch(start, end)
            done = end
        segments.append((done, self.n_frames, None))
        return _merged(
            [
                Segment(start * FRAME_SECONDS, end * FRAME_SECONDS, prediction)
                for start, end, prediction in segments
                if end > start
            ]
        )

    def _speech(self) -> list[tuple[int, int]]:
        """Return the frames of each stretch of speech, between long silences."""
        voiced = runs(self._voiced)
        found: list[list[int]] = []
        for start, end in voiced.tolist():
            if found and start - found[-1][1] < LONG_SILENCE_FRAMES:
                found[-1][1:] = [end, found[-1][2] + end - start]
            else:
                found.append([start, end, end - start])
        stretches = [
            (start, end)
            for start, end, voice in found
            if voice * FRAME_SECONDS >= LEAST_VOICE or (start == 0 and self._segments)
        ]
        return [self._widened(start, end) for start, end in stretches]

    def _widened(self, start: int, end: int) -> tuple[int, int]:
        """Extend a stretch of speech to the ends of the open frames, where they are near."""
        start = 0 if start < LONG_SILENCE_FRAMES else start
        end = self._level.size if self._level.size - end < LONG_SILENCE_FRAMES else end
        return self._start + start, self._start + end

    def _segments_of_stretch(
        self, start: int, end: int
    ) -> list[tuple[int, int, Prediction | None]]:
        """Return the segments of a stretch of speech, in frames."""
        cells = np.unique(np.append(np.arange(start, end, CELL_FRAMES), end))
        evidence = self._evidence((cells[:-1] + cells[1:]) / 2)
        if evidence is None:
            return [(start, end, None)]
        log_likely = np.log(np.maximum(evidence, SMALLEST_PROBABILITY))
        seconds = np.diff(cells)[:, None] * FRAME_SECONDS
        path = _likeliest_path(log_likely * seconds, CHANGE_PRICE)
        changes = np.flatnonzero(np.diff(path)) + 1
        edges = [0, *changes.tolist(), len(path)]
        inner = [self._pause_near(int(cells[change])) for change in changes]
        borders = np.maximum.accumulate([start, *inner, end])
        return [
            (int(borders[i]), int(borders[i + 1]), self._prediction(evidence[a:b]))
            for i, (a, b) in enumerate(pairwise(edges))
        ]

    def _evidence(self, moments: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the mean of the windows over each moment, (n_moments, n_emotions), or None."""
        first, last = moments[0], moments[-1]
        near = [window for window in self._windows if window.start <= last and window.end >= first]
        if not near:
            return None
        middle = np.array([(window.start + window.end) / 2 for window in near])
        half = np.array([(window.end - window.start) / 2 for window in near])
        weight = np.array([window.weight for window in near])
        away = np.abs(moments[:, None] - middle) / half
        weights = weight * np.where(away < 1, 1.0 - (1.0 - EDGE_WEIGHT) * away, 0.0)
        # A moment that no window covers takes the nearest.
        alone = ~weights.any(axis=1)
        weights[alone, away[alone].argmin(axis=1)] = 1.0
        rows = np.stack([window.probabilities for window in near])
        return np.asarray(weights @ rows / weights.sum(axis=1, keepdims=True))

    def _pause_near(self, frame: int) -> int:
        """Return the middle of the quietest moment near a frame."""
        reach = round(SNAP_SECONDS / FRAME_SECONDS)
        here = frame - self._start
        start, end = max(here - reach, 0), min(here + reach + 1, self._level.size)
        kernel = np.full(SMOOTHED_FRAMES, 1 / SMOOTHED_FRAMES)
        around = np.pad(self._level[start:end], SMOOTHED_FRAMES // 2, mode="edge")
        smooth = np.convolve(around, kernel, mode="valid")
        smooth += DEPTH_PRICE * FRAME_SECONDS * np.abs(np.arange(start, end) - here)
        return self._start + start + int(smooth.argmin())

    def _prediction(self, rows: NDArray[np.float64]) -> Prediction:
        mean = rows.mean(axis=0)
        return Prediction(
            dict(zip(self._emotions, (mean / mean.sum()).tolist(), strict=True)),
            threshold=self._threshold,
        )


def _likeliest_path(scores: NDArray[np.float64], price: float) -> NDArray[np.intp]:
    """Return the column in each row whose sum, less the price of each change, is highest."""
    total = scores[0]
    came_from = np.empty(scores.shape, dtype=np.intp)
    for row, score in enumerate(scores[1:], start=1):
        best = int(total.argmax())
        stays = total >= total[best] - price
        came_from[row] = np.where(stays, np.arange(total.size), best)
        total = np.where(stays, total, total[best] - price) + score
    path = np.empty(len(scores), dtype=np.intp)
    path[-1] = total.argmax()
    for row in range(len(scores) - 1, 0, -1):
        path[row - 1] = came_from[row, path[row]]
    return path


def _merged(segments: Sequence[Segment]) -> list[Segment]:
    """Merge neighbours with the same label; the prediction is their mean, weighted by length.

    The label stays the same: a mean is no surer than the surer of two.
    """
    merged: list[Segment] = []
    for segment in segments:
        if segment.duration <= 0:
            continue
        if merged and merged[-1].label == segment.label:
            segment = _merge_two(merged.pop(), segment)
        merged.append(segment)
    return merged


def _merge_two(one: Segment, other: Segment) -> Segment:
    if one.prediction is None or other.prediction is None:
        return Segment(one.start, other.end, None)
    share = one.duration / (one.duration + other.duration)
    probabilities = {
        name: share * likely + (1 - share) * other.prediction.probabilities[name]
        for name, likely in one.prediction.probabilities.items()
    }
    return Segment(one.start, other.end, Prediction(probabilities, one.prediction.threshold))
