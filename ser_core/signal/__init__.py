"""The short-time Fourier transform and pitch tracking, frame by frame.

Statistics of these over time are in `features`.
"""

from ser_core.signal.pitch import PitchFrames, PitchTrack
from ser_core.signal.spectrum import (
    FRAME_LENGTH,
    FRAME_RATE,
    HOP_LENGTH,
    N_BINS,
    N_CHROMA,
    N_MELS,
    NOISE_FLOOR,
    Spectrum,
    frequencies,
    mel_edges,
    mel_filters,
)

__all__ = [
    "FRAME_LENGTH",
    "FRAME_RATE",
    "HOP_LENGTH",
    "NOISE_FLOOR",
    "N_BINS",
    "N_CHROMA",
    "N_MELS",
    "PitchFrames",
    "PitchTrack",
    "Spectrum",
    "frequencies",
    "mel_edges",
    "mel_filters",
]
