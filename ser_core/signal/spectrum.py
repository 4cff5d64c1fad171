"""The short-time Fourier transform and the mel and chroma spectrograms that are derived from it.

Frames are `HOP_LENGTH` apart, so that every contour in `ser_core` has 100 values per second. The
filter banks are those of librosa, computed once in a process.
"""

from dataclasses import dataclass
from functools import cache, cached_property

import librosa
import numpy as np
import scipy.fft
import scipy.signal
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE

FRAME_RATE = 100  # frames per second
HOP_LENGTH = SAMPLE_RATE // FRAME_RATE  # 160 samples: 10 ms
FRAME_LENGTH = 512  # samples: 32 ms, a few periods of the lowest voice
N_BINS = FRAME_LENGTH // 2 + 1
BIN_WIDTH = SAMPLE_RATE / FRAME_LENGTH  # 31.25 Hz
N_MELS = 64
N_CHROMA = 12
NOISE_FLOOR = 1e-4
"""Added before every logarithm, as a share of the mean power over the recording.

It masks what is 40 dB under the voice, which comes from the room and the codec more than from the
voice.
"""

_LINEAR_HZ_PER_MEL = 200.0 / 3.0  # of Slaney's mel scale, up to 1 kHz
_LOG_STEP_PER_MEL = np.log(6.4) / 27.0  # above: logarithm of the ratio of two frequencies
TINY_POWER = 1e-30  # in place of 0 in a denominator

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The power spectrogram of a waveform, with the spectrograms that are derived from it.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`.
    power
        (N_BINS, n_frames) float32, squared magnitude.
    """

    waveform: Array
    power: Array

    @property
    def n_frames(self) -> int:
        """Number of frames, `HOP_LENGTH` samples apart."""
        return int(self.power.shape[1])

    @cached_property
    def magnitude(self) -> Array:
        """(N_BINS, n_frames) float32: magnitude spectrogram."""
        return np.sqrt(self.power)

    @cached_property
    def mel(self) -> Array:
        """(N_MELS, n_frames) float32: mel spectrogram, of power."""
        return mel_filters() @ self.power

    @cached_property
    def log_mel(self) -> Array:
        """(N_MELS, n_frames) float32: log-mel spectrogram, in dB above the noise floor."""
        floor = NOISE_FLOOR * max(float(self.mel.mean()), TINY_POWER)
        # numpy vectorises the natural logarithm, but not the decimal one.
        decibels = np.float32(10.0 / np.log(10.0))
        above = self.mel / np.float32(floor) + np.float32(1.0)
        return np.asarray(decibels * np.log(above), dtype=np.float32)

    @cached_property
    def chroma(self) -> Array:
        """(N_CHROMA, n_frames) float32: chromagram, with a maximum of 1 in each frame."""
        raw = chroma_filters() @ self.power
        loudest = np.maximum(raw.max(axis=0, keepdims=True), TINY_POWER)
        return np.asarray(raw / loudest, dtype=np.float32)


def frequencies() -> Array:
    """Return the centre frequencies of the bins of a `Spectrum`, (N_BINS,) float32, in Hz."""
    return np.arange(N_BINS, dtype=np.float32) * np.float32(BIN_WIDTH)


@cache
def mel_filters(*, n_mels: int = N_MELS, frame_length: int = FRAME_LENGTH) -> Array:
    """Return Slaney's mel filter bank, (n_mels, frame_length // 2 + 1) float32.

    A test compares it with `librosa.filters.mel`, whose import takes 60 MB and a quarter of a
    second.

    Parameters
    ----------
    frame_length
        Of the frames whose power is filtered, in samples.
    """
    edges = mel_edges(n_mels)
    bins = np.arange(frame_length // 2 + 1, dtype=np.float32)
    ramps = edges[:, None] - bins * np.float32(SAMPLE_RATE / frame_length)
    width = np.diff(edges)[:, None]
    triangles = np.minimum(-ramps[:-2] / width[:-1], ramps[2:] / width[1:])
    filters = np.maximum(0.0, triangles).astype(np.float32)
    filters *= 2.0 / (edges[2:] - edges[:-2])[:, None]
    return filters


def mel_edges(n_mels: int = N_MELS) -> NDArray[np.float64]:
    """Return the edges of the mel filters, (n_mels + 2,), in Hz.

    Filter ``i`` begins at edge ``i``, has its peak at ``i + 1`` and ends at ``i + 2``. The edges
    are equally spaced on Slaney's mel scale, which is linear up to 1 kHz and logarithmic above.
    """
    mel_at_1_khz = 1000.0 / _LINEAR_HZ_PER_MEL
    max_mel = mel_at_1_khz + np.log(SAMPLE_RATE / 2 / 1000.0) / _LOG_STEP_PER_MEL
    mels = np.linspace(0.0, max_mel, n_mels + 2)
    linear = mels * _LINEAR_HZ_PER_MEL
    logarithmic = 1000.0 * np.exp(_LOG_STEP_PER_MEL * (mels - mel_at_1_khz))
    return np.where(mels < mel_at_1_khz, linear, logarithmic)


@cache
def chroma_filters() -> Array:
    """Return librosa's chroma filter bank at standard tuning, (N_CHROMA, N_BINS) float32."""
    return np.asarray(
        librosa.filters.chroma(sr=SAMPLE_RATE, n_fft=FRAME_LENGTH, n_chroma=N_CHROMA, tuning=0.0),
        dtype=np.float32,
    )


def compute(waveform: Array) -> Spectrum:
    """Return the power spectrogram of a waveform, by a short-time Fourier transform.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`; at least one sample.

    Returns
    -------
    Spectrum
        Of 1 + n_samples // HOP_LENGTH frames, each centred on a multiple of `HOP_LENGTH`.
    """
    # Equal to librosa.stft, bit by bit, without its checks of arguments and its cache.
    padded = np.zeros(waveform.size + FRAME_LENGTH, dtype=np.float32)
    padded[FRAME_LENGTH // 2 : FRAME_LENGTH // 2 + waveform.size] = waveform
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME_LENGTH)[::HOP_LENGTH]
    stft = scipy.fft.rfft(frames * _window(), axis=1).astype(np.complex64)
    power = stft.real**2 + stft.imag**2
    return Spectrum(waveform=waveform, power=np.ascontiguousarray(power.T))


@cache
def _window() -> NDArray[np.float64]:
    """Return the periodic Hann window, (FRAME_LENGTH,)."""
    return np.asarray(scipy.signal.get_window("hann", FRAME_LENGTH), dtype=np.float64)
