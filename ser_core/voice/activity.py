"""Voice activity detection, for speech and song, by Silero VAD."""

import numpy as np
import soxr
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.voice import silero
from ser_core.voice.silero import CHUNK_LENGTH

Array = NDArray[np.float32]

SLOWDOWN = 1.4
"""Factor by which the sound is slowed down, and so lowered in pitch, for the network.

The network was trained on calm speech and misses high, excited voices: at the original speed it
missed 1.8 % of the recordings and accepted 1.5 % of the other sounds that this factor was chosen
on; slowed down, it made no error (docs/experiments.md).
"""
RMS_LEVELS = (0.2, 0.3)
"""Root mean squares that the sound is scaled to; the second is tried if the first finds too little.

At times the network misses a voice at one level and finds it at another.
"""
MAX_PEAK = 1.0
VOICE_THRESHOLD = 0.5  # probability above which a chunk counts as voice
MIN_SECONDS = 0.5  # of voice, in a sound of 1.25 to 10 s
MIN_SHARE_SHORT = 0.4
"""Share of a shorter sound that must be voice: 0.2 s of voice in half a second is a word."""
MIN_SHARE_LONG = 0.05
"""Share of a longer sound that must be voice: in long recordings, false detections add up."""
SHORT_SECONDS = MIN_SECONDS / MIN_SHARE_SHORT  # 1.25: a sound no longer than this is short
REPEATED_THRESHOLD = 0.3
"""Probability above which a chunk of a short sound counts as voice when it is repeated.

The network needs about 0.3 s to notice a voice, which is as long as a short word. So a short sound
is played twice, at its own speed, and judged the second time (docs/experiments.md).
"""
BLOCK_CHUNKS = 32  # chunks that are processed before `stop_at` is checked

SLOWED_RATE = SAMPLE_RATE * SLOWDOWN  # Hz; a second of the sound resampled to this lasts SLOWDOWN s
VOICE_FRAME_LENGTH = SAMPLE_RATE // 50  # 320 samples, 20 ms: frames of levels and of voice activity
SLOWED_FRAME_LENGTH = round(VOICE_FRAME_LENGTH * SLOWDOWN)  # 448 samples, exactly
CHUNK_SECONDS = CHUNK_LENGTH / SLOWED_RATE  # 23 ms of the original sound


def has_voice(waveform: Array) -> bool:
    """Return whether there is enough voice in a sound, by `required_seconds`.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`, with silence removed; of any loudness.

    Raises
    ------
    ModelError
        The weights of Silero VAD are missing.
    """
    if waveform.size == 0:
        return False
    required = required_seconds(waveform.size / SAMPLE_RATE)
    return any(
        voiced_seconds(waveform, rms=rms, stop_at=required) >= required for rms in RMS_LEVELS
    ) or is_short_voice(waveform)


def is_short_voice(waveform: Array) -> bool:
    """Return whether a sound is short, and there is enough voice in it when it is repeated.

    Parameters
    ----------
    waveform
        (n_samples,) float32, as in `has_voice`.

    Raises
    ------
    ModelError
        The weights of Silero VAD are missing.
    """
    seconds = waveform.size / SAMPLE_RATE
    current = _rms(waveform)
    if current == 0.0 or seconds > SHORT_SECONDS:
        return False
    padded = np.pad(_scaled(waveform, RMS_LEVELS[0] / current), (0, -waveform.size % CHUNK_LENGTH))
    windows = silero.split(np.tile(padded, 2))
    network = silero.load()
    probabilities, _ = network.decode(network.encode(windows), silero.initial_state())
    second = probabilities[len(windows) // 2 :]
    voiced = int((second > REPEATED_THRESHOLD).sum()) * CHUNK_LENGTH / SAMPLE_RATE
    return voiced >= required_seconds(seconds)


def required_seconds(seconds: float) -> float:
    """Return the seconds of voice that are required in a sound of a duration in seconds."""
    return max(min(MIN_SECONDS, MIN_SHARE_SHORT * seconds), MIN_SHARE_LONG * seconds)


def voiced_seconds(
    waveform: Array, *, rms: float = RMS_LEVELS[0], stop_at: float = np.inf
) -> float:
    """Return the duration of voice in a sound.

    Parameters
    ----------
    waveform
        (n_samples,) float32, as in `has_voice`.
    rms
        Root mean square that the sound is scaled to.
    stop_at
        Seconds of voice after which the rest is not processed.

    Returns
    -------
    float
        In seconds, up to where the processing stopped.

    Raises
    ------
    ModelError
        The weights of Silero VAD are missing.
    """
    current = _rms(waveform)
    if current == 0.0:
        return 0.0
    network = silero.load()
    slowed = soxr.resample(waveform, SAMPLE_RATE, SLOWED_RATE, quality="QQ")
    windows = silero.split(_scaled(slowed, rms / current))
    state = silero.initial_state()
    seconds = 0.0
    for start in range(0, len(windows), BLOCK_CHUNKS):
        encoded = network.encode(windows[start : start + BLOCK_CHUNKS])
        probabilities, state = network.decode(encoded, state)
        seconds += int((probabilities > VOICE_THRESHOLD).sum()) * CHUNK_SECONDS
        if seconds >= stop_at:
            break
    return seconds


class VoiceActivityStream:
    """Voice activity detection in a sound that arrives block by block.

    The state of the network is kept between blocks, so that each is processed only once.
    """

    def __init__(self) -> None:
        self._network = silero.load()
        self._state = silero.initial_state()
        # The last chunk, as the context of the next, and the samples of the next so far.
        self._slowed = np.zeros(CHUNK_LENGTH, dtype=np.float32)
        self._last_probability = np.float32(0.0)

    def process(self, block: Array, *, margin: int, rms: float) -> Array:
        """Return the probability of voice in each frame of the next block.

        Parameters
        ----------
        block
            (margin + n * VOICE_FRAME_LENGTH + margin,) float32, mono at `SAMPLE_RATE`: the block,
            with the samples before and after it.
        margin
            Number of samples before and after the block, a multiple of `VOICE_FRAME_LENGTH`.
        rms
            Root mean square of the voice, if there is one; 0 in silence.

        Returns
        -------
        ndarray
            (n,) float32, 0 to 1. A chunk may end up to 23 ms after the block; the last frames then
            have the probability of the chunk before.
        """
        n_frames = (block.size - 2 * margin) // VOICE_FRAME_LENGTH
        n_skipped = margin // VOICE_FRAME_LENGTH * SLOWED_FRAME_LENGTH
        slowed = soxr.resample(block, SAMPLE_RATE, SLOWED_RATE, quality="QQ")[n_skipped:]
        slowed = slowed[: n_frames * SLOWED_FRAME_LENGTH]
        slowed = _scaled(slowed, RMS_LEVELS[0] / rms if rms else 0.0)
        n_pending = self._slowed.size - CHUNK_LENGTH  # samples of the chunk that is incomplete
        self._slowed = np.concatenate([self._slowed, slowed])
        windows = silero.split(self._slowed)[1:]  # the first is the last chunk of the block before
        by_chunk = np.full(1, self._last_probability)
        if len(windows):
            encoded = self._network.encode(windows)
            probabilities, self._state = self._network.decode(encoded, self._state)
            self._last_probability = probabilities[-1]
            by_chunk = np.concatenate([probabilities, probabilities[-1:]])
        self._slowed = self._slowed[len(windows) * CHUNK_LENGTH :]
        centres = n_pending + (np.arange(n_frames) + 0.5) * SLOWED_FRAME_LENGTH
        chunk = np.minimum(centres // CHUNK_LENGTH, len(by_chunk) - 1).astype(np.intp)
        return np.asarray(by_chunk[chunk], dtype=np.float32)


def _rms(waveform: Array) -> float:
    """Return the root mean square; 0 where there are no samples."""
    return float(np.sqrt(np.mean(np.square(waveform, dtype=np.float64)))) if waveform.size else 0.0


def _scaled(waveform: Array, gain: float) -> Array:
    return np.asarray(np.clip(waveform * np.float32(gain), -MAX_PEAK, MAX_PEAK), dtype=np.float32)
