"""Pictures of figures."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

matplotlib.use("Agg")  # pictures go to files: no screen is needed

DPI = 150


def confusion(
    counts: NDArray[np.int64], emotions: Sequence[str], path: Path, *, title: str
) -> None:
    """Draw a confusion matrix.

    Parameters
    ----------
    counts
        (n_emotions, n_emotions): rows are what it is, columns what it was taken for.
    emotions
        Their names.
    path
        Where to write the picture; its ending says in which format.
    title
        Over the picture.
    """
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 2.2 + 0.62 * len(emotions)
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.subplots()
    axes.imshow(share, cmap="Blues", vmin=0.0, vmax=1.0)
    axes.set_xticks(range(len(emotions)), emotions, rotation=40, ha="right")
    axes.set_yticks(range(len(emotions)), emotions)
    axes.set_xlabel("heard as (% of the clips of each row)")
    axes.set_ylabel("acted as")
    axes.set_title(title)
    for row in range(len(emotions)):
        for column in range(len(emotions)):
            value = share[row, column]
            if value >= 0.005:
                colour = "white" if value > 0.55 else "black"
                axes.text(column, row, f"{100 * value:.0f}", ha="center", va="center", color=colour)
    figure.savefig(path, dpi=DPI)
