"""Preparation of a waveform for feature extraction: silence removed and loudness normalised.

A recording without speech is a result (`Speech.is_present` is False), not an exception.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.voice import activity
from ser_core.voice.activity import VOICE_FRAME_LENGTH

Array = NDArray[np.float32]

LOUD_PERCENTILE = 98.0  # of the levels of frames that are not empty: the voice without clicks
ZERO_DBFS = -200.0  # level of a frame of zeros
EMPTY_DBFS = -190.0
"""Level below which a frame is empty: written by a program, not recorded by a microphone.

A single step of 16 bits among zeros is at -115 dBFS, and at -155 dBFS if its gain is reduced by
40 dB. Empty frames are left out of the percentile, or a second of zeros would change the result.
"""
ACTIVE_RANGE_DB = 35.0  # a frame is silent if its level is this far below that of loud frames
SILENCE_DBFS = -75.0
"""A recording whose loud frames are below this level is silent.

The clips of the two corpora are still above it with 20 dB less; with a threshold of -60, every
seventh clip of RAVDESS would not be.
"""
MARGIN_FRAMES = 3  # 60 ms kept around active frames, since consonants begin quietly
MAX_PAUSE_FRAMES = 50  # 1 s; longer pauses are shortened to this
MIN_SPEECH_SECONDS = 0.15  # of active frames; the shortest of 300 spoken digits has 0.18
MIN_LEVEL_SD_DB = 1.5
"""Standard deviation of the level below which a sound is a hum, a tone or a hiss.

The level of a voice varies with its syllables: in the two corpora, the standard deviation over
active frames is at least 5.7 dB, and at least 1.6 dB under white noise as loud as the voice. That
of white noise is 0.3 dB, that of a steady tone 0.
"""
PRE_EMPHASIS = 0.0
"""None: the usual 0.97 makes no difference to relative features (docs/experiments.md)."""
TARGET_RMS = 0.1  # -20 dBFS


@dataclass(frozen=True, eq=False)
class Speech:
    """The speech in a recording, without silence.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`, of RMS `TARGET_RMS`; empty if there is no
        speech.
    active
        (n_frames,) bool: which frames of `VOICE_FRAME_LENGTH` samples of the recording are active;
        empty if there is no speech.
    """

    waveform: Array
    active: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """The share of active frames in the recording, 0 to 1."""
        return float(self.active.mean()) if self.active.size else 0.0

    @property
    def is_present(self) -> bool:
        """Whether there is any speech."""
        return self.waveform.size > 0


EMPTY_SPEECH = Speech(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.bool_))


def prepare(waveform: Array) -> Speech:
    """Return the speech in a recording, ready for feature extraction.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`.

    Returns
    -------
    Speech
        `EMPTY_SPEECH` if the recording is too quiet, too short or too steady, or `activity` finds
        no voice in it.

    Raises
    ------
    ModelError
        The weights of Silero VAD are missing.
    """
    level = levels(waveform)
    active = find_active(level)
    chosen = choose_frames(level, active)
    if not chosen.any():
        return EMPTY_SPEECH
    frames = waveform[: active.size * VOICE_FRAME_LENGTH].reshape(-1, VOICE_FRAME_LENGTH)
    kept = frames[chosen].ravel()
    kept = kept - kept.mean()
    if not activity.has_voice(kept):
        return EMPTY_SPEECH
    speech = normalise_loudness(pre_emphasise(kept, PRE_EMPHASIS))
    return Speech(speech, active)


def levels(waveform: Array) -> Array:
    """Return the level of each frame of `VOICE_FRAME_LENGTH` samples, without its offset, in dBFS.

    Parameters
    ----------
    waveform
        (n_samples,) float32.

    Returns
    -------
    ndarray
        (n_samples // VOICE_FRAME_LENGTH,) float32.
    """
    n_frames = waveform.size // VOICE_FRAME_LENGTH
    frames = waveform[: n_frames * VOICE_FRAME_LENGTH].reshape(n_frames, VOICE_FRAME_LENGTH)
    centred = frames - frames.mean(axis=1, keepdims=True)
    power = np.einsum("fs,fs->f", centred, centred) / VOICE_FRAME_LENGTH
    return np.asarray(
        10.0 * np.log10(np.maximum(power, 10.0 ** (ZERO_DBFS / 10.0))), dtype=np.float32
    )


def find_active(level: Array) -> NDArray[np.bool_]:
    """Return which frames are loud enough to be speech.

    Parameters
    ----------
    level
        (n_frames,) float32, dBFS, from `levels`.

    Returns
    -------
    ndarray
        (n_frames,) bool; all False in silence.
    """
    not_empty = level[level > EMPTY_DBFS]
    if not_empty.size == 0:
        return np.zeros(level.size, dtype=np.bool_)
    # Ten times as fast as np.percentile, whose checks take longer than the computation.
    position = LOUD_PERCENTILE / 100.0 * (not_empty.size - 1)
    below, above = math.floor(position), math.ceil(position)
    ordered = np.partition(not_empty, (below, above))
    loud = ordered[below] + (ordered[above] - ordered[below]) * np.float32(position - below)
    if loud < SILENCE_DBFS:
        return np.zeros(level.size, dtype=np.bool_)
    return np.asarray(level > loud - ACTIVE_RANGE_DB)


def varies_like_speech(level: Array, active: NDArray[np.bool_]) -> bool:
    """Return whether there are enough active frames, and their level varies enough, for speech."""
    if active.sum() * VOICE_FRAME_LENGTH < MIN_SPEECH_SECONDS * SAMPLE_RATE:
        return False
    return bool(level[active].std() >= MIN_LEVEL_SD_DB)


def pre_emphasise(waveform: Array, coefficient: float) -> Array:
    """Emphasise high frequencies: ``y[n] = x[n] - coefficient * x[n - 1]``; 0 changes nothing."""
    if coefficient == 0:
        return waveform
    emphasised = waveform.copy()
    emphasised[1:] -= np.float32(coefficient) * waveform[:-1]
    return emphasised


def normalise_loudness(waveform: Array, rms: float = TARGET_RMS) -> Array:
    """Scale a waveform to a root mean square; zeros remain zeros."""
    current = (
        float(np.sqrt(np.mean(np.square(waveform, dtype=np.float64)))) if waveform.size else 0.0
    )
    if current == 0.0:
        return waveform
    return np.asarray(waveform * np.float32(rms / current), dtype=np.float32)


def choose_frames(level: Array, active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which frames to keep: active ones, margins around them, and pauses up to a maximum.

    Parameters
    ----------
    level
        (n_frames,) float32, dBFS, from `levels`.
    active
        (n_frames,) bool, from `find_active`.

    Returns
    -------
    ndarray
        (n_frames,) bool; all False if there is no speech by `varies_like_speech`.
    """
    if not varies_like_speech(level, active):
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
    early_in_pause = is_pause & (frames - preceding <= MAX_PAUSE_FRAMES)
    return np.asarray((near & (is_sound | is_pause)) | early_in_pause)
