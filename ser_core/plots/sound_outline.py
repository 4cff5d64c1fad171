"""Waveform outline and mel spectrogram of a recording for a picture, in little memory.

Audio goes in block by block and is not kept. What is kept of it is fine enough for a picture of a
few seconds, and is made coarser for one of hours.
"""

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.signal import spectrum

PEAK_LENGTH = 40  # samples: 2.5 ms
BAND_FRAMES = 2  # frames of the spectrum that are kept as one: 20 ms
BAND_LENGTH = BAND_FRAMES * spectrum.HOP_LENGTH  # samples
BLOCK_LENGTH = 30 * SAMPLE_RATE  # samples that are transformed at once
DYNAMIC_RANGE = 60.0  # dB below the loudest that a spectrogram shows

Array = NDArray[np.float32]


class SoundOutline:
    """The outline and the mel spectrum of a sound of any length."""

    def __init__(self) -> None:
        self.n_samples = 0
        self._left = np.zeros(0, dtype=np.float32)  # too short yet for a frame of either
        self._lows: list[Array] = []
        self._highs: list[Array] = []
        self._bands: list[Array] = []

    @property
    def duration(self) -> float:
        """Duration of what was fed, in seconds."""
        return self.n_samples / SAMPLE_RATE

    def feed(self, waveform: Array) -> None:
        """Add the next block, (n_samples,) float32, mono at `audio.SAMPLE_RATE`."""
        self.n_samples += waveform.size
        sound = np.concatenate([self._left, waveform])
        whole = sound.size // BAND_LENGTH * BAND_LENGTH
        for start in range(0, whole, BLOCK_LENGTH):
            self._draw(sound[start : min(start + BLOCK_LENGTH, whole)])
        self._left = sound[whole:]

    def _draw(self, sound: Array) -> None:
        peaks = sound.reshape(-1, PEAK_LENGTH)
        self._lows.append(peaks.min(axis=1))
        self._highs.append(peaks.max(axis=1))
        mel = spectrum.compute(sound).mel[:, : sound.size // spectrum.HOP_LENGTH]
        self._bands.append(mel.reshape(spectrum.N_MELS, -1, BAND_FRAMES).mean(axis=2))

    def peaks(self, n_columns: int) -> tuple[Array, Array]:
        """Return the lowest and the highest sample in each of at most so many columns.

        Returns
        -------
        tuple
            Twice (n,) float32, n > 0.
        """
        ends = np.array([self._left.min(initial=0.0)]), np.array([self._left.max(initial=0.0)])
        lows, highs = (
            np.concatenate([*kept, end]).astype(np.float32)
            for kept, end in zip((self._lows, self._highs), ends, strict=True)
        )
        starts = _starts(lows.size, n_columns)
        return np.minimum.reduceat(lows, starts), np.maximum.reduceat(highs, starts)

    def decibels(self, n_columns: int) -> Array:
        """Return the mel spectrogram in at most so many columns.

        Returns
        -------
        ndarray
            (N_MELS, n) float32, n > 0, in dB: the loudest is `DYNAMIC_RANGE`, the least 0.
        """
        if not self._bands:
            return np.zeros((spectrum.N_MELS, 1), dtype=np.float32)
        bands = np.concatenate(self._bands, axis=1)
        starts = _starts(bands.shape[1], n_columns)
        power = np.maximum.reduceat(bands, starts, axis=1)
        loudest = max(float(power.max()), spectrum.TINY_POWER)
        floor = 10.0 ** (-DYNAMIC_RANGE / 10.0)
        levels = 10.0 * np.log10(np.maximum(power / loudest, floor)) + DYNAMIC_RANGE
        return np.asarray(np.clip(levels, 0.0, DYNAMIC_RANGE), dtype=np.float32)


def outline_of(waveform: Array) -> SoundOutline:
    """Return the outline of a waveform, (n_samples,) float32, mono at `audio.SAMPLE_RATE`."""
    outline = SoundOutline()
    outline.feed(waveform)
    return outline


def _starts(n_values: int, n_columns: int) -> NDArray[np.intp]:
    """Return the index at which each column begins."""
    n_columns = min(n_values, n_columns)
    return (np.arange(n_columns) * n_values) // n_columns
