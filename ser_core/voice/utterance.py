"""An utterance: what somebody says, from the first voice to the silence after it."""

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.voice import activity
from ser_core.voice.preparation import SILENCE_DBFS, levels

Array = NDArray[np.float32]

STEP_SECONDS = 0.2  # from one look for a voice to the next
LOOK_SECONDS = 1.2  # looked back over; as much silence ends an utterance
LEAST_VOICE_SECONDS = 0.25  # of these, to begin
MOST_LEFT_SECONDS = 0.1  # of these, to end: of noise, a little may pass for a voice
LEAD_SECONDS = 2.0  # kept from before the beginning was noticed
LONGEST_SECONDS = 60.0  # after which it counts as complete
SILENCE_RANGE_DB = 35.0  # so far under the loudest part there is silence

STEP = round(STEP_SECONDS * SAMPLE_RATE)
LOOK = round(LOOK_SECONDS * SAMPLE_RATE)
LEAD = round(LEAD_SECONDS * SAMPLE_RATE)
LONGEST = round(LONGEST_SECONDS * SAMPLE_RATE)


class Utterance:
    """Takes in sound until somebody has spoken and fallen silent again.

    Attributes
    ----------
    has_begun : bool
        Whether there was a voice.
    is_complete : bool
        Whether there was silence after it, or it is as long as it may be.
    """

    def __init__(self) -> None:
        self.has_begun = False
        self.is_complete = False
        self._sound = np.zeros(0, dtype=np.float32)
        self._looked_at = 0  # samples of it
        self._n_fed = 0

    @property
    def waveform(self) -> Array:
        """(n_samples,) float32: the utterance, and some silence around it."""
        return self._sound

    def feed(self, waveform: Array) -> None:
        """Take in the next piece of sound.

        Parameters
        ----------
        waveform
            (n_samples,) float32, mono at `audio.SAMPLE_RATE`; what comes after the end is left out.

        Raises
        ------
        ModelError
            The weights of `voice_activity` are missing.
        """
        for start in range(0, waveform.size, STEP):
            if self.is_complete:
                return
            self._sound = np.concatenate([self._sound, waveform[start : start + STEP]])
            self._n_fed += min(STEP, waveform.size - start)
            if self._sound.size - self._looked_at >= STEP:
                self._look()
                self._looked_at = self._sound.size

    def _look(self) -> None:
        recent = self._sound[-LOOK:]
        seconds = _voiced_seconds(recent)
        if not self.has_begun:
            self.has_begun = seconds >= LEAST_VOICE_SECONDS
        elif recent.size == LOOK:
            loudest = float(levels(self._sound).max())
            is_quiet = float(levels(recent).max()) < loudest - SILENCE_RANGE_DB
            self.is_complete = is_quiet or seconds < MOST_LEFT_SECONDS
        if not self.has_begun:
            self._sound = self._sound[-LEAD:]
        self.is_complete = self.is_complete or self._n_fed >= LONGEST


def _voiced_seconds(waveform: Array) -> float:
    """Measure how much voice there is, of no sound that is too quiet to be one."""
    level = levels(waveform)
    if level.size == 0 or float(level.max()) < SILENCE_DBFS:
        return 0.0
    return activity.voiced_seconds(waveform)
