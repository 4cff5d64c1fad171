"""A waveform with the spectrogram, pitch track and contours that feature families share."""

from functools import cached_property

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from ser_core.features import contours, rhythm
from ser_core.signal import PitchFrames, PitchTrack, Spectrum, pitch, spectrum

Array = NDArray[np.float32]

N_MFCC = 40


class Sound:
    """A waveform, with the contours that feature families share, each computed on first access.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`.
    """

    def __init__(self, waveform: Array) -> None:
        self.waveform = waveform

    @classmethod
    def of_frames(cls, waveform: Array, power: Array, frames: PitchFrames) -> "Sound":
        """Return a sound with spectra and pitch candidates that were computed before.

        Parameters
        ----------
        waveform
            (n_samples,) float32, mono at `SAMPLE_RATE`.
        power
            (N_BINS, n_frames) float32, as in `Spectrum`.
        frames
            Pitch candidates of as many frames.
        """
        sound = cls(waveform)
        sound.spectrum = Spectrum(waveform=waveform, power=power)
        sound.track = pitch.choose_path(frames)
        return sound

    @cached_property
    def spectrum(self) -> Spectrum:
        """The power spectrogram."""
        return spectrum.compute(self.waveform)

    @cached_property
    def track(self) -> PitchTrack:
        """The pitch track, with the frames of `spectrum`."""
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
        """(N_MFCC, n_frames): mel-frequency cepstral coefficients (MFCC), as librosa's."""
        coefficients = scipy.fft.dct(self.spectrum.log_mel, axis=0, norm="ortho")[:N_MFCC]
        return np.asarray(coefficients, dtype=np.float32)

    @cached_property
    def rasta(self) -> Array:
        """(N_MELS, n_frames): log-mel bands after the RASTA filter."""
        return contours.rasta(self.spectrum.log_mel)

    @cached_property
    def nuclei(self) -> NDArray[np.intp]:
        """(n_syllables,): the frames at the nuclei of syllables."""
        return rhythm.find_nuclei(self.loudness[0])

    @cached_property
    def long_runs(self) -> NDArray[np.intp]:
        """(2, n_runs): starts and ends of the voiced runs of at least `rhythm.MIN_RUN_FRAMES`."""
        return rhythm.long_runs(self.track)
