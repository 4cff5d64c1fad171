"""Voice activity detection, and the preparation of a waveform for feature extraction.

Silence and sounds other than voices are removed here; features are extracted in `features`.
"""

from ser_core.voice.activity import VOICE_FRAME_LENGTH
from ser_core.voice.preparation import (
    MIN_LEVEL_SD_DB,
    find_active,
    levels,
    prepare,
)
from ser_core.voice.utterance import Utterance

__all__ = [
    "MIN_LEVEL_SD_DB",
    "VOICE_FRAME_LENGTH",
    "Utterance",
    "find_active",
    "levels",
    "prepare",
]
