"""Parts that pictures of recordings share: labels, colours, the axis of time, alternative texts."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import Locator, MaxNLocator, MultipleLocator

from ser_core.emotions import BY_NAME, EMOTION_NAMES, NO_SPEECH, NOT_SURE
from ser_core.inference import (
    Timeline,
    WindowPrediction,
    describe_segment,
    describe_shares,
    format_time,
    with_times,
)
from ser_core.plots.picture import Style

HATCH = "////"  # of what is not sure
N_MARKS = 10  # on the axis of seconds, at most
LONG_STEPS = (10, 15, 30, 60, 120, 300, 600, 900, 1800)  # seconds
LETTER_WIDTH = 0.62  # of a letter's size, about, in the mean
POINTS_PER_INCH = 72
LONGEST_SHOWN = 60  # letters of a file's name
N_TURNS_SAID = 12
UNKNOWN_COLOUR = "#000000"  # of an emotion that only a model of one's own knows


def dress(axes: Axes, style: Style) -> None:
    """Set the colours and sizes of axes."""
    axes.set_facecolor(style.background)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(style.faint)
    axes.tick_params(colors=style.muted, labelsize=style.small_size, length=2.5, color=style.faint)
    axes.yaxis.label.set(color=style.muted, size=style.small_size)


def colour_of(label: str, style: Style) -> str:
    """Return the colour of a label, as ``#rrggbb``."""
    if label in BY_NAME:
        return BY_NAME[label].hex_colour
    return {NOT_SURE: style.muted, NO_SPEECH: style.faint}.get(label, UNKNOWN_COLOUR)


def readable_on(colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour (by relative luminance)."""
    channels = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255.0
    luminance = float(np.dot([0.2126, 0.7152, 0.0722], channels**2.2))
    return "#000000" if luminance > 0.18 else "#ffffff"


def first_letters(names: Mapping[str, str]) -> dict[str, str]:
    """Return the shortest beginning of each name that no other name has."""
    letters = {}
    for name in names.values():
        others = [other for other in names.values() if other != name]
        lengths = range(1, len(name) + 1)
        own = (n for n in lengths if not any(other.startswith(name[:n]) for other in others))
        letters[name] = name[: next(own, len(name))].capitalize()
    return letters


LETTERS = first_letters(dict(zip(EMOTION_NAMES, EMOTION_NAMES, strict=True))) | {
    NOT_SURE: "?",
    NO_SPEECH: "–",
}
"""Where there is no room for the name."""


def fitting(label: str, inches: float, size: float, letters: Mapping[str, str] = LETTERS) -> str:
    """Return a label's name if it fits, else its letter, else an empty string."""
    for name in (label, letters.get(label, "")):
        if (len(name) + 1) * LETTER_WIDTH * size / POINTS_PER_INCH <= inches:
            return name
    return ""


def shown(name: str) -> str:
    """Return a file's name as it can be drawn on one line."""
    name = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name
    )
    return name if len(name) <= LONGEST_SHOWN else f"…{name[1 - LONGEST_SHOWN :]}"


def second_marks(duration: float) -> Locator:
    """Return the ticks of an axis of so many seconds, at steps in which people count time."""
    if duration < 60:
        return MaxNLocator(nbins=N_MARKS, steps=[1, 2, 5, 10])
    fitting_steps = [step for step in LONG_STEPS if duration / step <= N_MARKS]
    return MultipleLocator(fitting_steps[0] if fitting_steps else LONG_STEPS[-1])


def tick(time: float, duration: float) -> str:
    """Return the label of a tick."""
    return f"{time:g} s" if duration < 60 else format_time(time).removesuffix(".0")


def alt(what: str, timeline: Timeline) -> str:
    """Return the alternative text of a picture, segment by segment."""
    said = [f"{describe_segment(segment)} at {times}" for times, segment in with_times(timeline)]
    more = len(said) - N_TURNS_SAID
    if more > 0:
        said = [*said[:N_TURNS_SAID], f"and {more} more turns"]
    heard = "; ".join(said) or "nothing"
    length, shares = format_time(timeline.duration), describe_shares(timeline)
    return f"{what}, {length} long: {heard}. In all: {shares}."


def draw_legend(
    figure: Figure, timeline: Timeline, windows: Sequence[WindowPrediction], style: Style
) -> None:
    """Draw the colours of the emotions that the model knows, and of what is no emotion."""
    known = next((one.prediction.probabilities for one in windows if one.prediction), {})
    names = [name for name in EMOTION_NAMES if name in known]
    names += [label for label in timeline.shares if label not in (*names, NOT_SURE, NO_SPEECH)]
    patches = [
        Patch(facecolor=colour_of(name, style), label=f"{LETTERS.get(name, '')} {name}".strip())
        for name in names
    ]
    if known:
        unsure = Patch(facecolor="none", edgecolor=style.muted, hatch=HATCH, label=f"? {NOT_SURE}")
        patches.append(unsure)
    patches.append(Patch(facecolor=style.faint, label=NO_SPEECH))
    figure.legend(
        handles=patches,
        loc="lower center",
        ncols=len(patches),
        frameon=False,
        fontsize=style.small_size,
        labelcolor=style.ink,
        handlelength=1.1,
        handletextpad=0.5,
        columnspacing=1.3,
        borderaxespad=0.4,
    )
