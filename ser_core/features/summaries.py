"""Summaries: named sets of functionals that are computed of each contour.

Which contours have which summaries is defined in `families`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ser_core.features import functionals
from ser_core.features.rhythm import over_runs
from ser_core.features.sound import Sound

Array = NDArray[np.float32]
ContourFunction = Callable[[Array, Sound], Array]  # of contours as rows, and their sound


@dataclass(frozen=True)
class FrameSelection:
    """A selection of the frames of contours, or of their deltas.

    Parameters
    ----------
    frames
        Key of the frames; selections with the same key have the same frames.
    select
        (n_contours, n_frames) float32, Sound → (n_contours, n_selected) float32.
    """

    frames: str
    select: ContourFunction


class Functionals(NamedTuple):
    """Functionals that are computed together, by one function.

    Parameters
    ----------
    names
        The names of the functionals.
    selection
        The frames that they are computed over.
    compute
        (n_rows, n_selected) float32, Sound → (n_rows, len(names)) float32, row by row.
    """

    names: tuple[str, ...]
    selection: FrameSelection
    compute: ContourFunction


@dataclass(frozen=True)
class Summary:
    """A set of functionals of a contour, in order."""

    functionals: tuple[Functionals, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all functionals."""
        return tuple(name for part in self.functionals for name in part.names)


def _frames_of(rows: Array, frames: NDArray[np.bool_]) -> Array:
    """Return the frames of a mask, C-contiguous (unlike by an index), which is faster to read."""
    return rows.compress(frames, axis=1)


def _light(rows: Array, sound: Sound) -> Array:
    voiced = sound.track.voiced
    of_all = functionals.mean_and_sd(rows)
    delta_sd = functionals.mean_and_sd(functionals.delta(rows))[:, 1:]
    of_voiced = functionals.mean_and_sd(_frames_of(rows, voiced))
    unvoiced_mean = functionals.mean_and_sd(_frames_of(rows, ~voiced))[:, :1]
    has_both = voiced.any() and not voiced.all()
    difference = of_voiced[:, :1] - unvoiced_mean if has_both else 0 * unvoiced_mean
    return np.concatenate([of_all, delta_sd, of_voiced, difference], axis=1)


def _of_rows(function: Callable[[Array], Array]) -> ContourFunction:
    return lambda rows, sound: function(rows)


_distribution = _of_rows(functionals.distribution)
_movement = _of_rows(functionals.movement)
_mean_and_sd = _of_rows(functionals.mean_and_sd)
_sd = _of_rows(lambda rows: functionals.mean_and_sd(rows)[:, 1:])


def _loudest_third(rows: Array, sound: Sound) -> Array:
    loud = sound.loudness[0] >= np.quantile(sound.loudness[0], 2 / 3)
    means = [functionals.mean_and_sd(_frames_of(rows, mask))[:, :1] for mask in (loud, ~loud)]
    return means[0] - means[1]


def _syllables(rows: Array, sound: Sound) -> Array:
    at_nuclei = rows.take(sound.nuclei, axis=1)
    steps = np.diff(at_nuclei, axis=1)
    return np.concatenate(
        [functionals.mean_and_sd(at_nuclei), functionals.mean_and_sd(steps)], axis=1
    )


def _runs(rows: Array, sound: Sound) -> Array:
    """Return the differences between voiced runs, and between the end and the start of each."""
    start, end = sound.long_runs
    if start.size == 0:
        return np.zeros((rows.shape[0], len(RUNS.names)), dtype=np.float32)
    third = -(-(end - start) // 3)
    ranges = over_runs(np.maximum, rows, start, end) - over_runs(np.minimum, rows, start, end)
    first = over_runs(np.add, rows, start, start + third)
    last = over_runs(np.add, rows, end - third, end)
    rises = (last - first) / third
    means = over_runs(np.add, rows, start, end) / (end - start)
    values = [
        means.std(axis=1),
        ranges.mean(axis=1),
        rises.mean(axis=1),
        rises.std(axis=1),
        means[:, -1] - means[:, 0],
        means.max(axis=1) - means.mean(axis=1),
    ]
    return np.stack(values, axis=1)


ALL = FrameSelection("all", lambda rows, sound: rows)
DELTAS = FrameSelection("all", lambda rows, sound: functionals.delta(rows))
VOICED = FrameSelection("voiced", lambda rows, sound: _frames_of(rows, sound.track.voiced))
VOICED_DELTAS = FrameSelection(
    "voiced", lambda rows, sound: _frames_of(functionals.delta(rows), sound.track.voiced)
)


def _summary(
    names: tuple[str, ...], selection: FrameSelection, compute: ContourFunction
) -> Summary:
    return Summary((Functionals(names, selection, compute),))


def _full(*, distribution_of: FrameSelection, movement_of: FrameSelection) -> Summary:
    return Summary(
        (
            Functionals(functionals.DISTRIBUTION_NAMES, distribution_of, _distribution),
            Functionals(functionals.MOVEMENT_NAMES, movement_of, _movement),
        )
    )


def _delta_names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"delta.{name}" for name in names)


LIGHT = _summary(
    tuple(
        f"light.{name}"
        for name in ("mean", "sd", "delta_sd", "voiced_mean", "voiced_sd", "voiced_minus_unvoiced")
    ),
    ALL,
    _light,
)
"""Mean and standard deviation of all and of voiced frames, of deltas, and voiced minus unvoiced."""

FULL = _full(distribution_of=ALL, movement_of=ALL)
"""Distribution and movement in time over all frames."""

VOICED_FULL = _full(distribution_of=VOICED, movement_of=VOICED)
"""Distribution and movement in time over the voiced frames, concatenated."""

INTERPOLATED_FULL = _full(distribution_of=VOICED, movement_of=ALL)
"""Distribution over the voiced frames, movement over all: for a contour interpolated over gaps."""

DELTA = _summary(_delta_names(functionals.DISTRIBUTION_NAMES), DELTAS, _distribution)
"""Distribution of the deltas."""

VOICED_DELTA = _summary(_delta_names(functionals.DISTRIBUTION_NAMES), VOICED_DELTAS, _distribution)
"""Distribution of the deltas in voiced frames."""

DELTA_MOVEMENT = _summary(_delta_names(functionals.MOVEMENT_NAMES), DELTAS, _movement)
"""Movement of the deltas in time."""

VOICED_MEAN_AND_SD = _summary(("voiced.mean", "voiced.sd"), VOICED, _mean_and_sd)
"""Mean and standard deviation over the voiced frames."""

SD = _summary(("sd",), ALL, _sd)
"""Standard deviation over all frames."""

LOUDEST_THIRD = _summary(("loudest_third",), ALL, _loudest_third)
"""Mean over the loudest third of the frames, minus the mean over the rest."""

SYLLABLES = _summary(
    ("syllables.mean", "syllables.sd", "syllables.step_mean", "syllables.step_sd"), ALL, _syllables
)
"""Mean and standard deviation at the nuclei of syllables, and of the steps between them."""

RUNS = _summary(
    (
        "runs.sd_of_means",
        "runs.mean_range",
        "runs.mean_rise",
        "runs.sd_of_rises",
        "runs.last_minus_first",
        "runs.highest_minus_mean",
    ),
    ALL,
    _runs,
)
"""Statistics over voiced runs: their means, their ranges, and their rises from start to end."""
