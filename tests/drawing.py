"""What the command lines draw, as text."""

import io

from rich.console import Console, RenderableType


def drawn(
    picture: RenderableType, *, width: int = 80, encoding: str = "utf-8", terminal: bool = False
) -> str:
    """Draw to text of an encoding; raise an error for what that cannot encode."""
    output = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    colours = "truecolor" if terminal else None
    Console(
        file=output, width=width, force_terminal=terminal, color_system=colours, highlight=False
    ).print(picture)
    output.seek(0)
    return output.read()
