"""One short-time Fourier transform, and what every spectral family of features reads from it.

Frames are `HOP_LENGTH` apart, so that a contour has 100 values a second everywhere in `ser_core`.
The filter banks have librosa's numbers; they are computed once in a process and kept.
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
"""A floor under every logarithm, as a share of the recording's own mean power in that place.

It hides what lies 40 dB under the voice, which is the room's and the codec's more than the voice's.
"""

_MEL_HZ = 200.0 / 3.0  # of one mel, up to 1 kHz
_MEL_STEP = np.log(6.4) / 27.0  # of one mel, from there on: the logarithm of two frequencies' ratio
TINY_POWER = 1e-30  # instead of a power of 0, where one divides by it

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The power spectrogram of a prepared waveform, and what follows from it.

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
        """(N_BINS, n_frames) float32, the square root of the power."""
        return np.sqrt(self.power)

    @cached_property
    def mel(self) -> Array:
        """(N_MELS, n_frames) float32, power in mel bands."""
        return mel_filters() @ self.power

    @cached_property
    def log_mel(self) -> Array:
        """(N_MELS, n_frames) float32, mel power in dB over the recording's noise floor."""
        floor = NOISE_FLOOR * max(float(self.mel.mean()), TINY_POWER)
        # numpy takes several natural logarithms at a time, of decimal ones one by one.
        decibels = np.float32(10.0 / np.log(10.0))
        above = self.mel / np.float32(floor) + np.float32(1.0)
        return np.asarray(decibels * np.log(above), dtype=np.float32)

    @cached_property
    def chroma(self) -> Array:
        """(N_CHROMA, n_frames) float32, energy by pitch class, the largest of a frame being 1."""
        raw = chroma_filters() @ self.power
        loudest = np.maximum(raw.max(axis=0, keepdims=True), TINY_POWER)
        return np.asarray(raw / loudest, dtype=np.float32)


def frequencies() -> Array:
    """Return the centre of every bin of a `Spectrum`, (N_BINS,) float32, in Hz."""
    return np.arange(N_BINS, dtype=np.float32) * np.float32(BIN_WIDTH)


@cache
def mel_filters() -> Array:
    """Return a (Slaney) mel filter bank, (N_MELS, N_BINS) float32.

    The numbers are those of librosa.filters.mel, which takes 60 MB and a quarter of a second to
    import; a test compares them.
    """
    edges = mel_edges()
    ramps = edges[:, None] - frequencies()
    width = np.diff(edges)[:, None]
    triangles = np.minimum(-ramps[:-2] / width[:-1], ramps[2:] / width[1:])
    filters = np.maximum(0.0, triangles).astype(np.float32)
    filters *= 2.0 / (edges[2:] - edges[:-2])[:, None]
    return filters


def mel_edges() -> NDArray[np.float64]:
    """Return where mel filters begin, have their top (the next one's beginning) and end, in Hz.

    (N_MELS + 2,): equally far apart on Slaney's scale, which is straight to 1 kHz, logarithmic on.
    """
    mel = 1000.0 / _MEL_HZ
    highest = mel + np.log(SAMPLE_RATE / 2 / 1000.0) / _MEL_STEP
    mels = np.linspace(0.0, highest, N_MELS + 2)
    return np.where(mels < mel, mels * _MEL_HZ, 1000.0 * np.exp(_MEL_STEP * (mels - mel)))


@cache
def chroma_filters() -> Array:
    """Return librosa's chroma filter bank at standard tuning, (N_CHROMA, N_BINS) float32."""
    return np.asarray(
        librosa.filters.chroma(sr=SAMPLE_RATE, n_fft=FRAME_LENGTH, n_chroma=N_CHROMA, tuning=0.0),
        dtype=np.float32,
    )


def compute(waveform: Array) -> Spectrum:
    """Compute the short-time Fourier transform of a waveform.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`; at least one sample.

    Returns
    -------
    Spectrum
        With 1 + n_samples // HOP_LENGTH frames, each centred on a multiple of `HOP_LENGTH`.
    """
    # What librosa.stft gives, to the bit, without what it asks about its arguments and its cache.
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
