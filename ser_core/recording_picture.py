"""Pictures of a recording and of the emotion in it over time.

`recording` is one to look at for a while: the waveform in the colours of emotions, a mel
spectrogram, and how likely each emotion is over time. `timeline_strip` is one to glance at, in a
chat. Neither needs colours to be told apart: emotions are named where there is room, else they have
letters, and the words of a picture list them all.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import librosa
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.emotions import BY_NAME, EMOTION_NAMES, NO_SPEECH, NOT_SURE
from ser_core.lettering import (
    HATCH,
    LETTERS,
    POINTS_PER_INCH,
    alt,
    colour_of,
    draw_legend,
    dress,
    first_letters,
    fitting,
    readable_on,
    second_marks,
    shown,
    tick,
)
from ser_core.listener import Heard
from ser_core.picture import LIGHT, Picture, Style
from ser_core.sketch import DYNAMIC_RANGE, Sketch, sketch
from ser_core.spectrum import N_MELS
from ser_core.stretches import Timeline
from ser_core.timeline_formats import minutes, summary

Array = NDArray[np.float32]

SIZE = (10.0, 6.2)  # inches of a recording's picture
HEIGHTS = (1.9, 0.34, 1.5, 1.5)  # of waveform, band, spectrogram and probabilities, in proportion
LEFT, RIGHT, TOP, BOTTOM = 0.085, 0.985, 0.9, 0.105  # of the picture: where the axes end
LABELS_AT = -0.066  # of the axes' width, left of them
N_COLUMNS = 1400  # of the waveform and the spectrogram

STRIP_SIZE = (8.0, 2.0)  # inches
STRIP_DPI = 100  # 800 × 200 pixels
N_BARS = 128  # of a strip
WIDEST_BAR = 8.0  # points
QUIETEST_BAR = 0.04  # of the loudest: one of which something is seen
STRIP_AXES = (0.02, 0.17, 0.96, 0.6)  # left, bottom, width, height, of the picture
STRIP_NAMES_AT = 1.12  # of the axes' height

FREQUENCIES = (250, 1000, 4000)  # Hz that are marked
EDGED = 0.05  # inches, of a stretch or a window that has room for its edge
LETTERED = 0.3  # the least probability whose area has room for a letter
N_SHARES_SHOWN = 5


def recording(
    sound: Array | Sketch,
    timeline: Timeline,
    heard: Sequence[Heard],
    *,
    name: str,
    style: Style = LIGHT,
) -> Picture:
    """Draw a recording: waveform, mel spectrogram, and how likely each emotion is over time.

    Parameters
    ----------
    sound
        (n_samples,) float32, mono at `audio.SAMPLE_RATE`; or a sketch of it.
    timeline
        Of the same recording.
    heard
        Every answer of the listener that gave the timeline.
    name
        Of the recording.
    style
        How it looks.
    """
    drawn = sound if isinstance(sound, Sketch) else sketch(sound)
    duration = timeline.duration or drawn.duration or 1.0
    figure = Figure(figsize=SIZE, facecolor=style.background)
    figure.subplots_adjust(LEFT, BOTTOM, RIGHT, TOP, hspace=0.09)
    waveform, band, spectrogram, likely = figure.subplots(4, height_ratios=HEIGHTS, sharex=True)
    _draw_title(figure, name, timeline, style)
    _draw_waveform(waveform, drawn, timeline, style)
    _draw_band(band, timeline, style)
    _draw_spectrogram(spectrogram, drawn, style)
    _draw_probabilities(likely, heard, duration, style)
    _letter_probabilities(likely, timeline, heard)
    for axes in (waveform, band, spectrogram, likely):
        dress(axes, style)
        axes.yaxis.set_label_coords(LABELS_AT, 0.5)
        if axes is not likely:
            axes.tick_params(bottom=False)
            axes.spines["bottom"].set_visible(False)
    likely.set_xlim(0.0, duration)
    likely.xaxis.set_major_locator(second_marks(duration))
    likely.xaxis.set_major_formatter(FuncFormatter(lambda time, _: tick(time, duration)))
    draw_legend(figure, timeline, heard, style)
    return Picture(figure, alt(f"The recording {shown(name)}", timeline))


def timeline_strip(
    waveform: Array | Sketch,
    timeline: Timeline,
    *,
    style: Style = LIGHT,
    names: Mapping[str, str] | None = None,
) -> Picture:
    """Draw a recording's timeline small: bars as loud as it is, in the colours of emotions.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `audio.SAMPLE_RATE`; or a sketch of it.
    timeline
        Of the same recording.
    style
        `picture.LIGHT` or `picture.DARK`, as what it is shown on.
    names
        What to write for a segment's label, in another language; English if None.

    Returns
    -------
    Picture
        With ``png(dpi=STRIP_DPI)``, 800 × 200 pixels.
    """
    drawn = waveform if isinstance(waveform, Sketch) else sketch(waveform)
    duration = timeline.duration or drawn.duration or 1.0
    figure = Figure(figsize=STRIP_SIZE, facecolor=style.background)
    axes = figure.add_axes(STRIP_AXES)
    lows, highs = drawn.outline(N_BARS)
    loudness = np.maximum(highs, -lows)
    heights = np.maximum(loudness / max(float(loudness.max()), 1e-9), QUIETEST_BAR)
    times = (np.arange(heights.size) + 0.5) * duration / heights.size
    labels = [_label_at(timeline, float(time)) for time in times]
    width = POINTS_PER_INCH * STRIP_SIZE[0] * STRIP_AXES[2] / heights.size
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


def _draw_title(figure: Figure, name: str, timeline: Timeline, style: Style) -> None:
    """Write the file's name, and how much of it is heard as what."""
    written: dict[str, Any] = {"va": "top", "parse_math": False}
    figure.text(
        LEFT, 0.975, shown(name), color=style.ink, size=style.title_size, weight="bold", **written
    )
    said = f"{minutes(timeline.duration)}   {summary(timeline, at_most=N_SHARES_SHOWN)}"
    figure.text(LEFT, 0.932, said, color=style.muted, size=style.text_size, **written)


def _draw_waveform(axes: Axes, drawn: Sketch, timeline: Timeline, style: Style) -> None:
    """Draw the outline of the sound, each stretch in its colour; hatched where that is not sure."""
    lows, highs = drawn.outline(N_COLUMNS)
    times = (np.arange(lows.size) + 0.5) * drawn.duration / lows.size
    axes.axhline(0.0, color=style.faint, linewidth=0.8, zorder=0)
    for segment in timeline.segments:
        first, last = np.searchsorted(times, [segment.start, segment.end])
        columns = slice(max(first - 1, 0), last + 1)  # into its neighbours, so that nothing is open
        colour = colour_of(segment.label, style)
        is_unsure = segment.label == NOT_SURE
        axes.fill_between(
            times[columns],
            lows[columns],
            highs[columns],
            facecolor="none" if is_unsure else colour,
            edgecolor=colour,
            hatch=HATCH * 2 if is_unsure else None,
            linewidth=0.6,
        )
    peak = 1.08 * max(float(highs.max()), -float(lows.min()), 1e-4)
    axes.set_ylim(-peak, peak)
    axes.set_yticks([])
    axes.set_ylabel("waveform")


def _draw_band(axes: Axes, timeline: Timeline, style: Style) -> None:
    """Draw the timeline as a band, with names where there is room for them."""
    for segment in timeline.segments:
        is_sure = segment.label not in (NOT_SURE, NO_SPEECH)
        colour = colour_of(segment.label, style)
        inches = SIZE[0] * (RIGHT - LEFT) * segment.duration / timeline.duration
        axes.add_patch(
            Rectangle(
                (segment.start, 0.0),
                segment.duration,
                1.0,
                facecolor=colour if is_sure else style.background,
                edgecolor=style.background if is_sure else style.faint,
                hatch=HATCH if segment.label == NOT_SURE else None,
                linewidth=1.2 if is_sure and inches > EDGED else 0.0,
            )
        )
        name = fitting(segment.label, inches, style.small_size)
        if name and name != LETTERS[NO_SPEECH]:
            axes.text(
                (segment.start + segment.end) / 2,
                0.47,
                name,
                ha="center",
                va="center",
                size=style.small_size,
                color=readable_on(colour)
                if is_sure
                else style.muted
                if segment.label == NO_SPEECH
                else style.ink,
                parse_math=False,
                bbox=None
                if is_sure
                else {"facecolor": style.background, "edgecolor": "none", "pad": 1.0},
            )
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([])


def _draw_spectrogram(axes: Axes, drawn: Sketch, style: Style) -> None:
    axes.imshow(
        drawn.decibels(N_COLUMNS),
        origin="lower",
        aspect="auto",
        extent=(0.0, drawn.duration or 1.0, -0.5, N_MELS - 0.5),
        cmap=style.spectrogram,
        vmin=0.0,
        vmax=DYNAMIC_RANGE,
        interpolation="nearest",
    )
    centres = librosa.mel_frequencies(N_MELS + 2, fmin=0.0, fmax=SAMPLE_RATE / 2)[1:-1]
    places = np.interp(FREQUENCIES, centres, np.arange(N_MELS))
    axes.set_yticks(places, [f"{f} Hz" if f < 1000 else f"{f // 1000} kHz" for f in FREQUENCIES])
    axes.set_ylabel("spectrogram")


def _draw_probabilities(axes: Axes, heard: Sequence[Heard], duration: float, style: Style) -> None:
    """Stack how likely each emotion is, one on the other, wherever somebody speaks."""
    for times, likely in _spoken(heard, duration):
        lower = np.zeros(times.size)
        for emotion, probabilities in likely.items():
            upper = lower + probabilities
            axes.fill_between(
                times,
                lower,
                upper,
                facecolor=colour_of(emotion, style),
                edgecolor=style.background,
                linewidth=0.7 if SIZE[0] / max(len(heard), 1) > EDGED else 0.0,
            )
            lower = upper
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])
    axes.set_ylabel("probabilities")


def _letter_probabilities(axes: Axes, timeline: Timeline, heard: Sequence[Heard]) -> None:
    """Write letters on the areas of the emotions that are heard, in the middle of each stretch."""
    ends = np.array([one.time for one in heard])
    for segment in timeline.segments:
        inches = SIZE[0] * (RIGHT - LEFT) * segment.duration / timeline.duration
        letter = fitting(LETTERS.get(segment.label, ""), inches, LIGHT.small_size)
        middle = (segment.start + segment.end) / 2
        place = int(np.searchsorted(ends, middle))
        if segment.label not in BY_NAME or not letter or place >= len(heard):
            continue
        prediction = heard[place].prediction
        if prediction is None or prediction.probabilities.get(segment.label, 0.0) < LETTERED:
            continue
        below = EMOTION_NAMES[: EMOTION_NAMES.index(segment.label)]
        height = sum(prediction.probabilities.get(name, 0.0) for name in below)
        axes.text(
            middle,
            height + prediction.probabilities[segment.label] / 2,
            letter,
            ha="center",
            va="center",
            size=LIGHT.small_size,
            color=readable_on(BY_NAME[segment.label].hex_colour),
        )


def _spoken(
    heard: Sequence[Heard], duration: float
) -> Iterator[tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]]:
    """Give times and probabilities by emotion, of each run of answers in which somebody speaks."""
    ends = np.array([0.0, *(one.time for one in heard)])
    start = 0
    while start < len(heard):
        end = start
        while end < len(heard) and heard[end].prediction is not None:
            end += 1
        if end > start:
            run = [one.prediction.probabilities for one in heard[start:end] if one.prediction]
            middles = (ends[start:end] + ends[start + 1 : end + 1]) / 2
            times = np.array([ends[start], *middles, min(ends[end], duration)])
            names = [name for name in EMOTION_NAMES if name in run[0]]
            names += [name for name in run[0] if name not in EMOTION_NAMES]
            yield (
                times,
                {name: np.array([p[name] for p in (run[0], *run, run[-1])]) for name in names},
            )
        start = end + 1


def _name_stretches(axes: Axes, timeline: Timeline, style: Style, names: Mapping[str, str]) -> None:
    """Write over a strip what is heard, where there is room, with lines where it changes."""
    letters = first_letters(names) | {names.get(NOT_SURE, NOT_SURE): "?"} if names else LETTERS
    for segment in timeline.segments:
        inches = STRIP_SIZE[0] * STRIP_AXES[2] * segment.duration / timeline.duration
        written = names.get(segment.label, segment.label)
        name = fitting(written, inches, style.text_size, letters)
        if name and name != LETTERS[NO_SPEECH]:
            axes.text(
                (segment.start + segment.end) / 2,
                STRIP_NAMES_AT,
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
