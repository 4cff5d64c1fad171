"""Make the picture of the live view: `mic.py` playing a real clip, as an SVG.

``python docs/make_live_picture.py CLIP...`` hears the clips one after another, as a microphone
would, and saves the last panel. The clips themselves are kept nowhere.
"""

import io
import re
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.terminal_theme import MONOKAI

from ser_core.audio import decode, to_waveform
from ser_core.cli.live_panel import PANEL_CELLS, LivePanel
from ser_core.inference import ListenerOptions, Segment, Session, play
from ser_core.models import load_default_model

PROJECT = Path(__file__).resolve().parent.parent
PICTURE = PROJECT / "docs" / "pictures" / "listen-live.svg"
HOP = 0.5  # s
CUT = 0.75  # of the last clip: while somebody speaks


def main(
    clips: Annotated[list[Path], typer.Argument(help="Recordings of speech.", exists=True)],
    out: Annotated[Path, typer.Option(help="Where the picture goes.")] = PICTURE,
) -> None:
    """Make the picture of the live view."""
    sounds = [to_waveform(decode(clip)) for clip in clips]
    sounds[-1] = sounds[-1][: round(CUT * sounds[-1].size)]
    live = Session(load_default_model(), options=ListenerOptions(hop=HOP), may_skip=False)
    answers = list(live.process(play(np.concatenate(sounds), at_pace=False)))
    labels = tuple(Segment(0.0, heard.time, heard.prediction).label for heard in answers)
    console = Console(record=True, width=PANEL_CELLS, file=io.StringIO(), force_terminal=True)
    console.print(
        LivePanel(name="desk", heard=answers[-1], labels=labels, hop=HOP, notes=("Ctrl-C ends",))
    )
    drawn = console.export_svg(title="python mic.py", theme=MONOKAI, unique_id="listen-live")
    # The font is the reader's own: a picture fetches nothing.
    drawn = re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    drawn = drawn.replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")
    out.write_text(re.sub(r"[ \t]+\n", "\n", drawn), encoding="utf-8")
    typer.echo(f"{out}: {out.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    typer.run(main)
