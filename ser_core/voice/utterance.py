"""Endpoint detection: an utterance, from the first voice to the silence after it."""

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.voice import activity
from ser_core.voice.preparation import SILENCE_DBFS, levels, prepare

Array = NDArray[np.float32]

STEP_SECONDS = 0.2  # between two checks for voice
WINDOW_SECONDS = 1.2  # in which a check looks for voice; so much silence ends an utterance
MIN_VOICE_SECONDS = 0.25  # of voice in the window at which an utterance begins
MAX_RESIDUAL_SECONDS = 0.1  # of false detections in noise, below which an utterance ends
LEAD_SECONDS = 2.0  # kept from before the detection of the beginning
MAX_SECONDS = 60.0  # of sound, after which an utterance is complete
SILENCE_RANGE_DB = 35.0  # below the loudest frame; a window below that is silent

STEP = round(STEP_SECONDS * SAMPLE_RATE)
WINDOW = round(WINDOW_SECONDS * SAMPLE_RATE)
LEAD = round(LEAD_SECONDS * SAMPLE_RATE)
MAX_LENGTH = round(MAX_SECONDS * SAMPLE_RATE)


class Utterance:
    """An utterance that is detected while its sound arrives.

    Attributes
    ----------
    has_begun : bool
        Whether a voice was detected.
    is_complete : bool
        Whether silence followed the voice, or the maximum length is reached.
    """

    def __init__(self) -> None:
        self.has_begun = False
        self.is_complete = False
        self._sound = np.zeros(0, dtype=np.float32)
        self._n_checked = 0
        self._n_fed = 0

    @property
    def waveform(self) -> Array:
        """(n_samples,) float32: the utterance, with some silence around it."""
        return self._sound

    def feed(self, waveform: Array) -> None:
        """Append the next block of sound; what follows the end of the utterance is ignored.

        Parameters
        ----------
        waveform
            (n_samples,) float32, mono at `audio.SAMPLE_RATE`.

        Raises
        ------
        ModelError
            The weights of Silero VAD are missing.
        """
        for start in range(0, waveform.size, STEP):
            if self.is_complete:
                return
            self._sound = np.concatenate([self._sound, waveform[start : start + STEP]])
            self._n_fed += min(STEP, waveform.size - start)
            if self._sound.size - self._n_checked >= STEP:
                self._check()
                self._n_checked = self._sound.size

    def _check(self) -> None:
        """Update whether the utterance has begun and is complete."""
        recent = self._sound[-WINDOW:]
        seconds = _voiced_seconds(recent)
        if not self.has_begun:
            # The network may miss a short word unless it is repeated, as `prepare` does.
            self.has_begun = seconds >= MIN_VOICE_SECONDS or prepare(recent).is_present
        elif recent.size == WINDOW:
            loudest = float(levels(self._sound).max())
            is_quiet = float(levels(recent).max()) < loudest - SILENCE_RANGE_DB
            self.is_complete = is_quiet or seconds < MAX_RESIDUAL_SECONDS
        if not self.has_begun:
            self._sound = self._sound[-LEAD:]
        self.is_complete = self.is_complete or self._n_fed >= MAX_LENGTH


def _voiced_seconds(waveform: Array) -> float:
    """Return the duration of voice in seconds; 0 if the sound is too quiet."""
    level = levels(waveform)
    if level.size == 0 or float(level.max()) < SILENCE_DBFS:
        return 0.0
    return activity.voiced_seconds(waveform)
