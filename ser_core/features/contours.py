"""Contours: what is measured of a voice at each frame, 100 times a second.

Each function gives rows, (n_contours, n_frames) float32, in the order of the names beside it. The
spectral descriptors follow Eyben et al. (2016, "The Geneva Minimalistic Acoustic Parameter Set"),
Peeters (2004, "A large set of audio features for sound description") and, for the filter across
time, Hermansky & Morgan (1994, "RASTA processing of speech").
"""

import itertools
import math
from functools import cache

import numpy as np
import scipy.signal
from numpy.typing import NDArray

from ser_core.features.functionals import delta
from ser_core.signal import (
    FRAME_LENGTH,
    HOP_LENGTH,
    N_BINS,
    NOISE_FLOOR,
    PitchTrack,
    Spectrum,
    frequencies,
)

Array = NDArray[np.float32]

PITCH_REFERENCE = 55.0  # Hz: semitone 0, the A three octaves under the tuning fork's
LOUDNESS_EXPONENT = 0.3  # of Stevens's power law, power to perceived loudness

ROLLOFFS = (0.25, 0.50, 0.75, 0.90)
SLOPE_BANDS_HZ = ((60, 500), (500, 1500), (1500, 5000))
ALPHA_BANDS_HZ = ((50, 1000), (1000, 5000))
HAMMARBERG_BANDS_HZ = ((0, 2000), (2000, 5000))
BAND_EDGES_HZ = (0, 250, 500, 1000, 2000, 4000, 8000)

PITCH_NAMES = ("pitch_semitones",)
LOUDNESS_NAMES = ("loudness", "level_db")
VOICE_NAMES = ("harmonics_to_noise_db", "h1_h2_db", "h1_h3_db", "jitter", "shimmer_db")
SHAPE_NAMES = (
    "centroid_khz",
    "bandwidth_khz",
    *(f"rolloff_{round(100 * share)}_khz" for share in ROLLOFFS),
    "entropy",
    "flatness_db",
    "alpha_ratio_db",
    "hammarberg_db",
    *(f"slope_{low}_{high}_db" for low, high in SLOPE_BANDS_HZ),
    "flux",
    "mel_flux_db",
    "zero_crossings",
    *(f"band_{low}_{high}_db" for low, high in itertools.pairwise(BAND_EDGES_HZ)),
)
_TINY = np.float32(1e-12)
_DECIBELS = np.float32(10.0 / np.log(10.0))  # of one unit of the natural logarithm of a power
_SQUARE = math.isqrt(N_BINS - 1)  # 16 times 16 bins, and the last


def pitch(track: PitchTrack) -> Array:
    """Return the pitch in semitones over `PITCH_REFERENCE`, bridged in a straight line over gaps.

    Returns
    -------
    ndarray
        (1, n_frames) float32; zeros where there is no voice at all.
    """
    voiced = np.flatnonzero(track.voiced)
    if voiced.size == 0:
        return np.zeros((1, track.frequency.size), dtype=np.float32)
    semitones = 12.0 * np.log2(track.frequency[voiced] / PITCH_REFERENCE)
    bridged = np.interp(np.arange(track.frequency.size), voiced, semitones)
    return np.asarray(bridged[None], dtype=np.float32)


def loudness(spectrum: Spectrum) -> Array:
    """Return loudness, relative to its mean, and level in dB, (2, n_frames)."""
    loud = (spectrum.mel ** np.float32(LOUDNESS_EXPONENT)).sum(axis=0)
    loud = loud / max(float(loud.mean()), float(_TINY))
    total = spectrum.power.sum(axis=0)
    floor = NOISE_FLOOR * max(float(total.mean()), float(_TINY))
    return np.stack([loud, 10.0 * np.log10(total / floor + 1.0)]).astype(np.float32)


def voice_quality(track: PitchTrack) -> Array:
    """Return the contours of `VOICE_NAMES`, (5, n_frames), meant for frames with voice.

    Jitter is the change of the period from one frame to the next as a share of the period, shimmer
    the change of the first harmonic's level.
    """
    h1, h2, h3 = track.harmonics
    period = np.where(track.voiced, 1.0 / np.maximum(track.frequency, 1.0), 0.0)
    together = track.voiced & np.roll(track.voiced, 1)
    together[:1] = False
    change = np.abs(np.diff(period, prepend=period[:1]))
    jitter = np.where(together, change / np.maximum(period, 1e-6), 0.0)
    shimmer = np.where(together, np.abs(np.diff(h1, prepend=h1[:1])), 0.0)
    quality = [track.harmonics_to_noise, h1 - h2, h1 - h3, np.sqrt(jitter), shimmer]
    return np.stack(quality).astype(np.float32)


def shape(spectrum: Spectrum) -> Array:
    """Return the contours of `SHAPE_NAMES`, which say how the energy is spread over frequency."""
    raw_total = spectrum.power.sum(axis=0)
    total_mean = max(float(raw_total.mean()), float(_TINY))
    power = spectrum.power + np.float32(NOISE_FLOOR * total_mean / N_BINS)
    total, log_power = power.sum(axis=0), np.log(power)
    khz, log_total = frequencies() / np.float32(1000.0), np.log(total)
    centroid = khz @ power / total
    variance = np.maximum(khz**2 @ power / total - centroid**2, 0.0)
    peak_low, peak_high = (log_power[_band(*edges)].max(axis=0) for edges in HAMMARBERG_BANDS_HZ)
    rows = [
        centroid,
        np.sqrt(variance),
        *_rolloffs(power, total),
        log_total - np.einsum("bf,bf->f", power, log_power) / total,
        _DECIBELS * (log_power.mean(axis=0) - log_total),
        _ratio_db(*(_band_sum(power, *edges) for edges in ALPHA_BANDS_HZ)),
        _DECIBELS * (peak_low - peak_high),
        *(_slope_weights(*edges) @ log_power[_band(*edges)] for edges in SLOPE_BANDS_HZ),
        _flux(spectrum, raw_total),
        _mel_flux(spectrum),
        _zero_crossings(spectrum),
        *(
            _ratio_db(_band_sum(power, *edges), total)
            for edges in itertools.pairwise(BAND_EDGES_HZ)
        ),
    ]
    return np.stack(rows).astype(np.float32)


def rasta(log_mel: Array) -> Array:
    """Filter log-mel contours across time, so that what stays the same (a channel) drops out.

    Parameters
    ----------
    log_mel
        (n_bands, n_frames) float32.

    Returns
    -------
    ndarray
        The same shape.
    """
    numerator = np.array([0.2, 0.1, 0.0, -0.1, -0.2])
    start = log_mel.mean(axis=1, keepdims=True)
    filtered = scipy.signal.lfilter(numerator, [1.0, -0.94], log_mel - start, axis=1)
    return np.asarray(filtered, dtype=np.float32)


@cache
def _band(low: float, high: float) -> slice:
    inside = np.flatnonzero((frequencies() >= low) & (frequencies() <= high))
    return slice(int(inside[0]), int(inside[-1]) + 1)


def _band_sum(power: Array, low: float, high: float) -> Array:
    return np.asarray(power[_band(low, high)].sum(axis=0), dtype=np.float32)


@cache
def _slope_weights(low: float, high: float) -> Array:
    """Return weights whose product with a band of a log spectrum is its slope in dB per kHz."""
    khz = frequencies()[_band(low, high)] / np.float32(1000.0)
    centred = khz - khz.mean()
    return np.asarray(_DECIBELS * centred / (centred @ centred), dtype=np.float32)


def _rolloffs(power: Array, total: Array) -> list[Array]:
    """Return the frequency in kHz under which each share of `ROLLOFFS` of the power lies."""
    cumulated = _cumulated(power)
    return [
        frequencies()[below.sum(axis=0, dtype=np.uint16)] / np.float32(1000.0)
        for below in (cumulated < np.float32(share) * total for share in ROLLOFFS)
    ]


def _cumulated(power: Array) -> Array:
    """Sum the bins of each frame from the lowest on, (N_BINS - 1, n_frames).

    Sums of 16 bins, and sums of those, as products: np.cumsum adds one number after another, and
    takes three times as long. The last bin is left away, for it cannot be under any share.
    """
    blocks = power[:-1].reshape(_SQUARE, _SQUARE, -1)
    within = np.tri(_SQUARE, dtype=np.float32) @ blocks
    before = np.tri(_SQUARE, k=-1, dtype=np.float32) @ within[:, -1]
    return (within + before[:, None]).reshape(_SQUARE**2, -1)


def _ratio_db(above: Array, below: Array) -> Array:
    return _DECIBELS * np.log((above + _TINY) / (below + _TINY))


def _flux(spectrum: Spectrum, total: Array) -> Array:
    """Return the distance between the normalised magnitude spectra of neighbouring frames."""
    magnitude = spectrum.magnitude
    norm = np.maximum(np.sqrt(total), _TINY)
    likeness = np.einsum("bf,bf->f", magnitude[:, 1:], magnitude[:, :-1])
    likeness /= norm[1:] * norm[:-1]
    distance = np.sqrt(np.maximum(2.0 - 2.0 * likeness, 0.0))
    return np.concatenate([np.zeros(1), distance]).astype(np.float32)


def _mel_flux(spectrum: Spectrum) -> Array:
    """Return how much mel bands rise, in dB per frame, on average over the bands."""
    rise = np.maximum(delta(spectrum.log_mel), 0.0)
    return np.asarray(rise.mean(axis=0), dtype=np.float32)


def _zero_crossings(spectrum: Spectrum) -> Array:
    """Return the share of samples of each frame at which the waveform changes its sign."""
    # In blocks, of which every frame holds a whole number: their bits are counted at once.
    block = 32
    negative = np.signbit(spectrum.waveform)
    changes = np.zeros(-(-negative.size // block) * block, dtype=np.bool_)
    changes[0] = negative[0]
    np.not_equal(negative[1:], negative[:-1], out=changes[1 : negative.size])
    in_block = np.bitwise_count(np.packbits(changes).view(np.uint32))
    counted = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(in_block, dtype=np.int64)])
    centres = np.arange(spectrum.n_frames) * HOP_LENGTH
    ends = np.clip((centres + FRAME_LENGTH // 2) // block, 0, in_block.size)
    starts = np.clip((centres - FRAME_LENGTH // 2) // block, 0, in_block.size)
    return np.asarray((counted[ends] - counted[starts]) / FRAME_LENGTH, dtype=np.float32)
