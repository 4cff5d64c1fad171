"""Feature extraction: a waveform to a vector of named features, in families chosen by name.

The spectrogram and the pitch track that features are computed from are in `signal`.
"""

from ser_core.features.extraction import (
    DEFAULT_FAMILIES,
    MODEL_FAMILIES,
    extract_features,
    feature_names,
    take_waveform_alone,
)
from ser_core.features.families import FAMILIES, in_order, keep_whisper_family
from ser_core.features.rhythm import runs
from ser_core.features.sound import Sound

__all__ = [
    "DEFAULT_FAMILIES",
    "FAMILIES",
    "MODEL_FAMILIES",
    "Sound",
    "extract_features",
    "feature_names",
    "in_order",
    "keep_whisper_family",
    "runs",
    "take_waveform_alone",
]
