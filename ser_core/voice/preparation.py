"""From a waveform to the speech in it: silence removed, spectrum tilted, loudness evened.

That there is no speech is a result (`Speech.is_present` is false), never an exception.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.voice import activity

Array = NDArray[np.float32]

FRAME_LENGTH = SAMPLE_RATE // 50  # 320 samples: 20 ms
LOUD_PERCENTILE = 98.0  # of the levels that are not empty: how loud the voice gets, a click apart
NOTHING_DBFS = -200.0  # the level of a frame of zeros
EMPTY_DBFS = -190.0
"""Under this a frame holds nothing at all: what a program put there, and no microphone.

A single step of 16 bits among zeros lies at -115, and at -155 when all is turned down by 40 dB.

How much of it there is must not matter, or a second of zeros would change the answer.
"""
ACTIVE_RANGE_DB = 35.0  # a frame this far under the loud ones is silence
SILENCE_DBFS = -75.0
"""A recording whose loud frames lie under this holds nothing to hear.

The clips of the two corpora still lie over it when they are 20 dB quieter; at -60 every seventh of
RAVDESS did not.
"""
MARGIN_FRAMES = 3  # 60 ms kept around what is active: the onset of a consonant is quiet
LONGEST_PAUSE_FRAMES = 50  # 1 s: a longer pause is shortened to this
SHORTEST_SPEECH_SECONDS = 0.5  # of active frames; of a shorter sound there is too little to judge
STEADY_DB = 1.5
"""A sound whose level spreads less than this is a hum, a tone or a hiss, and no voice.

Between syllables a voice falls and rises: in the two corpora the standard deviation of the level of
active frames is never under 5.7 dB, and under white noise as loud as the voice itself never under
1.6; that of white noise alone is 0.3 dB, of a steady tone 0.
"""
PRE_EMPHASIS = 0.0
"""Off: the usual 0.97 makes no difference to features that are relative (docs/experiments.md)."""
TARGET_RMS = 0.1  # -20 dBFS


@dataclass(frozen=True, eq=False)
class Speech:
    """What is left of a recording when silence is taken away.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`, of RMS `TARGET_RMS`; empty if there is no
        speech.
    active
        (n_frames,) whether there is sound in each frame of `FRAME_LENGTH` of the recording; empty
        if there is no speech.
    """

    waveform: Array
    active: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """How much of the recording is speech, 0 to 1."""
        return float(self.active.mean()) if self.active.size else 0.0

    @property
    def is_present(self) -> bool:
        """Whether there is any speech."""
        return self.waveform.size > 0


NO_SPEECH = Speech(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.bool_))


def prepare(waveform: Array) -> Speech:
    """Find the speech of a recording and make it ready to be measured.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`.

    Returns
    -------
    Speech
        `NO_SPEECH` where nothing in the recording is loud, long and lively enough to be speech, or
        where what is has no voice in it (`voice_activity`).

    Raises
    ------
    ModelError
        The weights of `voice_activity` are missing.
    """
    level = levels(waveform)
    active = find_active(level)
    chosen = choose_frames(level, active)
    if not chosen.any():
        return NO_SPEECH
    frames = waveform[: active.size * FRAME_LENGTH].reshape(-1, FRAME_LENGTH)
    kept = frames[chosen].ravel()
    kept = kept - kept.mean()
    if not activity.is_heard(kept):
        return NO_SPEECH
    speech = normalise_loudness(pre_emphasise(kept, PRE_EMPHASIS))
    return Speech(speech, active)


def levels(waveform: Array) -> Array:
    """Give the level of each frame of `FRAME_LENGTH` samples, in dBFS.

    Parameters
    ----------
    waveform
        (n_samples,) float32.

    Returns
    -------
    ndarray
        (n_samples // FRAME_LENGTH,) float32; a constant offset counts for nothing.
    """
    n_frames = waveform.size // FRAME_LENGTH
    frames = waveform[: n_frames * FRAME_LENGTH].reshape(n_frames, FRAME_LENGTH)
    centred = frames - frames.mean(axis=1, keepdims=True)
    power = np.einsum("fs,fs->f", centred, centred) / FRAME_LENGTH
    return np.asarray(
        10.0 * np.log10(np.maximum(power, 10.0 ** (NOTHING_DBFS / 10.0))), dtype=np.float32
    )


def find_active(level: Array) -> NDArray[np.bool_]:
    """Tell for each frame whether it is loud enough to be speech.

    Parameters
    ----------
    level
        (n_frames,) float32, dBFS, from `levels`.

    Returns
    -------
    ndarray
        (n_frames,) bool; all false in silence.
    """
    heard = level[level > EMPTY_DBFS]
    if heard.size == 0:
        return np.zeros(level.size, dtype=np.bool_)
    # np.percentile takes ten times as long to see what it was given.
    position = LOUD_PERCENTILE / 100.0 * (heard.size - 1)
    below, above = math.floor(position), math.ceil(position)
    ordered = np.partition(heard, (below, above))
    loud = ordered[below] + (ordered[above] - ordered[below]) * np.float32(position - below)
    if loud < SILENCE_DBFS:
        return np.zeros(level.size, dtype=np.bool_)
    return np.asarray(level > loud - ACTIVE_RANGE_DB)


def is_lively(level: Array, active: NDArray[np.bool_]) -> bool:
    """Tell whether what is active is long enough, and rises and falls enough, to be speech."""
    if active.sum() * FRAME_LENGTH < SHORTEST_SPEECH_SECONDS * SAMPLE_RATE:
        return False
    return bool(level[active].std() >= STEADY_DB)


def pre_emphasise(waveform: Array, coefficient: float) -> Array:
    """Lift high frequencies by ``y[n] = x[n] - coefficient * x[n - 1]``; 0 leaves all as it is."""
    if coefficient == 0:
        return waveform
    emphasised = waveform.copy()
    emphasised[1:] -= np.float32(coefficient) * waveform[:-1]
    return emphasised


def normalise_loudness(waveform: Array, rms: float = TARGET_RMS) -> Array:
    """Scale a waveform to a root mean square of `rms`; silence stays silence."""
    present = (
        float(np.sqrt(np.mean(np.square(waveform, dtype=np.float64)))) if waveform.size else 0.0
    )
    if present == 0.0:
        return waveform
    return np.asarray(waveform * np.float32(rms / present), dtype=np.float32)


def choose_frames(level: Array, active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Choose active frames, a margin of sound around them, and pauses between up to the longest.

    None where what is active is too short or too steady to be speech.

    Parameters
    ----------
    level
        (n_frames,) float32, dBFS, from `levels`.
    active
        (n_frames,) bool, from `find_active`.

    Returns
    -------
    ndarray
        (n_frames,) bool.
    """
    if not is_lively(level, active):
        return np.zeros(active.size, dtype=np.bool_)
    is_sound = level > EMPTY_DBFS
    where = np.flatnonzero(active)
    frames = np.arange(active.size)
    after = np.searchsorted(where, frames)
    following = np.where(after < where.size, where[np.minimum(after, where.size - 1)], np.inf)
    before = np.searchsorted(where, frames, side="right") - 1
    preceding = np.where(before >= 0, where[np.maximum(before, 0)], -np.inf)
    near = (following - frames <= MARGIN_FRAMES) | (frames - preceding <= MARGIN_FRAMES)
    is_pause = np.isfinite(following) & np.isfinite(preceding)
    early_in_pause = is_pause & (frames - preceding <= LONGEST_PAUSE_FRAMES)
    return np.asarray((near & (is_sound | is_pause)) | early_in_pause)
