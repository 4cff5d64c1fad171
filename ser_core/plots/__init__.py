"""Pictures of recordings; charts of a model's figures are in `evaluation`."""

from ser_core.plots import timeline_strip
from ser_core.plots.picture import DARK, Picture
from ser_core.plots.recording import draw_recording
from ser_core.plots.sound_outline import SoundOutline

__all__ = [
    "DARK",
    "Picture",
    "SoundOutline",
    "draw_recording",
    "timeline_strip",
]
