"""Functionals: statistics of a contour over time, such as mean, spread, quantiles and slope.

Every function takes contours as rows, (n_contours, n_frames) float32, and returns a row of
functionals for each, in the order of the names in the matching constant. All but the mean are
relative to the mean of the contour, so that an offset (of a room, a microphone, a speaker) only
affects one feature.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ser_core.signal import FRAME_RATE

Array = NDArray[np.float32]

QUANTILES = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
RANGES = ((0.01, 0.99), (0.05, 0.95), (0.25, 0.75))
LAGS_MS = (30, 80, 200)
LAGS = tuple(ms * FRAME_RATE // 1000 for ms in LAGS_MS)  # frames
DELTA_REACH = 2  # frames on either side, as usual for regression deltas
MIN_FRAMES = max(LAGS) + 2 * DELTA_REACH  # shorter contours are padded with their last value

_PERCENT = tuple(f"{round(100 * quantile):02d}" for quantile in QUANTILES)
DISTRIBUTION_NAMES = (
    "mean",
    "sd",
    *(f"quantile_{percent}" for percent in _PERCENT),
    *(f"range_{round(100 * low):02d}_{round(100 * high):02d}" for low, high in RANGES),
    "skewness",
    "log_kurtosis",
)
MOVEMENT_NAMES = (
    "slope",
    "curvature",
    *(f"third_{third}_{what}" for third in (1, 2, 3) for what in ("mean", "sd")),
    "rise_rate",
    "fall_rate",
    "rise_share",
    "peak_rate",
    *(f"autocorrelation_{ms}ms" for ms in LAGS_MS),
)
MIN_SPREAD = np.float32(1e-4)
"""Added to standard deviations in denominators, so that rounding errors of a constant contour are
not scaled up."""


def delta(contours: Array) -> Array:
    """Return deltas: the slope per frame by linear regression over ±`DELTA_REACH` frames.

    Parameters
    ----------
    contours
        (n_contours, n_frames) float32; padded with the first and the last value at its ends.

    Returns
    -------
    ndarray
        Of the same shape.
    """
    n_frames = contours.shape[1]
    # Padding by hand: np.pad takes longer to check its arguments than to pad.
    padded = np.empty((contours.shape[0], n_frames + 2 * DELTA_REACH), dtype=contours.dtype)
    padded[:, DELTA_REACH:-DELTA_REACH] = contours
    padded[:, :DELTA_REACH] = contours[:, :1]
    padded[:, -DELTA_REACH:] = contours[:, -1:]
    total = np.zeros_like(contours)
    for step in range(1, DELTA_REACH + 1):
        ahead = padded[:, DELTA_REACH + step : DELTA_REACH + step + n_frames]
        behind = padded[:, DELTA_REACH - step : DELTA_REACH - step + n_frames]
        total += np.float32(step) * (ahead - behind)
    return total / np.float32(2 * sum(step**2 for step in range(1, DELTA_REACH + 1)))


def mean_and_sd(contours: Array) -> Array:
    """Return mean and standard deviation, (n_contours, 2); zeros if there are no frames."""
    if contours.shape[1] == 0:
        return np.zeros((contours.shape[0], 2), dtype=np.float32)
    mean = contours.mean(axis=1)
    return np.stack([mean, _standard_deviation(contours - mean[:, None])], axis=1)


def distribution(contours: Array) -> Array:
    """Return the functionals of `DISTRIBUTION_NAMES`, which ignore the order of the frames."""
    if contours.shape[1] == 0:
        return np.zeros((contours.shape[0], len(DISTRIBUTION_NAMES)), dtype=np.float32)
    mean = contours.mean(axis=1, keepdims=True)
    centred = contours - mean
    spread = _standard_deviation(centred)[:, None]
    ordered = np.sort(centred, axis=1)
    quantiles = _quantiles(ordered)
    ranges = [
        quantiles[:, QUANTILES.index(high)] - quantiles[:, QUANTILES.index(low)]
        for low, high in RANGES
    ]
    unit = centred / (spread + MIN_SPREAD)
    square = unit * unit
    skewness = np.vecdot(square, unit) / contours.shape[1]
    kurtosis = np.vecdot(square, square) / contours.shape[1]
    columns = [mean, spread, quantiles, np.stack(ranges, axis=1)]
    columns += [skewness[:, None], np.log1p(kurtosis)[:, None]]
    return np.concatenate(columns, axis=1)


def _quantiles(ordered: Array) -> Array:
    """Return the `QUANTILES` of sorted rows, with linear interpolation."""
    position = np.asarray(QUANTILES) * (ordered.shape[1] - 1)
    below = position.astype(np.intp)
    above = np.minimum(below + 1, ordered.shape[1] - 1)
    share = (position - below).astype(np.float32)
    interpolated = ordered[:, below] * (1 - share) + ordered[:, above] * share
    return np.asarray(interpolated, dtype=np.float32)


def movement(contours: Array) -> Array:
    """Return the functionals of `MOVEMENT_NAMES`: the course of a contour in time.

    Slope and curvature are those of the least-squares parabola over the whole contour, with time
    from -1 to 1; rates are per second.
    """
    if contours.shape[1] == 0:
        return np.zeros((contours.shape[0], len(MOVEMENT_NAMES)), dtype=np.float32)
    if contours.shape[1] < MIN_FRAMES:
        contours = np.pad(contours, ((0, 0), (0, MIN_FRAMES - contours.shape[1])), mode="edge")
    n_frames = contours.shape[1]
    centred = contours - contours.mean(axis=1, keepdims=True)
    columns = [*np.vecdot(centred[:, None], _parabola(n_frames)).T]
    for part in _thirds(centred):
        mean = part.mean(axis=1)
        columns += [mean, _standard_deviation(part - mean[:, None])]
    step = centred[:, 1:] - centred[:, :-1]
    rising = step > 0
    n_rising = np.count_nonzero(rising, axis=1)
    rise = np.maximum(step, 0).sum(axis=1)
    fall = step.sum(axis=1) - rise
    columns += [
        FRAME_RATE * rise / np.maximum(n_rising, 1),
        FRAME_RATE * fall / np.maximum(step.shape[1] - n_rising, 1),
        n_rising / step.shape[1],
        FRAME_RATE * np.count_nonzero(rising[:, :-1] > rising[:, 1:], axis=1) / n_frames,
    ]
    energy = np.vecdot(centred, centred) + n_frames * MIN_SPREAD**2
    columns += [np.vecdot(centred[:, :-lag], centred[:, lag:]) / energy for lag in LAGS]
    return np.stack(columns, axis=1).astype(np.float32)


def _thirds(contours: Array) -> tuple[Array, Array, Array]:
    """Split contours into three parts, as equal as possible, the longer ones first."""
    first = -(-contours.shape[1] // 3)
    second = first + (contours.shape[1] + 1) // 3
    return contours[:, :first], contours[:, first:second], contours[:, second:]


@lru_cache(maxsize=32)
def _parabola(n_frames: int) -> Array:
    """Return weights, (2, n_frames), whose dot products with a contour are slope and curvature."""
    time = np.linspace(-1.0, 1.0, n_frames, dtype=np.float32)
    square = time**2 - (time**2).mean()
    return np.stack([time / (time @ time), square / (square @ square)])


def _standard_deviation(centred: Array) -> Array:
    """Return the standard deviation of rows of mean 0."""
    variance = np.vecdot(centred, centred) / centred.shape[1]
    return np.asarray(np.sqrt(variance), dtype=np.float32)


def correlations(contours: Array) -> Array:
    """Return Pearson's correlation of every pair, (n_contours * (n_contours - 1) / 2,)."""
    if contours.shape[1] < 2:
        pairs = contours.shape[0] * (contours.shape[0] - 1) // 2
        return np.zeros(pairs, dtype=np.float32)
    centred = contours - contours.mean(axis=1, keepdims=True)
    norm = np.sqrt(np.vecdot(centred, centred) + contours.shape[1] * MIN_SPREAD**2)
    unit = centred / norm[:, None]
    upper = np.triu_indices(contours.shape[0], k=1)
    return np.asarray((unit @ unit.T)[upper], dtype=np.float32)
