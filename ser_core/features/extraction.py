"""Extraction of a feature vector from a waveform, in families chosen by name.

A feature is named ``family.contour.functional``, such as ``prosody.pitch_semitones.range_05_95``.
All families share one short-time Fourier transform and one pitch track.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.errors import FeatureError
from ser_core.features.families import (
    FAMILIES,
    PRETRAINED,
    ContourFeatures,
    SoundFeatures,
    family_features,
    in_order,
)
from ser_core.features.sound import Sound
from ser_core.features.summaries import ContourFunction, FrameSelection

Array = NDArray[np.float32]

MIN_SECONDS = 0.05  # a shorter waveform has too few frames for a contour

DEFAULT_FAMILIES = tuple(name for name in FAMILIES if name not in PRETRAINED)
"""The families that need nothing but the waveform."""

MODEL_FAMILIES = ("mfcc", "mel", "prosody", "voice", "shape", "modulation")
"""The families that the default model is trained on."""


@cache
def feature_names(families: tuple[str, ...] = DEFAULT_FAMILIES) -> tuple[str, ...]:
    """Return the names of the features of families, in the order of `extract_features`.

    Raises
    ------
    FeatureError
        A family is unknown or named twice, or none is named.
    WeightsError
        The encoder of a family is not kept on this machine.
    """
    chosen = _ordered(families)
    return tuple(
        f"{family}.{name}"
        for family in chosen
        for group in family_features(family)
        for name in group.names
    )


def take_waveform_alone(families: tuple[str, ...]) -> bool:
    """Return whether features of families are computed without the spectrum and the pitch track."""
    return all(family.partition(":")[0] in PRETRAINED for family in families)


def extract_features(waveform: Array, *, families: tuple[str, ...] = DEFAULT_FAMILIES) -> Array:
    """Return the feature vector of a waveform.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`. Models are trained on the speech alone, at one
        loudness, as `voice.prepare` returns it.
    families
        Names of `FAMILIES`, or of kept encoders (``whisper:NAME``), in any order.

    Returns
    -------
    ndarray
        (len(feature_names(families)),) float32, all finite.

    Raises
    ------
    FeatureError
        A family is unknown, or the waveform is not one-dimensional, float32, finite and at least
        `MIN_SECONDS` long.
    WeightsError
        A family needs weights that are not on this machine.

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
    if waveform.size < MIN_SECONDS * SAMPLE_RATE:
        raise FeatureError(f"Features need at least {MIN_SECONDS} seconds of sound.")
    if not np.isfinite(waveform).all():
        raise FeatureError("The waveform holds values that are not finite numbers.")
    return extract_from_sound(Sound(waveform), families=chosen)


def extract_from_sound(sound: Sound, *, families: tuple[str, ...]) -> Array:
    """Return the feature vector of a sound; its waveform is not checked as in `extract_features`.

    Raises
    ------
    FeatureError
        A family is unknown.
    """
    layout = _layout(_ordered(families))
    vector = np.empty(layout.size, dtype=np.float32)
    contours = [group.contours(sound) for group in layout.contour_features]
    for (_, function), slots in layout.functionals.items():
        selected = [slot.selection.select(contours[slot.group], sound) for slot in slots]
        # C-contiguous, or the rounding of a row's sums would depend on the number of rows.
        values = function(np.ascontiguousarray(np.concatenate(selected)), sound)
        start = 0
        for slot, rows in zip(slots, selected, strict=True):
            end = start + len(rows)
            table = vector[slot.span].reshape(len(rows), -1)
            table[:, slot.columns] = values[start:end]
            start = end
    for group, span in layout.sound_features:
        vector[span] = group.compute(sound)
    return vector


class _Slot(NamedTuple):
    """The place in the vector for functionals of the contours of a group."""

    group: int  # index in `_Layout.contour_features`
    selection: FrameSelection
    span: slice  # of the vector: a table of the group's contours by the names of a summary
    columns: slice  # of that table


@dataclass(frozen=True)
class _Layout:
    """The places of all features in the vector, grouped by how they are computed.

    For a few seconds of sound, the overhead of calls to numpy exceeds the computation. So each
    function is called once for all contours of the same frames, of whichever family and summary.
    """

    size: int
    contour_features: list[ContourFeatures]
    # By the key of the frames, and the function.
    functionals: dict[tuple[str, ContourFunction], list[_Slot]]
    sound_features: list[tuple[SoundFeatures, slice]]  # with their places in the vector


@cache
def _layout(chosen: tuple[str, ...]) -> _Layout:
    layout = _Layout(len(feature_names(chosen)), [], {}, [])
    end = 0
    for group in (group for family in chosen for group in family_features(family)):
        if isinstance(group, SoundFeatures):
            layout.sound_features.append((group, slice(end, end := end + len(group.names))))
            continue
        for summary in group.summaries:
            span = slice(end, end := end + len(group.contour_names) * len(summary.names))
            column = 0
            for names, selection, function in summary.functionals:
                columns = slice(column, column := column + len(names))
                slot = _Slot(len(layout.contour_features), selection, span, columns)
                layout.functionals.setdefault((selection.frames, function), []).append(slot)
        layout.contour_features.append(group)
    return layout


def _ordered(families: tuple[str, ...]) -> tuple[str, ...]:
    """Return families in the order of their features, after checking them."""
    for family in families:
        family_features(family)  # an error if there is none
    if not families or len(set(families)) < len(families):
        raise FeatureError("Name at least one feature family, and each only once.")
    return in_order(families)
