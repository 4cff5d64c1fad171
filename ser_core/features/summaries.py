"""Kinds of summary: a set of contours in, a few named numbers for each contour out.

A `Summary` knows what it says of a contour; which contours it is asked about, `families` decides.
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
Say = Callable[[Array, Sound], Array]


@dataclass(frozen=True)
class View:
    """What of contours is looked at.

    Parameters
    ----------
    frames
        A word for which frames: views of the same ones give rows of the same length.
    take
        (n_contours, n_frames) float32 and their sound → (n_contours, as many as there are) float32.
    """

    frames: str
    take: Say


class Statement(NamedTuple):
    """One thing that is said of each contour.

    Parameters
    ----------
    names
        One for each number.
    view
        What of it is looked at.
    say
        What views give, and the sound → (n_rows, len(names)) float32, each row for itself.
    """

    names: tuple[str, ...]
    view: View
    say: Say


@dataclass(frozen=True)
class Summary:
    """What is said of each contour of a sound.

    Parameters
    ----------
    statements
        What is said, one behind the other.
    """

    statements: tuple[Statement, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """One for each number."""
        return tuple(name for statement in self.statements for name in statement.names)


def _where(frames: NDArray[np.bool_], rows: Array) -> Array:
    """Return some frames of each row; unlike an index, in an order that is read quickly."""
    return rows.compress(frames, axis=1)


def _light(rows: Array, sound: Sound) -> Array:
    voiced = sound.track.voiced
    moving = functionals.level(functionals.delta(rows))[:, 1:]
    with_voice = functionals.level(_where(voiced, rows))
    without = functionals.level(_where(~voiced, rows))[:, :1]
    difference = with_voice[:, :1] - without if voiced.any() and not voiced.all() else 0 * without
    return np.concatenate([functionals.level(rows), moving, with_voice, difference], axis=1)


def _of_rows(measure: Callable[[Array], Array]) -> Say:
    return lambda rows, sound: measure(rows)


_distribution = _of_rows(functionals.distribution)
_movement = _of_rows(functionals.movement)
_level = _of_rows(functionals.level)
_spread = _of_rows(lambda rows: functionals.level(rows)[:, 1:])


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
    start, end = sound.long_runs
    if start.size == 0:
        return np.zeros((rows.shape[0], len(RUNS.names)), dtype=np.float32)
    third = -(-(end - start) // 3)
    ranges = over_runs(np.maximum, rows, start, end) - over_runs(np.minimum, rows, start, end)
    first = over_runs(np.add, rows, start, start + third)
    last = over_runs(np.add, rows, end - third, end)
    rises = (last - first) / third
    means = over_runs(np.add, rows, start, end) / (end - start)
    numbers = [
        means.std(axis=1),
        ranges.mean(axis=1),
        rises.mean(axis=1),
        rises.std(axis=1),
        means[:, -1] - means[:, 0],
        means.max(axis=1) - means.mean(axis=1),
    ]
    return np.stack(numbers, axis=1)


ALL = View("all", lambda rows, sound: rows)
CHANGES = View("all", lambda rows, sound: functionals.delta(rows))
VOICED = View("voiced", lambda rows, sound: _where(sound.track.voiced, rows))
VOICED_CHANGES = View(
    "voiced", lambda rows, sound: _where(sound.track.voiced, functionals.delta(rows))
)


def _one(names: tuple[str, ...], view: View, say: Say) -> Summary:
    return Summary((Statement(names, view, say),))


def _full(distributed: View, moving: View) -> Summary:
    return Summary(
        (
            Statement(functionals.DISTRIBUTION_NAMES, distributed, _distribution),
            Statement(functionals.MOVEMENT_NAMES, moving, _movement),
        )
    )


def _changing(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"delta.{name}" for name in names)


LIGHT = _one(
    tuple(
        f"light.{name}"
        for name in ("mean", "sd", "delta_sd", "voiced_mean", "voiced_sd", "voiced_minus_unvoiced")
    ),
    ALL,
    _light,
)
"""Level and spread: of all frames, of changes, with voice, and with voice as against without."""

FULL = _full(ALL, ALL)
"""Distribution over all frames, and movement in time."""

VOICED_FULL = _full(VOICED, VOICED)
"""The same over the frames with voice only, joined together."""

BRIDGED_FULL = _full(VOICED, ALL)
"""Distribution over the frames with voice, movement over all: for a contour bridged over gaps."""

DELTA = _one(_changing(functionals.DISTRIBUTION_NAMES), CHANGES, _distribution)
"""Distribution of the changes from frame to frame."""

VOICED_DELTA = _one(_changing(functionals.DISTRIBUTION_NAMES), VOICED_CHANGES, _distribution)
"""The same where there is voice."""

DELTA_MOVEMENT = _one(_changing(functionals.MOVEMENT_NAMES), CHANGES, _movement)
"""How the changes themselves move in time."""

VOICED_LEVEL = _one(("voiced.mean", "voiced.sd"), VOICED, _level)
"""Level and spread where there is voice."""

SPREAD = _one(("sd",), ALL, _spread)
"""Standard deviation alone."""

LOUDEST_THIRD = _one(("loudest_third",), ALL, _loudest_third)
"""Mean over the loudest third of the frames, less the mean over the rest."""

SYLLABLES = _one(
    ("syllables.mean", "syllables.sd", "syllables.step_mean", "syllables.step_sd"), ALL, _syllables
)
"""At the nuclei of syllables, and from each to the next."""

RUNS = _one(
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
"""Over the runs of voice: how they differ, how much each spans, how each ends against its start."""
