"""A waveform as a vector of named numbers, in families that are chosen by name.

Every number is called ``family.contour.functional``, such as
``prosody.pitch_semitones.range_05_95``. One short-time Fourier transform and one pitch track serve
all families.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.errors import FeatureError
from ser_core.features.families import FAMILIES, Numbers, Part
from ser_core.features.sound import Sound
from ser_core.features.summaries import Say, View

Array = NDArray[np.float32]

SHORTEST_SECONDS = 0.05
"""A waveform shorter than this has no contour to speak of."""

DEFAULT_FAMILIES = tuple(FAMILIES)

MODEL_FAMILIES = ("mfcc", "mel", "prosody", "voice", "shape", "modulation")
"""The families that the default model is trained on."""


@cache
def feature_names(families: tuple[str, ...] = DEFAULT_FAMILIES) -> tuple[str, ...]:
    """Return the names of the numbers that `extract_features` returns, in its order.

    Raises
    ------
    FeatureError
        If a family is unknown, named twice, or none is named.
    """
    chosen = _ordered(families)
    return tuple(
        f"{family}.{name}" for family in chosen for part in FAMILIES[family] for name in part.names
    )


def extract_features(waveform: Array, *, families: tuple[str, ...] = DEFAULT_FAMILIES) -> Array:
    """Return the features of a waveform as a vector.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`. Models are trained on the speech alone, at one
        loudness, as `voice.prepare` returns it.
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

    Examples
    --------
    >>> import ser_core
    >>> from ser_core.audio import decode, to_waveform
    >>> from ser_core.voice import prepare
    >>> speech = prepare(to_waveform(decode("note.ogg"))).waveform
    >>> ser_core.extract_features(speech, families=("prosody", "voice")).shape
    (545,)
    >>> ser_core.feature_names(("prosody", "voice"))[0]
    'prosody.pitch_semitones.mean'
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
    """Measure a sound with a waveform as `extract_features` takes it; the same numbers come out.

    Raises
    ------
    FeatureError
        If a family is unknown.
    """
    layout = _layout(_ordered(families))
    vector = np.empty(layout.size, dtype=np.float32)
    followed = [part.contours(sound) for part in layout.parts]
    for (_, say), places in layout.said.items():
        views = [place.view.take(followed[place.part], sound) for place in places]
        # Row by row in memory, or sums of a row would depend on which others there are.
        numbers = say(np.ascontiguousarray(np.concatenate(views)), sound)
        start = 0
        for place, rows in zip(places, views, strict=True):
            end = start + len(rows)
            table = vector[place.where].reshape(len(rows), -1)
            table[:, place.columns] = numbers[start:end]
            start = end
    for part, where in layout.numbers:
        vector[where] = part.measure(sound)
    return vector


class _Place(NamedTuple):
    """Where numbers go: what is said of the contours of one part, in some of the columns."""

    part: int
    view: View
    where: slice  # of the vector: a table of the part's rows by the names of a summary
    columns: slice  # of that table


@dataclass(frozen=True)
class _Layout:
    """A vector, ordered by what is said.

    Of a few seconds, numpy takes longer to be called than to compute: so, whatever the family and
    the summary, what is said of rows of the same frames is said of all of them at once.
    """

    size: int
    parts: list[Part]  # that are said contour by contour
    said: dict[tuple[str, Say], list[_Place]]  # by which frames, and what is said of them
    numbers: list[tuple[Numbers, slice]]  # all other parts, and where they go


@cache
def _layout(chosen: tuple[str, ...]) -> _Layout:
    layout = _Layout(len(feature_names(chosen)), [], {}, [])
    end = 0
    for part in (part for family in chosen for part in FAMILIES[family]):
        if isinstance(part, Numbers):
            layout.numbers.append((part, slice(end, end := end + len(part.names))))
            continue
        for summary in part.summaries:
            where = slice(end, end := end + len(part.rows) * len(summary.names))
            column = 0
            for names, view, say in summary.statements:
                columns = slice(column, column := column + len(names))
                place = _Place(len(layout.parts), view, where, columns)
                layout.said.setdefault((view.frames, say), []).append(place)
        layout.parts.append(part)
    return layout


def _ordered(families: tuple[str, ...]) -> tuple[str, ...]:
    unknown = sorted(set(families) - set(FAMILIES))
    if unknown:
        raise FeatureError(
            f"Unknown feature families: {', '.join(unknown)}. Known are {', '.join(FAMILIES)}."
        )
    if not families or len(set(families)) < len(families):
        raise FeatureError("Name at least one feature family, and each only once.")
    return tuple(family for family in FAMILIES if family in families)
