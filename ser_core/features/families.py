"""Families of features: which numbers each has, and how they are measured on a `Sound`.

Spectral contrast and tonnetz are librosa's. What is said of a contour are `summaries`; prosody,
voice quality and spectral shape, which carry most of what is heard, are said most about.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product

import librosa
import numpy as np
import scipy.fft
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.features import contours, functionals, rhythm
from ser_core.features import summaries as say
from ser_core.features.sound import N_MFCC, Sound
from ser_core.features.summaries import Summary
from ser_core.signal import FRAME_LENGTH, FRAME_RATE, N_CHROMA, N_MELS

Array = NDArray[np.float32]

N_MFCC_FOLLOWED = 13  # the first, whose course over syllables and runs is said too
N_CONTRAST = 7  # librosa's octave bands: six and the rest
N_TONNETZ = 6
N_COARSE_BANDS = 16  # groups of neighbouring mel bands whose course is said in full
MODULATION_EDGES_HZ = (0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 25.0)
N_MODULATED_BANDS = 8  # groups of neighbouring mel bands
MODULATION_FFT_LENGTH = 1024  # frames: about 0.1 Hz a bin


@dataclass(frozen=True)
class Part:
    """Contours, and what is said of them.

    Parameters
    ----------
    rows
        A name for each contour.
    contours
        Sound → (len(rows), n_frames) float32.
    summaries
        What is said of each.
    """

    rows: Sequence[str]
    contours: Callable[[Sound], Array]
    summaries: Sequence[Summary]

    @property
    def names(self) -> tuple[str, ...]:
        """One for each number."""
        return tuple(
            f"{row}.{name}"
            for summary in self.summaries
            for row, name in product(self.rows, summary.names)
        )


@dataclass(frozen=True)
class Numbers:
    """Numbers that are not said contour by contour.

    Parameters
    ----------
    names
        One for each number.
    measure
        Sound → (len(names),) float32.
    """

    names: tuple[str, ...]
    measure: Callable[[Sound], Array]


def _numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number:02d}" for number in range(1, count + 1)]


def _relative_log_mel(sound: Sound) -> Array:
    log_mel = sound.spectrum.log_mel
    return np.asarray(log_mel - log_mel.mean(), dtype=np.float32)


def _coarse(rows: Array, count: int) -> Array:
    """Average groups of neighbouring bands, (n_bands, n_frames) → (count, n_frames)."""
    means = rows.reshape(count, -1, rows.shape[1]).mean(axis=1)
    return np.asarray(means, dtype=np.float32)


def _contrast(sound: Sound) -> Array:
    rows = librosa.feature.spectral_contrast(
        S=sound.spectrum.magnitude, sr=SAMPLE_RATE, n_fft=FRAME_LENGTH
    )
    return rows.astype(np.float32)


def _tonnetz(sound: Sound) -> Array:
    rows = librosa.feature.tonnetz(chroma=sound.spectrum.chroma, sr=SAMPLE_RATE)
    return rows.astype(np.float32)


_CORRELATED_SHAPES = {
    "centroid": "centroid_khz",
    "alpha_ratio": "alpha_ratio_db",
    "slope": "slope_500_1500_db",
    "flux": "flux",
}
_CORRELATED = ("pitch", "loudness", "harmonics_to_noise", *_CORRELATED_SHAPES)


def _correlations(sound: Sound) -> Array:
    """Correlate the contours of `_CORRELATED`, where there is voice."""
    shapes = [contours.SHAPE_NAMES.index(name) for name in _CORRELATED_SHAPES.values()]
    rows = [sound.pitch[0], sound.loudness[1], sound.voice_quality[0], *sound.shape[shapes]]
    return functionals.correlations(np.stack(rows)[:, sound.track.voiced])


_MODULATED = (*(f"band_{band + 1}" for band in range(N_MODULATED_BANDS)), "loudness", "pitch")
_MODULATION_NAMES = tuple(
    f"{row}.{low:g}_{high:g}hz" for row in _MODULATED for low, high in pairwise(MODULATION_EDGES_HZ)
)
_MODULATION_BINS = [
    math.ceil(edge * MODULATION_FFT_LENGTH / FRAME_RATE) for edge in MODULATION_EDGES_HZ
]  # the first of each band, and the first beyond


def _modulation(sound: Sound) -> Array:
    """Return the log share of each band of modulation frequencies in slow contours."""
    bands = _coarse(sound.spectrum.log_mel, N_MODULATED_BANDS)
    rows = np.stack([*bands, sound.loudness[0], sound.pitch[0]])
    rows = rows[:, :MODULATION_FFT_LENGTH]
    rows = rows - rows.mean(axis=1, keepdims=True)
    window = np.hanning(rows.shape[1] + 2)[1:-1].astype(np.float32)
    spectra = np.abs(scipy.fft.rfft(rows * window, n=MODULATION_FFT_LENGTH, axis=1)) ** 2
    energy = np.add.reduceat(spectra, _MODULATION_BINS, axis=1)[:, :-1]
    share = energy / (energy.sum(axis=1, keepdims=True) + 1e-9)
    return np.asarray(np.log(share + 1e-3), dtype=np.float32).ravel()


FAMILIES: dict[str, tuple[Part | Numbers, ...]] = {
    "mfcc": (
        Part(_numbered("", N_MFCC), lambda sound: sound.mfcc, [say.LIGHT]),
        Part(
            _numbered("", N_MFCC_FOLLOWED),
            lambda sound: sound.mfcc[:N_MFCC_FOLLOWED],
            [say.SYLLABLES, say.RUNS],
        ),
    ),
    "mel": (
        Part(_numbered("band_", N_MELS), _relative_log_mel, [say.LIGHT]),
        Part(_numbered("rasta_", N_MELS), lambda sound: sound.rasta, [say.SPREAD]),
        Part(
            _numbered("coarse_", N_COARSE_BANDS),
            lambda sound: _coarse(_relative_log_mel(sound), N_COARSE_BANDS),
            [say.FULL, say.DELTA],
        ),
        Part(
            _numbered("coarse_rasta_", N_COARSE_BANDS),
            lambda sound: _coarse(sound.rasta, N_COARSE_BANDS),
            [say.FULL],
        ),
    ),
    "chroma": (Part(_numbered("", N_CHROMA), lambda sound: sound.spectrum.chroma, [say.LIGHT]),),
    "contrast": (Part(_numbered("band_", N_CONTRAST), _contrast, [say.LIGHT]),),
    "tonnetz": (Part(_numbered("", N_TONNETZ), _tonnetz, [say.LIGHT]),),
    "prosody": (
        Part(
            contours.PITCH_NAMES,
            lambda sound: sound.pitch,
            [say.BRIDGED_FULL, say.VOICED_DELTA, say.DELTA_MOVEMENT, say.SYLLABLES, say.RUNS],
        ),
        Part(
            contours.LOUDNESS_NAMES,
            lambda sound: sound.loudness,
            [say.FULL, say.DELTA, say.DELTA_MOVEMENT, say.VOICED_LEVEL, say.SYLLABLES, say.RUNS],
        ),
        Numbers(
            tuple(f"correlation.{one}_{two}" for one, two in combinations(_CORRELATED, 2)),
            _correlations,
        ),
        Numbers(
            tuple(f"rhythm.{name}" for name in rhythm.NAMES),
            lambda sound: rhythm.measure(sound.track, sound.loudness[0]),
        ),
    ),
    "voice": (
        Part(
            contours.VOICE_NAMES,
            lambda sound: sound.voice_quality,
            [say.VOICED_FULL, say.VOICED_DELTA, say.SYLLABLES, say.RUNS],
        ),
    ),
    "shape": (
        Part(
            contours.SHAPE_NAMES,
            lambda sound: sound.shape,
            [
                say.FULL,
                say.DELTA,
                say.DELTA_MOVEMENT,
                say.LIGHT,
                say.LOUDEST_THIRD,
                say.SYLLABLES,
                say.RUNS,
            ],
        ),
    ),
    "modulation": (Numbers(_MODULATION_NAMES, _modulation),),
}
"""All families, by name, in the order in which their numbers stand in the vector."""
