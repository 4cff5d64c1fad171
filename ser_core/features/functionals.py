"""What is said of a contour in a few numbers: its level, spread, shape and movement over time.

Every function takes contours as rows, (n_contours, n_frames) float32, and gives one row of numbers
for each, in the order of the names beside it. Except for the mean, everything is relative to the
contour's own mean, so that a level (of a room, a microphone, a speaker) is in one number only.
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
DELTA_REACH = 2  # frames to either side, as in the usual regression delta
SHORTEST = max(LAGS) + 2 * DELTA_REACH  # frames; shorter contours are extended by their last value

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
STILL = np.float32(1e-4)
"""A contour that spreads less than this stands still: its form would be that of rounding errors."""


def delta(contours: Array) -> Array:
    """Return the slope of each contour at each frame, per frame, by regression over ±`DELTA_REACH`.

    Parameters
    ----------
    contours
        (n_contours, n_frames) float32.

    Returns
    -------
    ndarray
        The same shape; the ends are extended by their own value.
    """
    n_frames = contours.shape[1]
    # np.pad and np.std take longer to find out what is asked for than what is asked for takes.
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


def level(contours: Array) -> Array:
    """Return mean and standard deviation, (n_contours, 2); zeros where there is no frame."""
    if contours.shape[1] == 0:
        return np.zeros((contours.shape[0], 2), dtype=np.float32)
    mean = contours.mean(axis=1)
    return np.stack([mean, _spread(contours - mean[:, None])], axis=1)


def distribution(contours: Array) -> Array:
    """Return the numbers of `DISTRIBUTION_NAMES`, whatever the order of the frames."""
    if contours.shape[1] == 0:
        return np.zeros((contours.shape[0], len(DISTRIBUTION_NAMES)), dtype=np.float32)
    mean = contours.mean(axis=1, keepdims=True)
    centred = contours - mean
    spread = _spread(centred)[:, None]
    ordered = np.sort(centred, axis=1)
    quantiles = _quantiles(ordered)
    ranges = [
        quantiles[:, QUANTILES.index(high)] - quantiles[:, QUANTILES.index(low)]
        for low, high in RANGES
    ]
    unit = centred / (spread + STILL)
    square = unit * unit
    skewness = np.vecdot(square, unit) / contours.shape[1]
    kurtosis = np.vecdot(square, square) / contours.shape[1]
    columns = [mean, spread, quantiles, np.stack(ranges, axis=1)]
    columns += [skewness[:, None], np.log1p(kurtosis)[:, None]]
    return np.concatenate(columns, axis=1)


def _quantiles(ordered: Array) -> Array:
    """Interpolate `QUANTILES` in rows that are sorted."""
    position = np.asarray(QUANTILES) * (ordered.shape[1] - 1)
    below = position.astype(np.intp)
    above = np.minimum(below + 1, ordered.shape[1] - 1)
    share = (position - below).astype(np.float32)
    between = ordered[:, below] * (1 - share) + ordered[:, above] * share
    return np.asarray(between, dtype=np.float32)


def movement(contours: Array) -> Array:
    """Return the numbers of `MOVEMENT_NAMES`, which say how a contour moves in time.

    The slope and curvature are those of the least-squares parabola over the whole contour, from its
    first to its last frame; rates are per second.
    """
    if contours.shape[1] == 0:
        return np.zeros((contours.shape[0], len(MOVEMENT_NAMES)), dtype=np.float32)
    if contours.shape[1] < SHORTEST:
        contours = np.pad(contours, ((0, 0), (0, SHORTEST - contours.shape[1])), mode="edge")
    n_frames = contours.shape[1]
    centred = contours - contours.mean(axis=1, keepdims=True)
    columns = [*np.vecdot(centred[:, None], _parabola(n_frames)).T]
    for part in _thirds(centred):
        mean = part.mean(axis=1)
        columns += [mean, _spread(part - mean[:, None])]
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
    energy = np.vecdot(centred, centred) + n_frames * STILL**2
    columns += [np.vecdot(centred[:, :-lag], centred[:, lag:]) / energy for lag in LAGS]
    return np.stack(columns, axis=1).astype(np.float32)


def _thirds(contours: Array) -> tuple[Array, Array, Array]:
    """Cut contours into three, as equal as can be, the longer ones first."""
    first = -(-contours.shape[1] // 3)
    second = first + (contours.shape[1] + 1) // 3
    return contours[:, :first], contours[:, first:second], contours[:, second:]


@lru_cache(maxsize=32)
def _parabola(n_frames: int) -> Array:
    """Return weights, (2, n_frames), whose products with a contour are its slope and curvature."""
    time = np.linspace(-1.0, 1.0, n_frames, dtype=np.float32)
    bow = time**2 - (time**2).mean()
    return np.stack([time / (time @ time), bow / (bow @ bow)])


def _spread(centred: Array) -> Array:
    """Return the standard deviation of rows of mean 0."""
    variance = np.vecdot(centred, centred) / centred.shape[1]
    return np.asarray(np.sqrt(variance), dtype=np.float32)


def correlations(contours: Array) -> Array:
    """Return the correlation of every pair of contours, (n_contours * (n_contours - 1) / 2,)."""
    if contours.shape[1] < 2:
        pairs = contours.shape[0] * (contours.shape[0] - 1) // 2
        return np.zeros(pairs, dtype=np.float32)
    centred = contours - contours.mean(axis=1, keepdims=True)
    norm = np.sqrt(np.vecdot(centred, centred) + contours.shape[1] * STILL**2)
    unit = centred / norm[:, None]
    upper = np.triu_indices(contours.shape[0], k=1)
    return np.asarray((unit @ unit.T)[upper], dtype=np.float32)
