"""A picture of a recording's timeline to glance at, in a chat.

Bars as loud as the recording is, in the colours of emotions, with names or letters over them; its
words list what is heard from when to when.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from ser_core.emotions import NO_SPEECH, NOT_SURE
from ser_core.inference import Timeline
from ser_core.plots.lettering import (
    LETTERS,
    POINTS_PER_INCH,
    alt,
    colour_of,
    dress,
    first_letters,
    fitting,
    second_marks,
    tick,
)
from ser_core.plots.picture import LIGHT, Picture, Style
from ser_core.plots.sound_outline import SoundOutline, outline_of

Array = NDArray[np.float32]

SIZE = (8.0, 2.0)  # inches
DPI = 100  # 800 × 200 pixels
N_BARS = 128  # of a strip
WIDEST_BAR = 8.0  # points
QUIETEST_BAR = 0.04  # of the loudest: one of which something is seen
TEXT_SIZE, SMALL_SIZE = 16.0, 13.0  # points: chats show it at half its size, or less
AXES = (0.05, 0.21, 0.9, 0.56)  # left, bottom, width, height; beside it fits half of "1:00:00"
NAMES_AT = 1.12  # of the axes' height


def draw(
    waveform: Array | SoundOutline,
    timeline: Timeline,
    *,
    style: Style = LIGHT,
    names: Mapping[str, str] | None = None,
) -> Picture:
    """Draw a recording's timeline small: bars as loud as it is, in the colours of emotions.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `audio.SAMPLE_RATE`; or its outline.
    timeline
        Timeline of the same recording.
    style
        `picture.LIGHT` or `picture.DARK`, whichever suits the background that it is shown on.
    names
        Names of the labels in another language; English if None.

    Returns
    -------
    Picture
        With ``png(dpi=DPI)``, 800 × 200 pixels.
    """
    style = replace(style, text_size=TEXT_SIZE, small_size=SMALL_SIZE)
    outline = waveform if isinstance(waveform, SoundOutline) else outline_of(waveform)
    duration = timeline.duration or outline.duration or 1.0
    figure = Figure(figsize=SIZE, facecolor=style.background)
    axes = figure.add_axes(AXES)
    lows, highs = outline.peaks(N_BARS)
    loudness = np.maximum(highs, -lows)
    heights = np.maximum(loudness / max(float(loudness.max()), 1e-9), QUIETEST_BAR)
    times = (np.arange(heights.size) + 0.5) * duration / heights.size
    labels = [_label_at(timeline, float(time)) for time in times]
    width = POINTS_PER_INCH * SIZE[0] * AXES[2] / heights.size
    width = min(width, WIDEST_BAR)
    bars = [[(time, -height), (time, height)] for time, height in zip(times, heights, strict=True)]
    colours = [colour_of(label, style) for label in labels]
    widths = [width * (0.3 if label == NO_SPEECH else 0.62) for label in labels]
    axes.add_collection(LineCollection(bars, colors=colours, linewidths=widths, capstyle="round"))
    hollow = [bar for bar, label in zip(bars, labels, strict=True) if label == NOT_SURE]
    axes.add_collection(
        LineCollection(
            hollow, colors=style.background, linewidths=0.62 * width - 1.7, capstyle="round"
        )
    )
    axes.set_xlim(0.0, duration)
    axes.set_ylim(-1.08, 1.08)
    dress(axes, style)
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.xaxis.set_major_locator(second_marks(duration))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda time, _: tick(time, duration)))
    _name_stretches(axes, timeline, style, names or {})
    return Picture(figure, alt("A recording", timeline))


def _name_stretches(axes: Axes, timeline: Timeline, style: Style, names: Mapping[str, str]) -> None:
    """Write over a strip what is heard, where there is room: a name, or a letter."""
    heard = {label: name for label, name in names.items() if label != NO_SPEECH}
    letters = first_letters(heard) | {names.get(NOT_SURE, NOT_SURE): "?"} if names else LETTERS
    for segment in timeline.segments:
        inches = SIZE[0] * AXES[2] * segment.duration / timeline.duration
        written = names.get(segment.label, segment.label)
        name = fitting(written, inches, style.text_size, letters)
        if name and name != letters.get(NO_SPEECH):
            axes.text(
                (segment.start + segment.end) / 2,
                NAMES_AT,
                name,
                ha="center",
                va="bottom",
                size=style.text_size,
                color=style.muted if segment.label == NO_SPEECH else style.ink,
                parse_math=False,
            )


def _label_at(timeline: Timeline, time: float) -> str:
    for segment in timeline.segments:
        if time < segment.end:
            return segment.label
    return NO_SPEECH
