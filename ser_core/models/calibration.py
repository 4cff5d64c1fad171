"""Calibration: temperature scaling of probabilities, and the confidence threshold.

On speakers who were not trained on, networks are more confident than they are accurate. One number,
the temperature, fitted on predictions about such speakers, corrects most of that (Guo et al. 2017,
"On Calibration of Modern Neural Networks"). Predictions below the threshold become "not sure".
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from ser_core.errors import TrainingError

Probabilities = NDArray[np.float64]

REFUSED_SHARE = 0.25
"""Share of predictions, about speakers who were not trained on, that are "not sure"."""

REFUSED_SHARE_OF_STRANGERS = 0.45
"""The same about corpora that were not trained on, whose microphones, rooms and languages are other
ones too. With fewer refused, "sure" would not mean right for strangers."""

TEMPERATURES = (0.1, 10.0)  # between which the best is sought
SMALLEST_PROBABILITY = 1e-12


@dataclass(frozen=True)
class Calibration:
    """A temperature for probabilities, and a threshold of confidence.

    Parameters
    ----------
    temperature
        Above 1, predictions become less sure than the classifier gives them; below 1, surer.
    threshold
        The calibrated confidence from which a prediction is sure, 0 to 1.
    """

    temperature: float = 1.0
    threshold: float = 0.0

    def apply(self, probabilities: Probabilities) -> Probabilities:
        """Return calibrated probabilities; the most probable emotion stays the same.

        Parameters
        ----------
        probabilities
            (n, n_emotions) float64, rows sum to 1.

        Returns
        -------
        ndarray
            The same shape; ``p ** (1 / temperature)``, scaled so that rows sum to 1.
        """
        if self.temperature == 1.0:
            return probabilities
        logits = _log(probabilities) / self.temperature
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


UNCALIBRATED = Calibration()
"""Leaves probabilities as they are, and is sure of all."""


def fit_calibration(
    probabilities: Probabilities,
    truth: NDArray[np.intp],
    *,
    weights: NDArray[np.float64] | None = None,
    refused_share: float = REFUSED_SHARE,
) -> Calibration:
    """Fit a calibration on predictions about speakers who were not trained on.

    Parameters
    ----------
    probabilities
        (n, n_emotions) float64, rows sum to 1, as the classifier gives them.
    truth
        (n,) intp: the column of each row's true emotion.
    weights
        (n,) float64, above 0: how much each row counts; None for all the same.
    refused_share
        Share of these predictions, weighed, that are to be below the threshold.

    Returns
    -------
    Calibration
        With the temperature of the least mean negative log-likelihood, and the threshold under
        which `refused_share` of these predictions fall.

    Raises
    ------
    TrainingError
        If there are no predictions, or not one truth for each.
    """
    if truth.size == 0 or probabilities.shape[:1] != truth.shape:
        raise TrainingError("Calibration needs predictions, and the truth for each of them.")
    log_probabilities = _log(probabilities)
    rows = np.arange(truth.size)

    def negative_log_likelihood(log_temperature: float) -> float:
        logits = log_probabilities / np.exp(log_temperature)
        highest = logits.max(axis=1)
        partition = np.log(np.exp(logits - highest[:, None]).sum(axis=1)) + highest
        return float(np.average(partition - logits[rows, truth], weights=weights))

    found = minimize_scalar(
        negative_log_likelihood, bounds=tuple(np.log(TEMPERATURES)), method="bounded"
    )
    temperature = float(np.exp(found.x))
    confidence = Calibration(temperature).apply(probabilities).max(axis=1)
    counted = np.ones(truth.size) if weights is None else weights
    threshold = np.quantile(confidence, refused_share, weights=counted, method="inverted_cdf")
    return Calibration(temperature, float(threshold))


def _log(probabilities: Probabilities) -> Probabilities:
    return np.log(np.maximum(probabilities, SMALLEST_PROBABILITY))
