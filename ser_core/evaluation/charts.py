"""Charts of figures, each with an alternative text."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ser_core.evaluation.calibration_error import COVERAGES, KEPT_COVERAGE, ConfidenceFigures
from ser_core.evaluation.metrics import confusions, percent
from ser_core.plots import Picture

SQUARE = (4.6, 4.6)  # inches
MARGIN, CELL = 2.2, 0.62  # inches of a confusion matrix
BEFORE, AFTER, IDEAL = "#d55e00", "#0072b2", "#777777"
"""Of Okabe and Ito's palette (see `emotions`), so that no two look alike to anybody."""

SMALLEST_MARK, LARGEST_MARK = 8, 120  # square points
WORTH_SAYING = 0.005  # a smaller share is left out of a confusion matrix
DARK = 0.55  # shares above it are drawn so dark that their text is white
N_CONFUSIONS_SAID = 3
LEGEND: dict[str, Any] = {"loc": "upper left", "fontsize": "small", "framealpha": 0.0}


def confusion(
    counts: NDArray[np.int64],
    emotions: Sequence[str],
    *,
    title: str,
    row_label: str = "acted as",
    column_label: str = "heard as (% of the clips of each row)",
) -> Picture:
    """Draw a confusion matrix.

    Parameters
    ----------
    counts
        (n_emotions, n_emotions): rows are the true emotions, columns the predicted ones. Rows
        without clips, and columns without predictions, are left out.
    emotions
        Names of the emotions, in the order of the rows.
    title
        Title of the picture.
    row_label, column_label
        Labels of the axes.
    """
    rows = np.flatnonzero(counts.sum(axis=1))
    columns = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    share = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))[np.ix_(rows, columns)]
    acted, heard = (np.asarray(emotions)[chosen].tolist() for chosen in (rows, columns))
    width, height = (MARGIN + CELL * len(names) for names in (heard, acted))
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.imshow(share, cmap="Blues", vmin=0.0, vmax=1.0)
    axes.set_xticks(range(len(heard)), heard, rotation=40, ha="right")
    axes.set_yticks(range(len(acted)), acted)
    axes.set(title=title, xlabel=column_label, ylabel=row_label)
    for (row, column), value in np.ndenumerate(share):
        if value >= WORTH_SAYING:
            colour = "white" if value > DARK else "black"
            axes.text(column, row, f"{100 * value:.0f}", ha="center", va="center", color=colour)
    said = [
        f"{one.acted} heard as {one.heard} {percent(one.share)}"
        for one in confusions(counts, emotions)[:N_CONFUSIONS_SAID]
    ]
    most = f" Most confused: {'; '.join(said)}." if said else ""
    return Picture(figure, f"Confusion matrix of {len(acted)} emotions. {title}.{most}")


def reliability(
    before: ConfidenceFigures, after: ConfidenceFigures | None, *, title: str
) -> Picture:
    """Draw how often predictions are right against how sure they are, before and after calibration.

    Parameters
    ----------
    before
        Figures of the probabilities as the classifier gives them.
    after
        Figures of the calibrated probabilities; None where there are none.
    title
        Title of the picture.
    """
    figure, axes = _unit_axes(title, "confidence (larger marks: more clips)", "share that is right")
    axes.set_ylim(0, 1)
    axes.plot([0, 1], [0, 1], color=IDEAL, linestyle=":", label="as sure as right")
    said = []
    for name, one, colour, mark in (
        ("before calibration", before, BEFORE, "o"),
        ("calibrated", after, AFTER, "s"),
    ):
        if one is None:
            continue
        confidence = [part.confidence for part in one.bins]
        accuracy = [part.accuracy for part in one.bins]
        most = max(part.n_clips for part in one.bins)
        sizes = [SMALLEST_MARK + LARGEST_MARK * part.n_clips / most for part in one.bins]
        axes.plot(confidence, accuracy, color=colour, linewidth=1)
        label = f"{name}: ECE {one.ece:.3f}"
        axes.scatter(confidence, accuracy, s=sizes, color=colour, marker=mark, label=label)
        said.append(f"expected calibration error {name} {one.ece:.3f}")
    axes.legend(**LEGEND)
    return Picture(figure, f"Reliability diagram. {title}: {', '.join(said)}.")


def risk_coverage(curves: Mapping[str, ConfidenceFigures], *, title: str) -> Picture:
    """Draw the share of wrong answers against the share of clips that are answered.

    Parameters
    ----------
    curves
        Figures by the name of the curve.
    title
        Title of the picture.
    """
    figure, axes = _unit_axes(
        title, "share answered, the most certain first", "share wrong among those"
    )
    styles = cycle([(AFTER, "-"), (BEFORE, "--"), (IDEAL, "-.")])
    for (name, one), (colour, line) in zip(curves.items(), styles, strict=False):
        axes.plot(COVERAGES, one.risks, color=colour, linestyle=line, label=name)
    axes.axvline(KEPT_COVERAGE, color=IDEAL, linestyle=":")
    axes.set_ylim(bottom=0)
    axes.legend(**LEGEND)
    said = [
        f"{name}: {percent(1 - one.accuracy)} wrong when all are answered, "
        f"{percent(1 - one.accuracy_at_coverage)} among the most certain {percent(KEPT_COVERAGE)}"
        for name, one in curves.items()
    ]
    return Picture(figure, f"Risk–coverage curve. {title}. {'; '.join(said)}.")


def _unit_axes(title: str, x_label: str, y_label: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=SQUARE, layout="constrained")
    axes = figure.subplots()
    axes.set(title=title, xlabel=x_label, ylabel=y_label, xlim=(0, 1))
    axes.grid(alpha=0.25)
    return figure, axes
