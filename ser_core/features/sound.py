"""A prepared waveform, with everything that several families of features measure on it."""

from functools import cached_property

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from ser_core.features import contours, rhythm
from ser_core.signal import PitchFrames, PitchTrack, Spectrum, pitch, spectrum

Array = NDArray[np.float32]

N_MFCC = 40


class Sound:
    """A prepared waveform with what all families share, each computed when first asked for.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`.
    """

    def __init__(self, waveform: Array) -> None:
        self.waveform = waveform

    @classmethod
    def of_frames(cls, waveform: Array, power: Array, frames: PitchFrames) -> "Sound":
        """Return a sound whose frames were measured before, as part of a longer one.

        Parameters
        ----------
        waveform
            As above.
        power
            (N_BINS, n_frames) float32, of its `Spectrum`.
        frames
            Of its pitch, as many.
        """
        sound = cls(waveform)
        sound.spectrum = Spectrum(waveform=waveform, power=power)
        sound.track = pitch.choose_path(frames)
        return sound

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

    @cached_property
    def mfcc(self) -> Array:
        """(N_MFCC, n_frames): mel-frequency cepstral coefficients, as librosa's."""
        rows = scipy.fft.dct(self.spectrum.log_mel, axis=0, norm="ortho")[:N_MFCC]
        return np.asarray(rows, dtype=np.float32)

    @cached_property
    def rasta(self) -> Array:
        """(N_MELS, n_frames): log-mel bands with what stays the same filtered out."""
        return contours.rasta(self.spectrum.log_mel)

    @cached_property
    def nuclei(self) -> NDArray[np.intp]:
        """(n_syllables,): the frames at the nuclei of syllables."""
        return rhythm.find_nuclei(self.loudness[0])

    @cached_property
    def long_runs(self) -> NDArray[np.intp]:
        """(2, n_runs): first frames, and those past the last, of runs of voice long enough."""
        return rhythm.long_runs(self.track)
