"""Kinds of summary: a set of contours in, a few named numbers for each contour out.

A `Summary` knows what it says of a contour; which contours it is asked about, `families` decides.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ser_core import functionals
from ser_core.sound import Sound

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Summary:
    """What is said of each contour of a sound.

    Parameters
    ----------
    names
        One for each number.
    measure
        (n_contours, n_frames) float32 and their sound → (n_contours, len(names)) float32.
    """

    names: tuple[str, ...]
    measure: Callable[[Array, Sound], Array]


def _where(frames: NDArray[np.bool_], rows: Array) -> Array:
    """Give some frames of each row; unlike an index, in an order in which rows are read quickly."""
    return rows.compress(frames, axis=1)


def _light(rows: Array, sound: Sound) -> Array:
    voiced = sound.track.voiced
    moving = functionals.level(functionals.delta(rows))[:, 1:]
    with_voice = functionals.level(_where(voiced, rows))
    without = functionals.level(_where(~voiced, rows))[:, :1]
    difference = with_voice[:, :1] - without if voiced.any() and not voiced.all() else 0 * without
    return np.concatenate([functionals.level(rows), moving, with_voice, difference], axis=1)


def _full(rows: Array, sound: Sound) -> Array:
    return np.concatenate([functionals.distribution(rows), functionals.movement(rows)], axis=1)


def _voiced_full(rows: Array, sound: Sound) -> Array:
    heard = _where(sound.track.voiced, rows)
    moving = heard if heard.shape[1] else 0 * rows
    return np.concatenate([functionals.distribution(heard), functionals.movement(moving)], axis=1)


def _bridged_full(rows: Array, sound: Sound) -> Array:
    heard = _where(sound.track.voiced, rows)
    return np.concatenate([functionals.distribution(heard), functionals.movement(rows)], axis=1)


def _delta(rows: Array, sound: Sound) -> Array:
    return functionals.distribution(functionals.delta(rows))


def _voiced_delta(rows: Array, sound: Sound) -> Array:
    return functionals.distribution(_where(sound.track.voiced, functionals.delta(rows)))


def _delta_movement(rows: Array, sound: Sound) -> Array:
    return functionals.movement(functionals.delta(rows))


def _voiced_level(rows: Array, sound: Sound) -> Array:
    return functionals.level(_where(sound.track.voiced, rows))


def _spread(rows: Array, sound: Sound) -> Array:
    return functionals.level(rows)[:, 1:]


def _loudest_third(rows: Array, sound: Sound) -> Array:
    loud = sound.loudness[0] >= np.quantile(sound.loudness[0], 2 / 3)
    levels = [functionals.level(_where(frames, rows))[:, :1] for frames in (loud, ~loud)]
    return levels[0] - levels[1]


def _syllables(rows: Array, sound: Sound) -> Array:
    heard = rows.take(sound.nuclei, axis=1)
    steps = np.diff(heard, axis=1)
    return np.concatenate([functionals.level(heard), functionals.level(steps)], axis=1)


def _runs(rows: Array, sound: Sound) -> Array:
    """Compare the runs of voice with one another, and the end of each with its beginning."""
    if not sound.long_runs:
        return np.zeros((rows.shape[0], len(RUNS.names)), dtype=np.float32)
    start, end = np.asarray(sound.long_runs).T
    length = end - start
    third = -(-length // 3)
    rows = rows[:, : end[-1]]
    # What lies between two runs is reduced too, and left out.
    inside = np.stack([start, end], axis=1).ravel()[:-1]
    ranges = np.maximum.reduceat(rows, inside, axis=1) - np.minimum.reduceat(rows, inside, axis=1)
    ranges = ranges[:, ::2]
    parts = np.stack([start, start + third, end - third, end], axis=1).ravel()[:-1]
    sums = np.add.reduceat(rows, parts, axis=1)
    first, last = sums[:, ::4], sums[:, 2::4]
    rises = (last - first) / third
    means = np.add.reduceat(rows, inside, axis=1)[:, ::2] / length
    numbers = [
        means.std(axis=1),
        ranges.mean(axis=1),
        rises.mean(axis=1),
        rises.std(axis=1),
        means[:, -1] - means[:, 0],
        means.max(axis=1) - means.mean(axis=1),
    ]
    return np.stack(numbers, axis=1)


_FULL_NAMES = functionals.DISTRIBUTION_NAMES + functionals.MOVEMENT_NAMES
_DELTA_NAMES = tuple(f"delta.{name}" for name in functionals.DISTRIBUTION_NAMES)

LIGHT = Summary(
    tuple(
        f"light.{name}"
        for name in ("mean", "sd", "delta_sd", "voiced_mean", "voiced_sd", "voiced_minus_unvoiced")
    ),
    _light,
)
"""Level and spread: of all frames, of changes, with voice, and with voice as against without."""

FULL = Summary(_FULL_NAMES, _full)
"""Distribution over all frames, and movement in time."""

VOICED_FULL = Summary(_FULL_NAMES, _voiced_full)
"""The same over the frames with voice only, joined together."""

BRIDGED_FULL = Summary(_FULL_NAMES, _bridged_full)
"""Distribution over the frames with voice, movement over all: for a contour bridged over gaps."""

DELTA = Summary(_DELTA_NAMES, _delta)
"""Distribution of the changes from frame to frame."""

VOICED_DELTA = Summary(_DELTA_NAMES, _voiced_delta)
"""The same where there is voice."""

DELTA_MOVEMENT = Summary(
    tuple(f"delta.{name}" for name in functionals.MOVEMENT_NAMES), _delta_movement
)
"""How the changes themselves move in time."""

VOICED_LEVEL = Summary(("voiced.mean", "voiced.sd"), _voiced_level)
"""Level and spread where there is voice."""

SPREAD = Summary(("sd",), _spread)
"""Standard deviation alone."""

LOUDEST_THIRD = Summary(("loudest_third",), _loudest_third)
"""Mean over the loudest third of the frames, less the mean over the rest."""

SYLLABLES = Summary(
    ("syllables.mean", "syllables.sd", "syllables.step_mean", "syllables.step_sd"), _syllables
)
"""At the nuclei of syllables, and from each to the next."""

RUNS = Summary(
    (
        "runs.sd_of_means",
        "runs.mean_range",
        "runs.mean_rise",
        "runs.sd_of_rises",
        "runs.last_minus_first",
        "runs.highest_minus_mean",
    ),
    _runs,
)
"""Over the runs of voice: how they differ, how much each spans, how each ends against its start."""
