"""Whether there is a voice in a sound, spoken or sung: how many seconds of it a network hears."""

import numpy as np
import soxr
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.voice import silero
from ser_core.voice.silero import CHUNK_LENGTH

Array = NDArray[np.float32]

SLOWED = 1.4
"""The sound is played to the network this many times slower, and so lower.

The network learned from calm talk and takes a high, excited voice for something else: as it is, it
refuses 1.8 % of the recordings and accepts 1.5 % of the other sounds that this was chosen with;
slowed, not one of either (docs/experiments.md).
"""
LOUDNESSES = (0.2, 0.3)
"""Root mean squares at which it hears the sound: at the second only if the first gives too little.

Now and then it goes deaf at one loudness and not at another.
"""
HIGHEST_PEAK = 1.0
LIKELY = 0.5  # a chunk that is more probably a voice than this counts as one
LEAST_SECONDS = 0.5  # of voice; no other sound that this was chosen with had over 0.43
LEAST_SHARE = 0.05
"""Of the sound: what passes for a voice adds up in a long recording of something else."""
BLOCK_CHUNKS = 32  # heard at once; then it is asked whether that is enough

SLOWED_RATE = SAMPLE_RATE * SLOWED  # Hz, at which the slowed sound has as many samples a second
FRAME_LENGTH = SAMPLE_RATE // 50  # 320 samples, 20 ms: what a `Follower` gives its answers for
SLOW_FRAME_LENGTH = round(FRAME_LENGTH * SLOWED)  # 448; whole, so that frames can be counted
CHUNK_SECONDS = CHUNK_LENGTH / SLOWED_RATE  # 23 ms of the sound as it was


def is_heard(waveform: Array) -> bool:
    """Tell whether there is enough voice in a sound.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`, without its silences and of any loudness.

    Returns
    -------
    bool
        Whether `LEAST_SECONDS`, and `LEAST_SHARE` of all, is voice.

    Raises
    ------
    ModelError
        The network's weights are missing.
    """
    enough = enough_seconds(waveform.size / SAMPLE_RATE)
    return any(
        voiced_seconds(waveform, loudness=loudness, enough=enough) >= enough
        for loudness in LOUDNESSES
    )


def enough_seconds(seconds: float) -> float:
    """Return how many seconds of voice there must be in a sound of so many seconds."""
    return max(LEAST_SECONDS, LEAST_SHARE * seconds)


def voiced_seconds(
    waveform: Array, *, loudness: float = LOUDNESSES[0], enough: float = np.inf
) -> float:
    """Measure how much voice there is in a sound.

    Parameters
    ----------
    waveform
        As `is_heard` takes it.
    loudness
        The root mean square to hear it at.
    enough
        Seconds of voice after which the rest need not be heard.

    Returns
    -------
    float
        Seconds; of the part that was heard.

    Raises
    ------
    ModelError
        The network's weights are missing.
    """
    mean_square = float(np.mean(np.square(waveform, dtype=np.float64))) if waveform.size else 0.0
    if mean_square == 0.0:
        return 0.0
    network = silero.load()
    slow = soxr.resample(waveform, SAMPLE_RATE, SLOWED_RATE, quality="QQ")
    slow *= np.float32(loudness / np.sqrt(mean_square))
    windows = silero.cut(np.clip(slow, -HIGHEST_PEAK, HIGHEST_PEAK))
    memory = silero.no_memory()
    seconds = 0.0
    for start in range(0, len(windows), BLOCK_CHUNKS):
        encoded = network.encode(windows[start : start + BLOCK_CHUNKS])
        probabilities, memory = network.remember(encoded, memory)
        seconds += int((probabilities > LIKELY).sum()) * CHUNK_SECONDS
        if seconds >= enough:
            break
    return seconds


class Follower:
    """Tells where there is a voice in a sound that is given piece by piece.

    The network remembers what it heard in the pieces before, so each is heard only once.
    """

    def __init__(self) -> None:
        self._network = silero.load()
        self._memory = silero.no_memory()
        self._slow = np.zeros(CHUNK_LENGTH, dtype=np.float32)  # the last chunk, and the next's part
        self._likely = np.float32(0.0)  # of the last chunk

    def hear(self, sound: Array, *, margin: int, rms: float) -> Array:
        """Hear the next piece.

        Parameters
        ----------
        sound
            (margin + n * FRAME_LENGTH + margin,) float32, mono at `SAMPLE_RATE`: a piece, with what
            comes before and after it.
        margin
            A number of samples, a multiple of `FRAME_LENGTH`.
        rms
            The root mean square of the voice, if it is one; 0 in silence.

        Returns
        -------
        ndarray
            (n,) float32: how probable a voice is in each frame, 0 to 1. A chunk ends up to 23 ms
            after a piece; the last frames have the answer for the chunk before.
        """
        n_frames = (sound.size - 2 * margin) // FRAME_LENGTH
        skipped = margin // FRAME_LENGTH * SLOW_FRAME_LENGTH
        slow = soxr.resample(sound, SAMPLE_RATE, SLOWED_RATE, quality="QQ")[skipped:]
        slow = slow[: n_frames * SLOW_FRAME_LENGTH]
        gain = np.float32(LOUDNESSES[0] / rms if rms else 0.0)
        slow = np.clip(slow * gain, -HIGHEST_PEAK, HIGHEST_PEAK)
        left = self._slow.size - CHUNK_LENGTH  # of samples that were in no chunk yet
        self._slow = np.concatenate([self._slow, slow])
        windows = silero.cut(self._slow)[1:]  # the first was heard before
        found = np.full(1, self._likely)
        if len(windows):
            encoded = self._network.encode(windows)
            probabilities, self._memory = self._network.remember(encoded, self._memory)
            self._likely = probabilities[-1]
            found = np.concatenate([probabilities, probabilities[-1:]])
        self._slow = self._slow[len(windows) * CHUNK_LENGTH :]
        centres = left + (np.arange(n_frames) + 0.5) * SLOW_FRAME_LENGTH
        chunk = np.minimum(centres // CHUNK_LENGTH, len(found) - 1).astype(np.intp)
        return np.asarray(found[chunk], dtype=np.float32)
