"""A figure with its alternative text; the style of pictures of recordings."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

matplotlib.use("Agg")  # pictures go to files: no screen is needed

DPI = 150


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure with its alternative text.

    Parameters
    ----------
    figure
        The figure of matplotlib.
    alt
        Alternative text.
    """

    figure: Figure
    alt: str

    def save(self, path: Path) -> None:
        """Write it to a file, ``.png`` or ``.svg``, with its alternative text."""
        with _drawing():
            self.figure.savefig(path, dpi=DPI, metadata={"Description": self.alt})

    def svg(self) -> bytes:
        """Return it as SVG, the same bytes for the same picture."""
        buffer = io.BytesIO()
        with _drawing():
            self.figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
        return buffer.getvalue()

    def png(self, *, dpi: float = DPI) -> bytes:
        """Return it as PNG, with so many pixels to an inch of the figure."""
        buffer = io.BytesIO()
        with _drawing():
            self.figure.savefig(buffer, format="png", dpi=dpi, metadata={"Description": self.alt})
        return buffer.getvalue()


@contextmanager
def _drawing() -> Iterator[None]:
    """Draw the same bytes each time, and say nothing of letters that the font lacks."""
    with warnings.catch_warnings(), matplotlib.rc_context({"svg.hashsalt": "undertone"}):
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


@dataclass(frozen=True, kw_only=True)
class Style:
    """How pictures of recordings look; emotions have their own colours, in `emotions`.

    Parameters
    ----------
    background
        Colour of the background.
    ink
        Colour of text that matters.
    muted
        Colour of other text, and of what is not sure.
    faint
        Colour of lines that only guide the eye, and of a recording where nobody speaks.
    spectrogram
        Name of a matplotlib colour map that begins near the background.
    title_size, text_size, small_size
        Sizes of the text, in points.
    """

    background: str
    ink: str
    muted: str
    faint: str
    spectrogram: str
    title_size: float = 13.0
    text_size: float = 9.0
    small_size: float = 8.0


LIGHT = Style(
    background="#ffffff", ink="#1f2328", muted="#656d76", faint="#d0d7de", spectrogram="Greys"
)
DARK = Style(
    background="#2b2d31", ink="#f2f3f5", muted="#b5bac1", faint="#4e5058", spectrogram="magma"
)
"""As Discord's two themes, in which these pictures are seen too."""
