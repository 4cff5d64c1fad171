"""A prepared waveform, with everything that several families of features measure on it."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ser_core import contours, pitch, spectrum
from ser_core.pitch import PitchTrack
from ser_core.spectrum import Spectrum

Array = NDArray[np.float32]


class Sound:
    """A prepared waveform with what all families share, each computed when first asked for.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`.
    """

    def __init__(self, waveform: Array) -> None:
        self.waveform = waveform

    @cached_property
    def spectrum(self) -> Spectrum:
        """The short-time spectrum."""
        return spectrum.compute(self.waveform)

    @cached_property
    def track(self) -> PitchTrack:
        """Pitch and voicing, frame by frame as in `spectrum`."""
        return pitch.track(self.waveform, self.spectrum.n_frames)

    @cached_property
    def loudness(self) -> Array:
        """(2, n_frames): the contours of `contours.LOUDNESS_NAMES`."""
        return contours.loudness(self.spectrum)

    @cached_property
    def pitch(self) -> Array:
        """(1, n_frames): the contour of `contours.PITCH_NAMES`."""
        return contours.pitch(self.track)

    @cached_property
    def voice_quality(self) -> Array:
        """(5, n_frames): the contours of `contours.VOICE_NAMES`."""
        return contours.voice_quality(self.track)

    @cached_property
    def shape(self) -> Array:
        """(22, n_frames): the contours of `contours.SHAPE_NAMES`."""
        return contours.shape(self.spectrum)
