"""Standardisation of training clips by speaker.

A classifier that is trained on clips as they are also learns which voice and which microphone
belongs to which emotion. Clips of which every speaker has the same mean and the same deviation hold
neither. Nothing of the kind is known of a stranger, whose features are taken as they are: so the
common mean and deviation are those of all training clips.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


def voice_names(corpora: NDArray[np.str_], speakers: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return names of speakers, (n,) of str, that are different in different corpora."""
    return np.char.add(np.char.add(corpora, "/"), speakers)


def standardise_by_speaker(
    rows: Array, speakers: NDArray[np.str_], emotions: NDArray[np.str_]
) -> Array:
    """Return rows in which every speaker has the same mean and deviation.

    Parameters
    ----------
    rows
        (n, n_features) float32.
    speakers, emotions
        (n,) of str: the speaker and the emotion of each row. A speaker of one emotion alone is left
        as they are: their mean is that of the emotion too.

    Returns
    -------
    ndarray
        (n, n_features) float32, with the mean of all rows, and the mean deviation of the speakers.
    """
    groups = [speakers == name for name in np.unique(speakers)]
    groups = [group for group in groups if np.unique(emotions[group]).size > 1]
    if not groups:
        return rows
    means = [rows[group].mean(axis=0, dtype=np.float64) for group in groups]
    deviations = [rows[group].std(axis=0, dtype=np.float64) for group in groups]
    common_mean = rows.mean(axis=0, dtype=np.float64)
    common_deviation = np.mean(deviations, axis=0)
    standardised = rows.copy()
    for group, mean, deviation in zip(groups, means, deviations, strict=True):
        scale = np.divide(
            common_deviation, deviation, out=np.ones_like(deviation), where=deviation > 0
        )
        standardised[group] = (rows[group] - mean) * scale + common_mean
    return standardised
