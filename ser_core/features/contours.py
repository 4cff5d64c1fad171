"""Contours (low-level descriptors): one value per frame, 100 frames per second.

Each function returns contours as rows, (n_contours, n_frames) float32, in the order of the names in
the matching constant. The spectral descriptors follow Eyben et al. (2016, "The Geneva Minimalistic
Acoustic Parameter Set") and Peeters (2004, "A large set of audio features for sound description"),
the RASTA filter Hermansky & Morgan (1994, "RASTA processing of speech").
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

PITCH_REFERENCE = 55.0  # Hz: semitone 0, the note A1
LOUDNESS_EXPONENT = 0.3  # of Stevens's power law, from power to perceived loudness

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
_N_BLOCKS = math.isqrt(N_BINS - 1)  # 16 blocks of 16 bins, without the last bin


def pitch(track: PitchTrack) -> Array:
    """Return the pitch in semitones over `PITCH_REFERENCE`, interpolated over unvoiced frames.

    Returns
    -------
    ndarray
        (1, n_frames) float32; zeros if no frame is voiced.
    """
    voiced = np.flatnonzero(track.voiced)
    if voiced.size == 0:
        return np.zeros((1, track.frequency.size), dtype=np.float32)
    semitones = 12.0 * np.log2(track.frequency[voiced] / PITCH_REFERENCE)
    interpolated = np.interp(np.arange(track.frequency.size), voiced, semitones)
    return np.asarray(interpolated[None], dtype=np.float32)


def loudness(spectrum: Spectrum) -> Array:
    """Return loudness, relative to its mean, and level in dB, (2, n_frames)."""
    loudness = (spectrum.mel ** np.float32(LOUDNESS_EXPONENT)).sum(axis=0)
    loudness = loudness / max(float(loudness.mean()), float(_TINY))
    total = spectrum.power.sum(axis=0)
    floor = NOISE_FLOOR * max(float(total.mean()), float(_TINY))
    return np.stack([loudness, 10.0 * np.log10(total / floor + 1.0)]).astype(np.float32)


def voice_quality(track: PitchTrack) -> Array:
    """Return the contours of `VOICE_NAMES`, (5, n_frames), which are meant for voiced frames.

    Jitter is the change of the period from frame to frame, relative to the period; shimmer is the
    change of the first harmonic's level.
    """
    h1, h2, h3 = track.harmonics
    period = np.where(track.voiced, 1.0 / np.maximum(track.frequency, 1.0), 0.0)
    both_voiced = track.voiced & np.roll(track.voiced, 1)  # this frame and the one before
    both_voiced[:1] = False
    change = np.abs(np.diff(period, prepend=period[:1]))
    jitter = np.where(both_voiced, change / np.maximum(period, 1e-6), 0.0)
    shimmer = np.where(both_voiced, np.abs(np.diff(h1, prepend=h1[:1])), 0.0)
    quality = [track.harmonics_to_noise, h1 - h2, h1 - h3, np.sqrt(jitter), shimmer]
    return np.stack(quality).astype(np.float32)


def shape(spectrum: Spectrum) -> Array:
    """Return the contours of `SHAPE_NAMES`: the distribution of the energy over frequency."""
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
    """Return log-mel contours with slow changes, such as those of a channel, filtered out (RASTA).

    Parameters
    ----------
    log_mel
        (n_bands, n_frames) float32.

    Returns
    -------
    ndarray
        Of the same shape.
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
    """Return weights whose dot product with a band of a log spectrum is its slope in dB per kHz."""
    khz = frequencies()[_band(low, high)] / np.float32(1000.0)
    centred = khz - khz.mean()
    return np.asarray(_DECIBELS * centred / (centred @ centred), dtype=np.float32)


def _rolloffs(power: Array, total: Array) -> list[Array]:
    """Return the frequencies in kHz below which each share of `ROLLOFFS` of the power lies."""
    cumulative = _cumulative_sum(power)
    return [
        frequencies()[below.sum(axis=0, dtype=np.uint16)] / np.float32(1000.0)
        for below in (cumulative < np.float32(share) * total for share in ROLLOFFS)
    ]


def _cumulative_sum(power: Array) -> Array:
    """Return the cumulative sum over the bins of each frame but the last, (N_BINS - 1, n_frames).

    Computed by matrix products within blocks of bins and over blocks, which takes a third of the
    time of np.cumsum. The last sum is the total, which is below no share.
    """
    blocks = power[:-1].reshape(_N_BLOCKS, _N_BLOCKS, -1)
    within = np.tri(_N_BLOCKS, dtype=np.float32) @ blocks
    before = np.tri(_N_BLOCKS, k=-1, dtype=np.float32) @ within[:, -1]
    return (within + before[:, None]).reshape(_N_BLOCKS**2, -1)


def _ratio_db(above: Array, below: Array) -> Array:
    return _DECIBELS * np.log((above + _TINY) / (below + _TINY))


def _flux(spectrum: Spectrum, total: Array) -> Array:
    """Return the Euclidean distance between the normalised spectra of neighbouring frames."""
    magnitude = spectrum.magnitude
    norm = np.maximum(np.sqrt(total), _TINY)
    similarity = np.einsum("bf,bf->f", magnitude[:, 1:], magnitude[:, :-1])
    similarity /= norm[1:] * norm[:-1]
    distance = np.sqrt(np.maximum(2.0 - 2.0 * similarity, 0.0))
    return np.concatenate([np.zeros(1), distance]).astype(np.float32)


def _mel_flux(spectrum: Spectrum) -> Array:
    """Return the positive part of the log-mel deltas, in dB per frame, averaged over the bands."""
    rise = np.maximum(delta(spectrum.log_mel), 0.0)
    return np.asarray(rise.mean(axis=0), dtype=np.float32)


def _zero_crossings(spectrum: Spectrum) -> Array:
    """Return the zero-crossing rate of each frame, per sample."""
    # Counted in blocks of 32 bits. The frame length is a multiple of 32, and so is the hop.
    block = 32
    negative = np.signbit(spectrum.waveform)
    crossings = np.zeros(-(-negative.size // block) * block, dtype=np.bool_)
    crossings[0] = negative[0]
    np.not_equal(negative[1:], negative[:-1], out=crossings[1 : negative.size])
    per_block = np.bitwise_count(np.packbits(crossings).view(np.uint32))
    count = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(per_block, dtype=np.int64)])
    centres = np.arange(spectrum.n_frames) * HOP_LENGTH
    ends = np.clip((centres + FRAME_LENGTH // 2) // block, 0, per_block.size)
    starts = np.clip((centres - FRAME_LENGTH // 2) // block, 0, per_block.size)
    return np.asarray((count[ends] - count[starts]) / FRAME_LENGTH, dtype=np.float32)
