"""Live analysis of audio from a microphone, or of a file played at its own pace.

Where analysis takes longer than the audio lasts, the oldest audio is left out, so that what is
shown is of now.
"""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ser_core.audio import SAMPLE_RATE, AudioLimits, open_recording
from ser_core.features import extract_features
from ser_core.inference.analysis import Analysis, RunningAnalysis
from ser_core.inference.streaming import Listener, ListenerOptions, WindowPrediction
from ser_core.inference.timeline import Segment, Timeline
from ser_core.models import EmotionModel

Array = NDArray[np.float32]

MOST_BEHIND_SECONDS = 1.0  # or two hops, if they are longer: beyond that, audio is left out
PLAYED_BLOCK_SECONDS = 0.05  # of each block of a recording that is played

RECORDING_LIMITS = AudioLimits(max_bytes=2**31 - 1, max_seconds=2 * 3600.0)
"""Two hours: as many bytes as they take in stereo at 48 kHz, uncompressed."""


class Session:
    """A live analysis, from its beginning to its end.

    Its windows are shown as they come. The answer at its end is that of `analysis` for all that was
    heard, whatever windows were shown.

    Parameters
    ----------
    model
        The model that predicts.
    options
        Length of windows and hops.
    may_skip
        Whether audio may be left out when more comes at once than there was time for; False where
        the answer may come late.

    Attributes
    ----------
    late : int
        Number of hops that were left out.
    """

    def __init__(self, model: EmotionModel, *, options: ListenerOptions, may_skip: bool) -> None:
        self.late = 0
        self._listener = Listener(model, options=options)
        self._whole = RunningAnalysis(model)
        self._hop = round(options.hop * SAMPLE_RATE)
        self._most = max(2 * self._hop, round(MOST_BEHIND_SECONDS * SAMPLE_RATE))
        self._may_skip = may_skip
        self._n_fed = 0
        self._n_skipped = 0
        self._skips: list[tuple[float, float]] = []  # when the listener did not hear, how long

    def process(self, blocks: Iterable[Array]) -> Iterator[WindowPrediction]:
        """Analyse blocks as they come, until there are no more.

        Parameters
        ----------
        blocks
            Each (n_samples,) float32, mono at `audio.SAMPLE_RATE`, as they come.

        Yields
        ------
        WindowPrediction
            One for each hop that was analysed; its time includes what was left out.
        """
        for block in blocks:
            skipped = self._skipped(block.size)
            if skipped:
                self._skips.append((self._n_fed / SAMPLE_RATE, skipped / SAMPLE_RATE))
                self._n_skipped += skipped
                self.late += skipped // self._hop
            self._n_fed += block.size - skipped
            for predicted in self._listener.feed(block[skipped:]):
                yield replace(predicted, time=self._n_skipped / SAMPLE_RATE + predicted.time)
            self._whole.feed(block[skipped:])

    def finish(self) -> Analysis:
        """Return the analysis; what was left out belongs to the segment around it."""
        analysis = self._whole.finish()
        segments = (
            Segment(self._moved(one.start), self._moved(one.end), one.prediction)
            for one in analysis.timeline.segments
        )
        return replace(analysis, timeline=Timeline(tuple(segments)))

    def _skipped(self, n_samples: int) -> int:
        """Return how many samples of a block to leave out: whole hops, all but the newest."""
        if not self._may_skip or n_samples <= self._most:
            return 0
        return (n_samples // self._hop - 1) * self._hop

    def _moved(self, moment: float) -> float:
        """Return the time in the session, with what was left out, of a time in the analysis."""
        return moment + sum(length for start, length in self._skips if start < moment)


def warm_up(model: EmotionModel) -> None:
    """Load everything that the first answer needs, so that it comes in time.

    From then on linear algebra runs in one thread: on matrices this small, several threads take
    three times the work, waiting for one another.

    Parameters
    ----------
    model
        The model of the session.
    """
    threadpool_limits(1)
    noise = np.random.default_rng(0).normal(0.0, 0.1, SAMPLE_RATE).astype(np.float32)
    model.predict(extract_features(noise, families=model.families))
    Listener(model).feed(noise)


def read_recording(path: str | os.PathLike[str]) -> Array:
    """Read a file of one's own, which may be longer than what strangers send.

    Parameters
    ----------
    path
        A file in any container that `audio` decodes.

    Returns
    -------
    ndarray
        (n_samples,) float32, mono at `audio.SAMPLE_RATE`.

    Raises
    ------
    AudioError
        If the audio cannot be used.
    """
    with open_recording(path, limits=RECORDING_LIMITS) as recording:
        return np.concatenate(list(recording.waveforms()))


def play(waveform: Array, *, at_pace: bool) -> Iterator[Array]:
    """Yield a recording in blocks, as a microphone would.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `audio.SAMPLE_RATE`.
    at_pace
        Whether each block is yielded when it would have been recorded, or at once.

    Yields
    ------
    ndarray
        The blocks, of `PLAYED_BLOCK_SECONDS`.
    """
    step = round(PLAYED_BLOCK_SECONDS * SAMPLE_RATE)
    began = time.monotonic()
    for start in range(0, waveform.size, step):
        block = waveform[start : start + step]
        if at_pace:
            due = began + (start + block.size) / SAMPLE_RATE
            time.sleep(max(0.0, due - time.monotonic()))
        yield block
