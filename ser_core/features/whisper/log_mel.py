"""Whisper's log-mel spectrogram, computed as the encoder was trained on it.

It differs from `signal.Spectrum` in its window, its filters, and in that levels are relative to the
loudest moment.
"""

from functools import cache

import numpy as np
import scipy.fft
import scipy.signal
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.signal import mel_filters

Array = NDArray[np.float32]

N_MELS = 80  # of most models; large-v3 has 128
FRAME_LENGTH = 400  # samples: 25 ms
HOP_LENGTH = 160  # samples: 10 ms
FRAME_RATE = SAMPLE_RATE // HOP_LENGTH  # frames per second
MIN_SAMPLES = FRAME_LENGTH // 2 + 1  # fewer cannot be reflected at the ends

_MIN_POWER = np.float32(1e-10)
_RANGE = np.float32(8.0)  # decades of power below the loudest


def log_mel(waveform: Array, *, n_mels: int = N_MELS) -> Array:
    """Return the log-mel spectrogram.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`; at least `MIN_SAMPLES`.

    Returns
    -------
    ndarray
        (n_mels, n_samples // HOP_LENGTH) float32, about -1 to 1.5; frames are centred on multiples
        of `HOP_LENGTH`.
    """
    padded = np.pad(waveform, FRAME_LENGTH // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME_LENGTH)[::HOP_LENGTH][:-1]
    spectrum = scipy.fft.rfft(frames * _window(), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    bands = mel_filters(n_mels=n_mels, frame_length=FRAME_LENGTH) @ power.T
    levels = np.log10(np.maximum(bands, _MIN_POWER))
    return np.asarray((np.maximum(levels, levels.max() - _RANGE) + 4) / 4, dtype=np.float32)


@cache
def _window() -> Array:
    """Return the periodic Hann window, (FRAME_LENGTH,) float32."""
    return np.asarray(scipy.signal.get_window("hann", FRAME_LENGTH), dtype=np.float32)
