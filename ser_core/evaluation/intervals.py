"""Confidence intervals of figures, by bootstrap over speakers.

Clips of one speaker are alike, so that it is not clips that chance draws, but speakers. Whole
speakers are drawn anew, with replacement, many times; the middle 95 % of the figures that come of
it are the interval (percentile bootstrap: Efron & Tibshirani 1993, "An Introduction to the
Bootstrap", chapter 13).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

Array = NDArray[np.float64]
Statistic = Callable[[Array], Array]

N_RESAMPLES = 1000
CONFIDENCE = 0.95  # share of the resampled figures that lie inside
BATCH = 100  # resamples held in memory at once


@dataclass(frozen=True)
class Interval:
    """A confidence interval.

    Parameters
    ----------
    low, high
        The ends, in the figure's own unit.
    """

    low: float
    high: float


def uar(counts: Array) -> Array:
    """Return the mean of the emotions' recalls from counts (..., n_emotions, 2) → (...)."""
    clips, right = counts[..., 0], counts[..., 1]
    recalls = np.divide(right, clips, out=np.zeros_like(right), where=clips > 0)
    return np.asarray(recalls.sum(axis=-1) / np.maximum((clips > 0).sum(axis=-1), 1))


def accuracy(counts: Array) -> Array:
    """Return the share of right answers from counts (..., n_emotions, 2) → (...)."""
    sums = counts.sum(axis=-2)
    return np.asarray(sums[..., 1] / np.maximum(sums[..., 0], 1.0))


def over_speakers(
    tallies: Array, statistic: Statistic, *, minus: Array | None = None, seed: int = 0
) -> Interval | None:
    """Return the interval of a figure's mean over repetitions.

    Parameters
    ----------
    tallies
        (n_repetitions, n_speakers, n_emotions, 2) float64, from `metrics.tally`.
    statistic
        The figure: `uar` or `accuracy`.
    minus
        Tallies of the same shape: the interval is then that of the difference, with the same
        speakers drawn on both sides.
    seed
        Seed of the drawing of speakers.

    Returns
    -------
    Interval or None
        None where there are fewer than two speakers: nothing is known of others then.
    """
    n_speakers = tallies.shape[1]
    if n_speakers < 2:
        return None

    def mean(counts: Array, drawn: NDArray[np.intp]) -> Array:
        return np.asarray(statistic(counts[:, drawn].sum(axis=-3)).mean(axis=0))

    def figure(drawn: NDArray[np.intp], axis: int) -> Array:
        del axis  # always the last, over speakers
        return mean(tallies, drawn) - (0.0 if minus is None else mean(minus, drawn))

    ends = bootstrap(
        (np.arange(n_speakers),),
        figure,
        n_resamples=N_RESAMPLES,
        batch=BATCH,
        vectorized=True,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Interval(float(ends.low), float(ends.high))
