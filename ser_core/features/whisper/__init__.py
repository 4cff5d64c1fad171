"""The first blocks of Whisper's encoder: a waveform to frames of numbers learned from much speech.

The weights are no part of this package: they are downloaded into the user's cache folder.
"""

from ser_core.features.whisper.downloads import download
from ser_core.features.whisper.encoder import Encoder, load_encoder
from ser_core.features.whisper.weights import (
    WEIGHTS,
    WHISPER_BASE,
    Weights,
    is_usable,
    keep_encoder,
    load_kept_encoder,
    load_weights,
)

__all__ = [
    "WEIGHTS",
    "WHISPER_BASE",
    "Encoder",
    "Weights",
    "download",
    "is_usable",
    "keep_encoder",
    "load_encoder",
    "load_kept_encoder",
    "load_weights",
]
