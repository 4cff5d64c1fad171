"""How often people said that the bot was right, as plain data that goes between processes."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class VerdictTable:
    """What was heard in a server, and what people said it was, to be drawn.

    Parameters
    ----------
    counts
        How often, with what was heard and what it was said to be.
    names
        What the picture calls each label, by the core's names, in the order of the picture.
    title, said_label, heard_label
        Over the picture, beside its rows and below its columns.
    """

    counts: tuple[tuple[tuple[str, str], int], ...]
    names: tuple[tuple[str, str], ...]
    title: str
    said_label: str
    heard_label: str
