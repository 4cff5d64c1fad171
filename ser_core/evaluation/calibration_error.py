"""Calibration error of predictions, and risk when the least certain are refused.

Confidence is the probability of the most probable emotion. The expected calibration error compares
it with accuracy in `N_BINS` bins of equal width (Guo et al. 2017, "On Calibration of Modern Neural
Networks", eq. 3). The risk–coverage curve gives the share of wrong answers among the most certain
ones (El-Yaniv & Wiener 2010, "On the Foundations of Noise-free Selective Classification").
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

N_BINS = 15
N_COVERAGES = 100  # points of the curve that are kept
COVERAGES = tuple((np.arange(1, N_COVERAGES + 1) / N_COVERAGES).tolist())
"""Shares of the predictions, the most certain first, for which the curve gives the risk."""

KEPT_COVERAGE = 0.75  # at which accuracy is compared with that of all predictions


@dataclass(frozen=True)
class Bin:
    """Predictions of about the same confidence.

    Parameters
    ----------
    low, high
        Edges of the bin, 0 to 1; the upper one belongs to it.
    n_clips
        Number of predictions in the bin, never 0.
    confidence, accuracy
        Mean confidence and accuracy of the predictions, 0 to 1.
    """

    low: float
    high: float
    n_clips: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class ConfidenceFigures:
    """Calibration and selective-classification figures of predictions.

    Parameters
    ----------
    ece
        Expected calibration error, 0 to 1.
    bins
        The bins that the error is computed from, without the empty ones.
    risks
        Share of wrong answers at each of `COVERAGES`.
    area
        Mean risk over all coverages; less is better.
    accuracy
        Accuracy of all predictions.
    accuracy_at_coverage
        Accuracy of the most certain `KEPT_COVERAGE` of the predictions.
    gain
        Relative gain of `accuracy_at_coverage` over `accuracy`: 0.1 is 10 %.
    refused_share
        Share of predictions below the threshold; None without one.
    accuracy_when_sure
        Accuracy of the rest; None without a threshold, or where nothing is left.
    """

    ece: float
    bins: tuple[Bin, ...]
    risks: tuple[float, ...]
    area: float
    accuracy: float
    accuracy_at_coverage: float
    gain: float
    refused_share: float | None = None
    accuracy_when_sure: float | None = None


def confidence_figures(
    truth: NDArray[np.intp], probabilities: Array, *, thresholds: Array | None = None
) -> ConfidenceFigures:
    """Return the figures of predictions' confidence.

    Parameters
    ----------
    truth
        (n,) the column of each row's true emotion.
    probabilities
        (n, n_emotions) float64, rows sum to 1.
    thresholds
        (n,) the confidence threshold of each prediction; None without thresholds.
    """
    confidence = probabilities.max(axis=1)
    right = (probabilities.argmax(axis=1) == truth).astype(np.float64)
    bins = _bins(confidence, right)
    risks = _risks(confidence, right)
    accuracy = float(right.mean())
    kept = 1.0 - float(risks[_position(KEPT_COVERAGE, right.size)])
    sure = None if thresholds is None else confidence >= thresholds
    return ConfidenceFigures(
        ece=sum(one.n_clips * abs(one.accuracy - one.confidence) for one in bins) / truth.size,
        bins=bins,
        risks=tuple(float(risks[_position(coverage, right.size)]) for coverage in COVERAGES),
        area=float(risks.mean()),
        accuracy=accuracy,
        accuracy_at_coverage=kept,
        gain=kept / accuracy - 1.0 if accuracy else 0.0,
        refused_share=None if sure is None else float(1.0 - sure.mean()),
        accuracy_when_sure=None if sure is None or not sure.any() else float(right[sure].mean()),
    )


def mean(parts: Sequence[ConfidenceFigures]) -> ConfidenceFigures:
    """Return the mean over repetitions; bins are merged, weighted by their clips."""
    return ConfidenceFigures(
        ece=_mean([part.ece for part in parts]),
        bins=_merged([one for part in parts for one in part.bins]),
        risks=tuple(np.mean([part.risks for part in parts], axis=0).tolist()),
        area=_mean([part.area for part in parts]),
        accuracy=_mean([part.accuracy for part in parts]),
        accuracy_at_coverage=_mean([part.accuracy_at_coverage for part in parts]),
        gain=_mean([part.gain for part in parts]),
        refused_share=_mean_of_known([part.refused_share for part in parts]),
        accuracy_when_sure=_mean_of_known([part.accuracy_when_sure for part in parts]),
    )


def _bins(confidence: Array, right: Array) -> tuple[Bin, ...]:
    edges = np.linspace(0.0, 1.0, N_BINS + 1)
    number = np.digitize(confidence, edges[1:-1], right=True)
    return tuple(
        Bin(
            low=float(edges[one]),
            high=float(edges[one + 1]),
            n_clips=int(np.sum(number == one)),
            confidence=float(confidence[number == one].mean()),
            accuracy=float(right[number == one].mean()),
        )
        for one in np.unique(number)
    )


def _merged(bins: Sequence[Bin]) -> tuple[Bin, ...]:
    merged = []
    for low, high in sorted({(one.low, one.high) for one in bins}):
        inside = [one for one in bins if one.low == low]
        n_clips = [one.n_clips for one in inside]
        merged.append(
            Bin(
                low=low,
                high=high,
                n_clips=sum(n_clips),
                confidence=float(np.average([one.confidence for one in inside], weights=n_clips)),
                accuracy=float(np.average([one.accuracy for one in inside], weights=n_clips)),
            )
        )
    return tuple(merged)


def _risks(confidence: Array, right: Array) -> Array:
    """Return the share of wrong answers among the k most certain, for k from 1 to n.

    Predictions of the same confidence share their errors evenly: their order says nothing.
    """
    _, level, n_in_level = np.unique(-confidence, return_inverse=True, return_counts=True)
    wrong = np.bincount(level, weights=1.0 - right) / n_in_level
    total = np.cumsum(np.repeat(wrong, n_in_level))
    return np.asarray(total / np.arange(1, right.size + 1))


def _position(coverage: float, n_predictions: int) -> int:
    """Return the index of the last prediction that belongs to a share of them."""
    # Rounded first, so that 0.29 * 100, a little over 29, is not 30.
    return max(int(np.ceil(round(coverage * n_predictions, 6))), 1) - 1


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _mean_of_known(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return _mean(known) if known else None
