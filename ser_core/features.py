"""A waveform as a vector of named numbers, in families that are chosen by name.

Every number is called ``family.contour.functional``, such as
``prosody.pitch_semitones.range_05_95``. One short-time Fourier transform and one pitch track serve
all families.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.errors import FeatureError
from ser_core.families import FAMILIES
from ser_core.families import measure as measure_families
from ser_core.sound import Sound

Array = NDArray[np.float32]

SHORTEST_SECONDS = 0.05
"""A waveform shorter than this has no contour to speak of."""

DEFAULT_FAMILIES = tuple(FAMILIES)


@cache
def feature_names(families: tuple[str, ...] = DEFAULT_FAMILIES) -> tuple[str, ...]:
    """Name every number of the vector that `extract` gives for these families, in its order.

    Raises
    ------
    FeatureError
        If a family is unknown, named twice, or none is named.
    """
    chosen = _ordered(families)
    return tuple(f"{family}.{name}" for family in chosen for name in FAMILIES[family].names)


def extract(waveform: Array, *, families: tuple[str, ...] = DEFAULT_FAMILIES) -> Array:
    """Measure a waveform.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`, as `speech.prepare` gives it.
    families
        Names of families out of `FAMILIES`; their order does not matter.

    Returns
    -------
    ndarray
        (len(feature_names(families)),) float32, all finite.

    Raises
    ------
    FeatureError
        If a family is unknown, or the waveform is not one-dimensional float32, finite and at least
        `SHORTEST_SECONDS` long.
    """
    chosen = _ordered(families)
    if waveform.ndim != 1 or waveform.dtype != np.float32:
        raise FeatureError("Features are taken of a one-dimensional float32 waveform.")
    if waveform.size < SHORTEST_SECONDS * SAMPLE_RATE:
        raise FeatureError(f"Features need at least {SHORTEST_SECONDS} seconds of sound.")
    if not np.isfinite(waveform).all():
        raise FeatureError("The waveform holds values that are not finite numbers.")
    return measure(Sound(waveform), families=chosen)


def measure(sound: Sound, *, families: tuple[str, ...]) -> Array:
    """Measure a sound, whose waveform is one that `extract` takes; the same numbers come out.

    Raises
    ------
    FeatureError
        If a family is unknown.
    """
    return measure_families(sound, _ordered(families))


def _ordered(families: tuple[str, ...]) -> tuple[str, ...]:
    unknown = sorted(set(families) - set(FAMILIES))
    if unknown:
        raise FeatureError(
            f"Unknown feature families: {', '.join(unknown)}. Known are {', '.join(FAMILIES)}."
        )
    if not families or len(set(families)) < len(families):
        raise FeatureError("Name at least one feature family, and each only once.")
    return tuple(family for family in FAMILIES if family in families)
