"""Families of features: which numbers each has, and how they are measured on a `Sound`.

Mel-frequency cepstral coefficients, spectral contrast and tonnetz are librosa's, and are summarised
lightly; prosody, voice quality and spectral shape, which carry most of what is heard, in full.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations, pairwise, product

import librosa
import numpy as np
import scipy.fft
from numpy.typing import NDArray

from ser_core import contours, functionals, rhythm
from ser_core.audio import SAMPLE_RATE
from ser_core.sound import Sound
from ser_core.spectrum import FRAME_LENGTH, FRAME_RATE, N_CHROMA, N_MELS

Array = NDArray[np.float32]

N_MFCC = 40
N_CONTRAST = 7  # librosa's octave bands: six and the rest
N_TONNETZ = 6
MODULATION_EDGES_HZ = (0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 25.0)
N_MODULATED_BANDS = 8  # groups of neighbouring mel bands
MODULATION_FFT_LENGTH = 1024  # frames: about 0.1 Hz a bin


@dataclass(frozen=True)
class Family:
    """A family of features: the names of its numbers, and how they are measured.

    Parameters
    ----------
    names
        One for each number, without the family's own name.
    measure
        Sound → (len(names),) float32.
    """

    names: tuple[str, ...]
    measure: Callable[[Sound], Array]


LIGHT_NAMES = ("mean", "sd", "delta_sd", "voiced_mean", "voiced_sd", "voiced_minus_unvoiced")


def _light(rows: Array, voiced: NDArray[np.bool_]) -> Array:
    """Summarise contours by the numbers of `LIGHT_NAMES`."""
    over_all = functionals.level(rows)
    moving = functionals.level(functionals.delta(rows))[:, 1:]
    with_voice = functionals.level(rows[:, voiced])
    without = functionals.level(rows[:, ~voiced])[:, :1]
    contrast = with_voice[:, :1] - without if voiced.any() and not voiced.all() else 0 * without
    return np.concatenate([over_all, moving, with_voice, contrast], axis=1).ravel()


def _light_names(rows: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{row}.{functional}" for row, functional in product(rows, LIGHT_NAMES))


def _mfcc(sound: Sound) -> Array:
    coefficients = librosa.feature.mfcc(S=sound.spectrum.log_mel, sr=SAMPLE_RATE, n_mfcc=N_MFCC)
    return _light(coefficients.astype(np.float32, copy=False), sound.track.voiced)


def _mel(sound: Sound) -> Array:
    log_mel = sound.spectrum.log_mel
    light = _light(log_mel - log_mel.mean(), sound.track.voiced)
    return np.concatenate([light, contours.rasta(log_mel).std(axis=1)])


def _chroma(sound: Sound) -> Array:
    return _light(sound.spectrum.chroma, sound.track.voiced)


def _contrast(sound: Sound) -> Array:
    rows = librosa.feature.spectral_contrast(
        S=sound.spectrum.magnitude, sr=SAMPLE_RATE, n_fft=FRAME_LENGTH
    )
    return _light(rows.astype(np.float32), sound.track.voiced)


def _tonnetz(sound: Sound) -> Array:
    rows = librosa.feature.tonnetz(chroma=sound.spectrum.chroma, sr=SAMPLE_RATE)
    return _light(rows.astype(np.float32), sound.track.voiced)


_FULL = functionals.DISTRIBUTION_NAMES + functionals.MOVEMENT_NAMES
_DELTA = functionals.DISTRIBUTION_NAMES


def _full_names(rows: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{row}.{functional}" for row, functional in product(rows, _FULL))


def _delta_names(rows: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{row}.delta.{functional}" for row, functional in product(rows, _DELTA))


def _full(rows: Array, *, heard: Array | None = None) -> Array:
    """Summarise contours in full; `heard` are the same rows where the distribution counts."""
    spread = functionals.distribution(rows if heard is None else heard)
    return np.concatenate([spread, functionals.movement(rows)], axis=1).ravel()


_CORRELATED = (
    "pitch",
    "loudness",
    "harmonics_to_noise",
    "centroid",
    "alpha_ratio",
    "slope",
    "flux",
)


def _correlated(sound: Sound) -> Array:
    """Stack the contours of `_CORRELATED`, where there is voice."""
    rows = [
        sound.pitch[0],
        sound.loudness[1],
        sound.voice_quality[0],
        sound.shape[contours.SHAPE_NAMES.index("centroid_khz")],
        sound.shape[contours.SHAPE_NAMES.index("alpha_ratio_db")],
        sound.shape[contours.SHAPE_NAMES.index("slope_500_1500_db")],
        sound.shape[contours.SHAPE_NAMES.index("flux")],
    ]
    return np.stack(rows)[:, sound.track.voiced]


def _prosody(sound: Sound) -> Array:
    voiced = sound.track.voiced
    pitch_delta = functionals.delta(sound.pitch)
    return np.concatenate(
        [
            _full(sound.pitch, heard=sound.pitch[:, voiced]),
            functionals.distribution(pitch_delta[:, voiced]).ravel(),
            _full(sound.loudness),
            functionals.distribution(functionals.delta(sound.loudness)).ravel(),
            functionals.level(sound.loudness[:, voiced]).ravel(),
            functionals.correlations(_correlated(sound)),
            rhythm.measure(sound.track, sound.loudness[0]),
        ]
    )


_PROSODY_NAMES = (
    *_full_names(contours.PITCH_NAMES),
    *_delta_names(contours.PITCH_NAMES),
    *_full_names(contours.LOUDNESS_NAMES),
    *_delta_names(contours.LOUDNESS_NAMES),
    *(f"{name}.voiced_{what}" for name in contours.LOUDNESS_NAMES for what in ("mean", "sd")),
    *(f"correlation.{one}_{other}" for one, other in combinations(_CORRELATED, 2)),
    *(f"rhythm.{name}" for name in rhythm.NAMES),
)


def _voice(sound: Sound) -> Array:
    voiced = sound.track.voiced
    quality = sound.voice_quality[:, voiced]
    changes = functionals.delta(sound.voice_quality)[:, voiced]
    return np.concatenate(
        [
            _full(quality) if voiced.any() else np.zeros(_N_VOICE, np.float32),
            functionals.distribution(changes).ravel(),
        ]
    )


_VOICE_FULL_NAMES = _full_names(contours.VOICE_NAMES)
_N_VOICE = len(_VOICE_FULL_NAMES)


def _shape(sound: Sound) -> Array:
    voiced = sound.track.voiced
    changes = functionals.delta(sound.shape)
    return np.concatenate(
        [
            _full(sound.shape),
            functionals.distribution(changes).ravel(),
            _light(sound.shape, voiced),
            _loudest_third(sound),
        ]
    )


def _loudest_third(sound: Sound) -> Array:
    """Say how the loudest third of the frames differs from the rest, for each shape contour."""
    loud = sound.loudness[0]
    is_loud = loud >= np.quantile(loud, 2 / 3)
    rest = functionals.level(sound.shape[:, ~is_loud])[:, 0]
    return functionals.level(sound.shape[:, is_loud])[:, 0] - rest


_SHAPE_NAMES = (
    *_full_names(contours.SHAPE_NAMES),
    *_delta_names(contours.SHAPE_NAMES),
    *(f"{name}" for name in _light_names(f"{row}.light" for row in contours.SHAPE_NAMES)),
    *(f"{row}.loudest_third" for row in contours.SHAPE_NAMES),
)

_MODULATED = (*(f"band_{band + 1}" for band in range(N_MODULATED_BANDS)), "loudness", "pitch")
_MODULATION_NAMES = tuple(
    f"{row}.{low:g}_{high:g}hz" for row in _MODULATED for low, high in pairwise(MODULATION_EDGES_HZ)
)


def _modulation(sound: Sound) -> Array:
    """Give the log share of each band of modulation frequencies in slow contours."""
    bands = [
        part.mean(axis=0) for part in np.array_split(sound.spectrum.log_mel, N_MODULATED_BANDS)
    ]
    rows = np.stack([*bands, sound.loudness[0], sound.pitch[0]])
    rows = rows[:, :MODULATION_FFT_LENGTH] - rows[:, :MODULATION_FFT_LENGTH].mean(
        axis=1, keepdims=True
    )
    window = np.hanning(rows.shape[1] + 2)[1:-1].astype(np.float32)
    spectra = np.abs(scipy.fft.rfft(rows * window, n=MODULATION_FFT_LENGTH, axis=1)) ** 2
    rate = np.arange(spectra.shape[1]) * FRAME_RATE / MODULATION_FFT_LENGTH
    inside = [
        spectra[:, (rate >= low) & (rate < high)].sum(axis=1)
        for low, high in pairwise(MODULATION_EDGES_HZ)
    ]
    energy = np.stack(inside, axis=1)
    share = energy / (energy.sum(axis=1, keepdims=True) + 1e-9)
    return np.asarray(np.log(share + 1e-3), dtype=np.float32).ravel()


FAMILIES: dict[str, Family] = {
    "mfcc": Family(_light_names(f"{i + 1:02d}" for i in range(N_MFCC)), _mfcc),
    "mel": Family(
        (
            *_light_names(f"band_{i + 1:02d}" for i in range(N_MELS)),
            *(f"band_{i + 1:02d}.rasta_sd" for i in range(N_MELS)),
        ),
        _mel,
    ),
    "chroma": Family(_light_names(f"{i + 1:02d}" for i in range(N_CHROMA)), _chroma),
    "contrast": Family(_light_names(f"band_{i + 1}" for i in range(N_CONTRAST)), _contrast),
    "tonnetz": Family(_light_names(f"{i + 1}" for i in range(N_TONNETZ)), _tonnetz),
    "prosody": Family(_PROSODY_NAMES, _prosody),
    "voice": Family((*_VOICE_FULL_NAMES, *_delta_names(contours.VOICE_NAMES)), _voice),
    "shape": Family(_SHAPE_NAMES, _shape),
    "modulation": Family(_MODULATION_NAMES, _modulation),
}
"""All families, by name, in the order in which their numbers stand in the vector."""
