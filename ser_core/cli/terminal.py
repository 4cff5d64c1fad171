"""Output in a terminal: bars of emotions, a level meter, a live line, errors and notes.

Everything here is a rich renderable: rich leaves out colours where the output is not a terminal or
``NO_COLOR`` is set, and what is drawn falls back to ASCII where the encoding knows nothing else. On
each line the words come before the picture, for those who listen to their terminal.
"""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from ser_core.emotions import BY_NAME, NOT_SURE, UNSURE_EMOJI

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, RenderableType, RenderResult

    from ser_core.models import Prediction

BAR_CELLS = 30  # character cells of a bar for a probability of 1
MIN_BAR_CELLS = 5  # on the narrowest of terminals
METER_CELLS = 10  # character cells of the level meter
QUIETEST = -99.0  # dBFS, the least that is written; 16-bit samples go down to -96
METER_FLOOR = -60.0  # dBFS at which the level meter is empty; 0 dBFS fills it

EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
NAME_CELLS = max(len(name) for name in BY_NAME)
EMOJI_CELLS = cell_len("😐 ")
WORDS_CELLS = EMOJI_CELLS + NAME_CELLS + len(" 100 %  ")


def console(*, stderr: bool = False) -> Console:
    """Return a console for standard output or error that no character can make fail.

    Parameters
    ----------
    stderr
        Whether to write to standard error.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    return Console(stderr=stderr, highlight=False, emoji=False, markup=False)


def say(what: RenderableType, *, style: str | None = None) -> None:
    """Print to standard output at once.

    Parameters
    ----------
    what
        A text, which is not wrapped, or any rich renderable.
    style
        rich's name of the style of a text.

    Raises
    ------
    BrokenPipeError
        Nobody reads any more; rich alone would end the program.
    """
    output = console()
    with output.capture() as printed:
        output.print(what, style=style, soft_wrap=isinstance(what, str | Text))
    sys.stdout.write(printed.get())
    sys.stdout.flush()


def warn(text: str) -> None:
    """Print a text to standard error, on one line."""
    console(stderr=True).print(text, soft_wrap=True)


def note(text: str, *, hidden: bool = False) -> None:
    """Print a text to standard error if that is a terminal; it is no part of the result."""
    output = console(stderr=True)
    if output.is_terminal and not hidden:
        output.print(text, style="dim", soft_wrap=True)


def can_redraw(output: Console) -> bool:
    """Whether what was drawn can be drawn over: not in a pipe, a file or a dumb terminal."""
    return output.is_terminal and not output.is_dumb_terminal


@contextlib.contextmanager
def countdown(
    name: str, seconds: float, *, hidden: bool = False
) -> Iterator[Callable[[float], None]]:
    """Show a person at a terminal how long to speak.

    Parameters
    ----------
    name
        Name of the microphone.
    seconds
        Duration of the recording in seconds.
    hidden
        Whether to show nothing.

    Yields
    ------
    callable
        Takes the seconds that have passed since it was last called.
    """
    output = console(stderr=True)
    columns = (
        TextColumn("Speak now, into “{task.description}”"),
        BarColumn(),
        TextColumn("{task.remaining:.1f} s"),
    )
    disable = hidden or not output.is_terminal
    with Progress(*columns, console=output, transient=True, disable=disable) as progress:
        task = progress.add_task(name, total=seconds)
        yield lambda passed: progress.advance(task, passed)


def print_error(error: Exception) -> None:
    """Print an error's sentence to standard error, as it is, on one line.

    Parameters
    ----------
    error
        An error whose text is for people.
    """
    line = Text.assemble(("Error:", "bold red"), " ", str(error))
    console(stderr=True).print(line, soft_wrap=True)


def bars(prediction: Prediction) -> Bars:
    """Draw a prediction as one bar per emotion, the most probable first.

    Parameters
    ----------
    prediction
        The prediction to draw.

    Returns
    -------
    Bars
        A rich renderable: ``console.print(bars(prediction))``.
    """
    return Bars(prediction.ranked)


@dataclass(frozen=True)
class Bars:
    """One line per emotion: its emoji and name, its probability in per cent, a bar in its colour.

    Parameters
    ----------
    ranked
        Names and probabilities in 0..1, in the order of the lines.
    """

    ranked: tuple[tuple[str, float], ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines as wide as the console allows."""
        cells = max(MIN_BAR_CELLS, min(BAR_CELLS, options.max_width - WORDS_CELLS))
        for name, probability in self.ranked:
            line = label(name, ascii_only=options.ascii_only)
            line.append(f" {_per_cent(probability)}  ")
            line.append(bar(probability, cells, ascii_only=options.ascii_only), colour(name))
            line.rstrip()
            line.no_wrap = True
            line.overflow = "crop"
            yield line


@dataclass(frozen=True)
class LiveLine:
    """The rolling line of the microphone: the emotion, its probability, how loud it is.

    Parameters
    ----------
    prediction
        The prediction of the window; None where nobody speaks.
    level
        Level of the last hop in dBFS; ``-inf`` for digital silence.
    """

    prediction: Prediction | None
    level: float

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the one line."""
        if self.prediction is None:
            line = Text(
                "(no speech)".ljust(NAME_CELLS + (0 if options.ascii_only else EMOJI_CELLS))
            )
            line.append(" " * len(" 100 %"))
        else:
            said = self.prediction.emotion if self.prediction.is_sure else NOT_SURE
            line = label(said, ascii_only=options.ascii_only)
            line.stylize(colour(said))
            line.append(f" {_per_cent(self.prediction.confidence)}")
        line.append(f"  {decibels(self.level):>6}  ")
        line.append(meter(self.level, ascii_only=options.ascii_only))
        if self.prediction is not None and not self.prediction.is_sure:
            line.append(f"  {' or '.join(self.prediction.nearest)}?", "dim")
        line.no_wrap = True
        line.overflow = "crop"
        yield line


def label(name: str, *, ascii_only: bool) -> Text:
    """Return the emoji and name of a label, padded to the width of the longest."""
    emotion = BY_NAME.get(name)
    if ascii_only:
        return Text(name.ljust(NAME_CELLS))
    emoji = emotion.emoji if emotion else UNSURE_EMOJI if name == NOT_SURE else "  "
    return Text(f"{emoji} {name.ljust(NAME_CELLS)}")


def colour(name: str) -> str:
    """Return an emotion's colour as a rich style; a model may know emotions that we do not."""
    emotion = BY_NAME.get(name)
    return emotion.hex_colour if emotion else "default"


def _per_cent(share: float) -> str:
    """Write a share of 0..1 in per cent, always as wide as 100 %."""
    return f"{100 * share:3.0f} %"


def decibels(level: float) -> str:
    """Write a level in dBFS in at most six characters."""
    return "silent" if math.isinf(level) else f"{max(level, QUIETEST):.0f} dB"


def bar(share: float, cells: int, *, ascii_only: bool) -> str:
    """Draw a share of 0..1 in so many cells, to an eighth of a cell."""
    if ascii_only:
        return "#" * round(share * cells)
    full, eighths = divmod(round(share * cells * 8), 8)
    return "█" * full + EIGHTHS[eighths]


def meter(level: float, *, ascii_only: bool) -> str:
    """Draw a level in dBFS as filled and empty cells."""
    share = min(1.0, max(0.0, 1.0 - level / METER_FLOOR))
    filled = round(share * METER_CELLS)
    on, off = ("#", ".") if ascii_only else ("■", "□")
    return on * filled + off * (METER_CELLS - filled)
