"""A picture of a recording to look at for a while, and of the emotion in it over time.

It has the waveform in the colours of emotions, a mel spectrogram, and how likely each emotion is
over time. It needs no colours to be told apart: emotions are named where there is room, else they
have letters, and its words list them all.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from ser_core.emotions import BY_NAME, EMOTION_NAMES, NO_SPEECH, NOT_SURE
from ser_core.inference import Timeline, WindowPrediction, describe_shares, format_time
from ser_core.plots.lettering import (
    HATCH,
    LETTERS,
    alt,
    colour_of,
    draw_legend,
    dress,
    fitting,
    readable_on,
    second_marks,
    shown,
    tick,
)
from ser_core.plots.picture import LIGHT, Picture, Style
from ser_core.plots.sound_outline import DYNAMIC_RANGE, SoundOutline, outline_of
from ser_core.signal import N_MELS, mel_edges

Array = NDArray[np.float32]

SIZE = (10.0, 6.2)  # inches of a recording's picture
HEIGHTS = (1.9, 0.34, 1.5, 1.5)  # of waveform, band, spectrogram and probabilities, in proportion
LEFT, RIGHT, TOP, BOTTOM = 0.085, 0.985, 0.9, 0.105  # of the picture: where the axes end
LABELS_AT = -0.066  # of the axes' width, left of them
N_COLUMNS = 1400  # of the waveform and the spectrogram

FREQUENCIES = (250, 1000, 4000)  # Hz that are marked
EDGED = 0.05  # inches, of a stretch or a window that has room for its edge
LETTERED = 0.3  # the least probability whose area has room for a letter
N_SHARES_SHOWN = 5


def draw_recording(
    sound: Array | SoundOutline,
    timeline: Timeline,
    windows: Sequence[WindowPrediction],
    *,
    name: str,
    style: Style = LIGHT,
) -> Picture:
    """Draw a recording: waveform, mel spectrogram, and how likely each emotion is over time.

    Parameters
    ----------
    sound
        (n_samples,) float32, mono at `audio.SAMPLE_RATE`; or its outline.
    timeline
        Timeline of the same recording.
    windows
        Predictions of the windows that the timeline was derived from.
    name
        Name of the recording.
    style
        Colours and sizes.
    """
    outline = sound if isinstance(sound, SoundOutline) else outline_of(sound)
    duration = timeline.duration or outline.duration or 1.0
    figure = Figure(figsize=SIZE, facecolor=style.background)
    figure.subplots_adjust(LEFT, BOTTOM, RIGHT, TOP, hspace=0.09)
    waveform, band, spectrogram, likely = figure.subplots(4, height_ratios=HEIGHTS, sharex=True)
    _draw_title(figure, name, timeline, style)
    _draw_waveform(waveform, outline, timeline, style)
    _draw_band(band, timeline, style)
    _draw_spectrogram(spectrogram, outline, style)
    _draw_probabilities(likely, windows, duration, style)
    _letter_probabilities(likely, timeline, windows)
    for axes in (waveform, band, spectrogram, likely):
        dress(axes, style)
        axes.yaxis.set_label_coords(LABELS_AT, 0.5)
        if axes is not likely:
            axes.tick_params(bottom=False)
            axes.spines["bottom"].set_visible(False)
    likely.set_xlim(0.0, duration)
    likely.xaxis.set_major_locator(second_marks(duration))
    likely.xaxis.set_major_formatter(FuncFormatter(lambda time, _: tick(time, duration)))
    draw_legend(figure, timeline, windows, style)
    return Picture(figure, alt(f"The recording {shown(name)}", timeline))


def _draw_title(figure: Figure, name: str, timeline: Timeline, style: Style) -> None:
    """Write the file's name, and how much of it is heard as what."""
    written: dict[str, Any] = {"va": "top", "parse_math": False}
    figure.text(
        LEFT, 0.975, shown(name), color=style.ink, size=style.title_size, weight="bold", **written
    )
    said = f"{format_time(timeline.duration)}   {describe_shares(timeline, at_most=N_SHARES_SHOWN)}"
    figure.text(LEFT, 0.932, said, color=style.muted, size=style.text_size, **written)


def _draw_waveform(axes: Axes, outline: SoundOutline, timeline: Timeline, style: Style) -> None:
    """Draw the outline of the sound, each stretch in its colour; hatched where that is not sure."""
    lows, highs = outline.peaks(N_COLUMNS)
    times = (np.arange(lows.size) + 0.5) * outline.duration / lows.size
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


def _draw_spectrogram(axes: Axes, outline: SoundOutline, style: Style) -> None:
    axes.imshow(
        outline.decibels(N_COLUMNS),
        origin="lower",
        aspect="auto",
        extent=(0.0, outline.duration or 1.0, -0.5, N_MELS - 0.5),
        cmap=style.spectrogram,
        vmin=0.0,
        vmax=DYNAMIC_RANGE,
        interpolation="nearest",
    )
    places = np.interp(FREQUENCIES, mel_edges()[1:-1], np.arange(N_MELS))
    axes.set_yticks(places, [f"{f} Hz" if f < 1000 else f"{f // 1000} kHz" for f in FREQUENCIES])
    axes.set_ylabel("spectrogram")


def _draw_probabilities(
    axes: Axes, windows: Sequence[WindowPrediction], duration: float, style: Style
) -> None:
    """Stack how likely each emotion is, one on the other, wherever somebody speaks."""
    for times, likely in _spoken(windows, duration):
        lower = np.zeros(times.size)
        for emotion, probabilities in likely.items():
            upper = lower + probabilities
            axes.fill_between(
                times,
                lower,
                upper,
                facecolor=colour_of(emotion, style),
                edgecolor=style.background,
                linewidth=0.7 if SIZE[0] / max(len(windows), 1) > EDGED else 0.0,
            )
            lower = upper
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])
    axes.set_ylabel("probabilities")


def _letter_probabilities(
    axes: Axes, timeline: Timeline, windows: Sequence[WindowPrediction]
) -> None:
    """Write letters on the areas of the emotions that are heard, in the middle of each stretch."""
    ends = np.array([one.time for one in windows])
    for segment in timeline.segments:
        inches = SIZE[0] * (RIGHT - LEFT) * segment.duration / timeline.duration
        letter = fitting(LETTERS.get(segment.label, ""), inches, LIGHT.small_size)
        middle = (segment.start + segment.end) / 2
        place = int(np.searchsorted(ends, middle))
        if segment.label not in BY_NAME or not letter or place >= len(windows):
            continue
        prediction = windows[place].prediction
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
    windows: Sequence[WindowPrediction], duration: float
) -> Iterator[tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]]:
    """Yield times and probabilities by emotion of each run of windows with speech."""
    ends = np.array([0.0, *(one.time for one in windows)])
    start = 0
    while start < len(windows):
        end = start
        while end < len(windows) and windows[end].prediction is not None:
            end += 1
        if end > start:
            run = [one.prediction.probabilities for one in windows[start:end] if one.prediction]
            middles = (ends[start:end] + ends[start + 1 : end + 1]) / 2
            times = np.array([ends[start], *middles, min(ends[end], duration)])
            names = [name for name in EMOTION_NAMES if name in run[0]]
            names += [name for name in run[0] if name not in EMOTION_NAMES]
            yield (
                times,
                {name: np.array([p[name] for p in (run[0], *run, run[-1])]) for name in names},
            )
        start = end + 1
