"""Voice activity: whether there is a voice, where, and what of a recording is measured."""

from ser_core.voice.preparation import (
    FRAME_LENGTH,
    SHORTEST_SPEECH_SECONDS,
    STEADY_DB,
    find_active,
    levels,
    prepare,
)
from ser_core.voice.utterance import Utterance

__all__ = [
    "FRAME_LENGTH",
    "SHORTEST_SPEECH_SECONDS",
    "STEADY_DB",
    "Utterance",
    "find_active",
    "levels",
    "prepare",
]
