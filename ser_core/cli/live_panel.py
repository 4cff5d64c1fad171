"""Display of a live session: a panel while it goes on, and a summary at its end.

The history is one cell for each prediction, in its emotion's colour and with a letter of its name,
so that it can be read without colours. As in `terminal`, everything drawn falls back to ASCII.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from rich import box
from rich.color import Color
from rich.console import Group
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from ser_core.cli.terminal import bar, colour, decibels, label, meter
from ser_core.emotions import BY_NAME, EMOTION_NAMES, NO_SPEECH, NOT_SURE
from ser_core.inference import (
    Segment,
    describe_prediction,
    describe_shares,
    describe_timeline,
    format_time,
)

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from ser_core.inference import Timeline, WindowPrediction

PANEL_CELLS = 76  # at most, borders included
FRAME_CELLS = 4  # of a panel: borders and padding
HEADING_CELLS = 8  # what stands before the level and the history
CONFIDENCE_CELLS = 20  # of the bar
UNSURE_LETTER = "?"
QUIET_LETTERS = {"utf-8": "·", "ascii": "."}
LEGEND_GAP = 2  # cells between two entries
LIGHT = 0.45  # of the luminance of white: on lighter cells letters are black
LUMINANCE = (0.2126, 0.7152, 0.0722)  # of red, green and blue (ITU-R BT.709)


def letters(names: Iterable[str] = EMOTION_NAMES) -> dict[str, str]:
    """Return for each name one of its letters: the first that no name before it has."""
    given: dict[str, str] = {}
    for name in names:
        free = (letter for letter in name if letter.isalnum() and letter not in given.values())
        given[name] = next(free, UNSURE_LETTER)
    return given


LETTERS = letters()


class LiveView:
    """A `LivePanel` that is drawn anew for each window, between ``with`` and the end of its block.

    Parameters
    ----------
    output
        A terminal, as `terminal.can_redraw` asks for.
    name
        Name of the microphone or of the file that is played.
    hop
        Seconds from one prediction to the next.
    """

    def __init__(self, output: Console, *, name: str, hop: float) -> None:
        self._name = name
        self._hop = hop
        self._labels: deque[str] = deque(maxlen=PANEL_CELLS)
        first = LivePanel(name=name, latest=None, labels=(), hop=hop)
        self._live = Live(first, console=output, auto_refresh=False)

    def __enter__(self) -> Self:
        """Draw an empty panel."""
        self._live.start(refresh=True)
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the last panel as it is."""
        self._live.stop()

    def show(self, latest: WindowPrediction, *, notes: tuple[str, ...] = ()) -> None:
        """Draw a prediction, and what was heard before.

        Parameters
        ----------
        latest
            The prediction of the latest window.
        notes
            Notes at the end of the panel, of a few words each.
        """
        self._labels.append(Segment(0.0, latest.time, latest.prediction).label)
        panel = LivePanel(
            name=self._name, latest=latest, labels=tuple(self._labels), hop=self._hop, notes=notes
        )
        self._live.update(panel, refresh=True)


@dataclass(frozen=True, kw_only=True)
class LivePanel:
    """The live view: what is heard now, how loud it is, and what was heard before.

    Parameters
    ----------
    name
        Name of the microphone or of the file that is played.
    latest
        The prediction of the latest window; None before the first.
    labels
        Labels of the windows that are remembered, the oldest first.
    hop
        Seconds from one prediction to the next.
    notes
        Notes at the end of the panel, of a few words each.
    """

    name: str
    latest: WindowPrediction | None
    labels: tuple[str, ...]
    hop: float
    notes: tuple[str, ...] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the panel, as wide as the console allows."""
        ascii_only = options.ascii_only
        width = min(PANEL_CELLS, options.max_width)
        inner = max(1, width - FRAME_CELLS)
        lines = (
            self._now(inner, ascii_only=ascii_only),
            self._level(ascii_only=ascii_only),
            self._history(inner, ascii_only=ascii_only),
            self._scale(inner, ascii_only=ascii_only),
            *_legend(inner, ascii_only=ascii_only),
        )
        for line in lines:
            line.no_wrap, line.overflow = True, "crop"
        elapsed = format_time(self.latest.time if self.latest else 0.0)
        separator = " - " if ascii_only else " · "
        yield Panel(
            Group(*lines),
            box=box.ASCII if ascii_only else box.ROUNDED,
            title=Text(f"{self.name}{separator}{elapsed}", no_wrap=True, overflow="ellipsis"),
            title_align="left",
            subtitle=Text(separator.join(self.notes), "dim", no_wrap=True, overflow="ellipsis"),
            subtitle_align="left",
            width=width,
            border_style="dim",
        )

    def _now(self, cells: int, *, ascii_only: bool) -> Text:
        prediction = self.latest.prediction if self.latest else None
        if prediction is None:
            text = f"({NO_SPEECH})" if self.latest else "(waiting for the first sound)"
            return Text(text, "dim")
        if not prediction.is_sure:
            line = label(NOT_SURE, ascii_only=ascii_only)
            line.rstrip()
            line.append(f": {' or '.join(prediction.nearest)}?")
            line.stylize("bold")
            return line
        name = prediction.emotion
        line = label(name, ascii_only=ascii_only)
        line.stylize(f"bold {colour(name)}")
        line.append(f" {100 * prediction.confidence:3.0f} %  ")
        room = max(1, min(CONFIDENCE_CELLS, cells - line.cell_len))
        line.append(bar(prediction.confidence, room, ascii_only=ascii_only), colour(name))
        return line

    def _level(self, *, ascii_only: bool) -> Text:
        level = self.latest.level if self.latest else -math.inf
        line = Text("level".ljust(HEADING_CELLS))
        line.append(f"{decibels(level):<8}")
        return line.append(meter(level, ascii_only=ascii_only))

    def _history(self, cells: int, *, ascii_only: bool) -> Text:
        room = max(1, cells - HEADING_CELLS)
        line = Text("heard".ljust(HEADING_CELLS))
        line.append(" " * (room - len(self.labels[-room:])))
        for name in self.labels[-room:]:
            line.append(*_cell(name, ascii_only=ascii_only))
        return line

    def _scale(self, cells: int, *, ascii_only: bool) -> Text:
        room = max(1, cells - HEADING_CELLS)
        begin = f"{room * self.hop:.0f} s ago"
        return Text(" " * HEADING_CELLS + begin + "now".rjust(max(4, room - len(begin))), "dim")


def _cell(name: str, *, ascii_only: bool) -> tuple[str, str]:
    """Return the letter and the style of a cell of the history."""
    if name == NO_SPEECH:
        return QUIET_LETTERS["ascii" if ascii_only else "utf-8"], "dim"
    if name == NOT_SURE:
        return UNSURE_LETTER, "reverse"
    letter = LETTERS.get(name, name[:1] or UNSURE_LETTER)
    if name not in BY_NAME:
        return letter, "bold"
    return letter, f"{_ink(colour(name))} on {colour(name)}"


def _ink(hex_colour: str) -> str:
    """Return black or white, whichever is easier to read on a colour."""
    channels = Color.parse(hex_colour).get_truecolor()
    linear = [(channel / 255) ** 2.2 for channel in channels]
    luminance = sum(share * value for share, value in zip(LUMINANCE, linear, strict=True))
    return "black" if luminance > LIGHT**2.2 else "white"


def _legend(cells: int, *, ascii_only: bool) -> list[Text]:
    """Return what the cells of the history mean, in lines of so many cells."""
    lines = [Text()]
    for name in (*EMOTION_NAMES, NOT_SURE, NO_SPEECH):
        entry = Text.assemble(_cell(name, ascii_only=ascii_only), (f" {name}", "dim"))
        if lines[-1] and lines[-1].cell_len + LEGEND_GAP + entry.cell_len > cells:
            lines.append(Text())
        lines[-1].append(" " * LEGEND_GAP if lines[-1] else "")
        lines[-1].append_text(entry)
    return lines


def summary(timeline: Timeline) -> Text:
    """Draw what was heard from when to when, and in all.

    Parameters
    ----------
    timeline
        The timeline of the whole session.
    """
    if not timeline.segments:
        return Text("Nothing was heard.")
    times = [f"{format_time(one.start)} to {format_time(one.end)}" for one in timeline.segments]
    cells = max(map(len, times))
    lines = []
    for time, segment in zip(times, timeline.segments, strict=True):
        said = describe_prediction(segment.prediction) if segment.prediction else f"({NO_SPEECH})"
        lines.append(Text.assemble(f"{time:<{cells}}  ", (said, colour(segment.label))))
    lines.append(Text(f"{'Shares':<{cells}}  {describe_shares(timeline)}", "dim"))
    lines.append(Text(f"{'In all':<{cells}}  {describe_timeline(timeline)}", "bold"))
    return Text("\n").join(lines)
