"""The table of verdicts to be drawn, as plain data that goes between processes."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class VerdictTable:
    """A confusion matrix of a server: the bot's answers against what people said was right.

    Parameters
    ----------
    counts
        The number of verdicts, by the label that the bot answered ("heard") and the one that a
        person said.
    names
        The translated name of each label, by the core's names, in the order of the image.
    title, said_label, heard_label
        Texts above the image, beside its rows and below its columns.
    """

    counts: tuple[tuple[tuple[str, str], int], ...]
    names: tuple[tuple[str, str], ...]
    title: str
    said_label: str
    heard_label: str
