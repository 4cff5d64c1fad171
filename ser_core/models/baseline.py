"""A known voice: the mean features of a few ordinary clips of one person.

People differ in their ordinary voice as much as in their emotions. A model knows the mean of its
training speakers' neutral clips; the difference of one person's to it is taken off everything that
this person says. A file of a baseline holds means alone, from which no recording can be had back.
"""

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ser_core.errors import BaselineError
from ser_core.features import feature_names

Array = NDArray[np.float32]

FORMAT = 1  # raised when a file of before can no longer be used


@dataclass(frozen=True, eq=False)
class Baseline:
    """The ordinary voice of a person.

    Parameters
    ----------
    mean
        (n_features,) float32: the mean over the clips.
    n_clips
        Number of clips.
    families
        The feature families that the features are of.
    """

    mean: Array
    n_clips: int
    families: tuple[str, ...]

    @classmethod
    def of_clips(cls, features: Array, *, families: tuple[str, ...]) -> "Baseline":
        """Return the baseline of clips, (n_clips, n_features) float32, with at least one."""
        return cls(
            features.mean(axis=0, dtype=np.float64).astype(np.float32), len(features), families
        )

    def shift(self, neutral_mean: Array) -> Array:
        """Return the difference of this voice from the mean of training speakers, (n_features,).

        That mean counts as one more clip, so that a single clip moves less than several.

        Parameters
        ----------
        neutral_mean
            (n_features,) float32: the mean over training speakers of their neutral clips.
        """
        share = self.n_clips / (self.n_clips + 1)
        return np.asarray(share * (self.mean - neutral_mean), dtype=np.float32)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the baseline to a file.

        Raises
        ------
        BaselineError
            If the file cannot be written.
        """
        try:
            with Path(path).open("wb") as file:
                np.savez(
                    file,
                    format=FORMAT,
                    mean=self.mean,
                    n_clips=self.n_clips,
                    families=np.array(self.families),
                )
        except OSError as cause:
            raise BaselineError(
                "The baseline cannot be written to {path}: {why}.", path=path, why=cause.strerror
            ) from cause


def load_baseline(path: str | os.PathLike[str]) -> Baseline:
    """Read a baseline from a file; nothing in it runs.

    Raises
    ------
    BaselineError
        If the file is missing, is no baseline, or is of another version.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            if int(stored["format"]) != FORMAT:
                raise BaselineError(
                    "{path} is a baseline of another version; record it again.", path=path
                )
            baseline = Baseline(
                mean=stored["mean"],
                n_clips=int(stored["n_clips"]),
                families=tuple(stored["families"].tolist()),
            )
    except OSError as cause:
        raise BaselineError(
            "The baseline {path} cannot be read: {why}.", path=path, why=cause.strerror or cause
        ) from cause
    except (KeyError, ValueError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as cause:
        raise BaselineError("{path} is not a baseline, or is damaged.", path=path) from cause
    same_shape = baseline.mean.shape == (len(feature_names(baseline.families)),)
    if not same_shape or not np.isfinite(baseline.mean).all() or baseline.n_clips < 1:
        raise BaselineError("{path} is not a baseline, or is damaged.", path=path)
    return baseline
