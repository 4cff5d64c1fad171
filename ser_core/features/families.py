"""Feature families: the features of each, and how they are computed from a `Sound`.

Besides `FAMILIES` there is one for each encoder that is kept on this machine, ``whisper:NAME``.

Spectral contrast and tonnetz are librosa's. The functionals of contours are in `summaries`;
prosody, voice quality and spectral shape, the most informative contours, have most of them.
"""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise, product
from pathlib import Path

import librosa
import numpy as np
import scipy.fft
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.errors import FeatureError
from ser_core.features import contours, functionals, rhythm, summaries
from ser_core.features.sound import N_MFCC, Sound
from ser_core.features.summaries import Summary
from ser_core.features.whisper import (
    WHISPER_BASE,
    Encoder,
    keep_encoder,
    load_kept_encoder,
    load_weights,
)
from ser_core.signal import FRAME_LENGTH, FRAME_RATE, N_CHROMA, N_MELS

Array = NDArray[np.float32]

N_MFCC_IN_RUNS = 13  # the first coefficients, which also have functionals of syllables and runs
N_CONTRAST = 7  # bands of librosa's spectral contrast: six octaves and the rest
N_TONNETZ = 6
N_COARSE_BANDS = 16  # groups of neighbouring mel bands, with full summaries
MODULATION_EDGES_HZ = (0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 25.0)
N_MODULATED_BANDS = 8  # groups of neighbouring mel bands
MODULATION_FFT_LENGTH = 1024  # frames, for bins of about 0.1 Hz


@dataclass(frozen=True)
class ContourFeatures:
    """Features that are functionals of single contours.

    Parameters
    ----------
    contour_names
        A name for each contour.
    contours
        Sound → (len(contour_names), n_frames) float32.
    summaries
        Computed of each contour.
    """

    contour_names: Sequence[str]
    contours: Callable[[Sound], Array]
    summaries: Sequence[Summary]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features."""
        return tuple(
            f"{contour}.{functional}"
            for summary in self.summaries
            for contour, functional in product(self.contour_names, summary.names)
        )


@dataclass(frozen=True)
class SoundFeatures:
    """Features of a sound that are not functionals of single contours.

    Parameters
    ----------
    names
        The names of the features.
    compute
        Sound → (len(names),) float32.
    """

    names: tuple[str, ...]
    compute: Callable[[Sound], Array]


def _numbered(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number:02d}" for number in range(1, count + 1)]


def _relative_log_mel(sound: Sound) -> Array:
    log_mel = sound.spectrum.log_mel
    return np.asarray(log_mel - log_mel.mean(), dtype=np.float32)


def _coarse(bands: Array, n_groups: int) -> Array:
    """Average groups of neighbouring bands, (n_bands, n_frames) → (n_groups, n_frames)."""
    means = bands.reshape(n_groups, -1, bands.shape[1]).mean(axis=1)
    return np.asarray(means, dtype=np.float32)


def _contrast(sound: Sound) -> Array:
    contrast = librosa.feature.spectral_contrast(
        S=sound.spectrum.magnitude, sr=SAMPLE_RATE, n_fft=FRAME_LENGTH
    )
    return contrast.astype(np.float32)


def _tonnetz(sound: Sound) -> Array:
    tonnetz = librosa.feature.tonnetz(chroma=sound.spectrum.chroma, sr=SAMPLE_RATE)
    return tonnetz.astype(np.float32)


_CORRELATED_SHAPES = {
    "centroid": "centroid_khz",
    "alpha_ratio": "alpha_ratio_db",
    "slope": "slope_500_1500_db",
    "flux": "flux",
}
_CORRELATED = ("pitch", "loudness", "harmonics_to_noise", *_CORRELATED_SHAPES)


def _correlations(sound: Sound) -> Array:
    """Return the correlations of the contours of `_CORRELATED` in voiced frames."""
    shapes = [contours.SHAPE_NAMES.index(name) for name in _CORRELATED_SHAPES.values()]
    rows = [sound.pitch[0], sound.loudness[1], sound.voice_quality[0], *sound.shape[shapes]]
    return functionals.correlations(np.stack(rows)[:, sound.track.voiced])


_MODULATED = (*(f"band_{band + 1}" for band in range(N_MODULATED_BANDS)), "loudness", "pitch")
_MODULATION_NAMES = tuple(
    f"{contour}.{low:g}_{high:g}hz"
    for contour in _MODULATED
    for low, high in pairwise(MODULATION_EDGES_HZ)
)
_MODULATION_BINS = [
    math.ceil(edge * MODULATION_FFT_LENGTH / FRAME_RATE) for edge in MODULATION_EDGES_HZ
]  # the first bin of each band, and the first beyond the last band


def _modulation(sound: Sound) -> Array:
    """Return the modulation spectra of the contours of `_MODULATED`, as log shares of bands."""
    bands = _coarse(sound.spectrum.log_mel, N_MODULATED_BANDS)
    rows = np.stack([*bands, sound.loudness[0], sound.pitch[0]])
    rows = rows[:, :MODULATION_FFT_LENGTH]
    rows = rows - rows.mean(axis=1, keepdims=True)
    window = np.hanning(rows.shape[1] + 2)[1:-1].astype(np.float32)
    spectra = np.abs(scipy.fft.rfft(rows * window, n=MODULATION_FFT_LENGTH, axis=1)) ** 2
    energy = np.add.reduceat(spectra, _MODULATION_BINS, axis=1)[:, :-1]
    share = energy / (energy.sum(axis=1, keepdims=True) + 1e-9)
    return np.asarray(np.log(share + 1e-3), dtype=np.float32).ravel()


def whisper_features(
    *,
    n_blocks: int = WHISPER_BASE.n_blocks,
    width: int = WHISPER_BASE.width,
    statistics: Sequence[str] = ("mean",),
    load: Callable[[], Encoder] = load_weights,
) -> SoundFeatures:
    """Return features that are statistics over time of an encoder's frames, after each block.

    The mean says most of people and recordings that were not in training; the standard deviation
    adds to it where they were, and takes from it where they were not (docs/experiments.md).

    Parameters
    ----------
    n_blocks, width
        Of the encoder.
    statistics
        Of ``"mean"`` and ``"std"``.
    load
        Returns the encoder; called when features are computed.
    """
    functions: dict[str, Callable[..., Array]] = {"mean": np.mean, "std": np.std}
    names = product(range(1, n_blocks + 1), statistics, range(1, width + 1))

    def compute(sound: Sound) -> Array:
        frames = load().frames(sound.waveform)
        values = [functions[statistic](frames, axis=1) for statistic in statistics]
        return np.stack(values, axis=1).ravel()

    return SoundFeatures(
        tuple(f"block_{block}.{statistic}.{number:04d}" for block, statistic, number in names),
        compute,
    )


WHISPER = "whisper"
PRETRAINED = (WHISPER,)
"""Families that need weights which are downloaded, and are computed only where they are named."""

FAMILIES: dict[str, tuple[ContourFeatures | SoundFeatures, ...]] = {
    "mfcc": (
        ContourFeatures(_numbered("", N_MFCC), lambda sound: sound.mfcc, [summaries.LIGHT]),
        ContourFeatures(
            _numbered("", N_MFCC_IN_RUNS),
            lambda sound: sound.mfcc[:N_MFCC_IN_RUNS],
            [summaries.SYLLABLES, summaries.RUNS],
        ),
    ),
    "mel": (
        ContourFeatures(_numbered("band_", N_MELS), _relative_log_mel, [summaries.LIGHT]),
        ContourFeatures(_numbered("rasta_", N_MELS), lambda sound: sound.rasta, [summaries.SD]),
        ContourFeatures(
            _numbered("coarse_", N_COARSE_BANDS),
            lambda sound: _coarse(_relative_log_mel(sound), N_COARSE_BANDS),
            [summaries.FULL, summaries.DELTA],
        ),
        ContourFeatures(
            _numbered("coarse_rasta_", N_COARSE_BANDS),
            lambda sound: _coarse(sound.rasta, N_COARSE_BANDS),
            [summaries.FULL],
        ),
    ),
    "chroma": (
        ContourFeatures(
            _numbered("", N_CHROMA), lambda sound: sound.spectrum.chroma, [summaries.LIGHT]
        ),
    ),
    "contrast": (ContourFeatures(_numbered("band_", N_CONTRAST), _contrast, [summaries.LIGHT]),),
    "tonnetz": (ContourFeatures(_numbered("", N_TONNETZ), _tonnetz, [summaries.LIGHT]),),
    "prosody": (
        ContourFeatures(
            contours.PITCH_NAMES,
            lambda sound: sound.pitch,
            [
                summaries.INTERPOLATED_FULL,
                summaries.VOICED_DELTA,
                summaries.DELTA_MOVEMENT,
                summaries.SYLLABLES,
                summaries.RUNS,
            ],
        ),
        ContourFeatures(
            contours.LOUDNESS_NAMES,
            lambda sound: sound.loudness,
            [
                summaries.FULL,
                summaries.DELTA,
                summaries.DELTA_MOVEMENT,
                summaries.VOICED_MEAN_AND_SD,
                summaries.SYLLABLES,
                summaries.RUNS,
            ],
        ),
        SoundFeatures(
            tuple(f"correlation.{one}_{two}" for one, two in combinations(_CORRELATED, 2)),
            _correlations,
        ),
        SoundFeatures(
            tuple(f"rhythm.{name}" for name in rhythm.NAMES),
            lambda sound: rhythm.compute(sound.track, sound.loudness[0]),
        ),
    ),
    "voice": (
        ContourFeatures(
            contours.VOICE_NAMES,
            lambda sound: sound.voice_quality,
            [summaries.VOICED_FULL, summaries.VOICED_DELTA, summaries.SYLLABLES, summaries.RUNS],
        ),
    ),
    "shape": (
        ContourFeatures(
            contours.SHAPE_NAMES,
            lambda sound: sound.shape,
            [
                summaries.FULL,
                summaries.DELTA,
                summaries.DELTA_MOVEMENT,
                summaries.LIGHT,
                summaries.LOUDEST_THIRD,
                summaries.SYLLABLES,
                summaries.RUNS,
            ],
        ),
    ),
    "modulation": (SoundFeatures(_MODULATION_NAMES, _modulation),),
    WHISPER: (whisper_features(),),
}
"""The families that have a name of their own, in the order of their features in the vector."""


@cache
def family_features(name: str) -> tuple[ContourFeatures | SoundFeatures, ...]:
    """Return the features of a family, which is one of `FAMILIES` or ``whisper:NAME``.

    Raises
    ------
    FeatureError
        The family is unknown.
    WeightsError
        Its encoder is not kept on this machine, or cannot be loaded.
    """
    if name in FAMILIES:
        return FAMILIES[name]
    prefix, _, encoder_name = name.partition(":")
    if prefix != WHISPER or not encoder_name:
        raise FeatureError(
            f"There is no feature family called {name}; known are {', '.join(FAMILIES)}."
        )
    encoder = load_kept_encoder(encoder_name)
    width, n_blocks = encoder.width, encoder.n_blocks
    return (whisper_features(n_blocks=n_blocks, width=width, load=lambda: encoder),)


def in_order(families: Collection[str]) -> tuple[str, ...]:
    """Return families in the order of their features in the vector."""
    known = [name for name in FAMILIES if name in families]
    return (*known, *sorted(name for name in families if name not in FAMILIES))


def keep_whisper_family(model: Path) -> str:
    """Keep the encoder of a model of faster-whisper, and return the family of its features.

    Parameters
    ----------
    model
        The folder of the model, or its file.

    Raises
    ------
    WeightsError
        As `keep_encoder`.
    """
    return f"{WHISPER}:{keep_encoder(model)}"
