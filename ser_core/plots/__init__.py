"""Pictures of recordings."""

from ser_core.plots.picture import DARK, Picture
from ser_core.plots.recording import draw_recording
from ser_core.plots.sound_outline import Sketch

__all__ = [
    "DARK",
    "Picture",
    "Sketch",
    "draw_recording",
]
