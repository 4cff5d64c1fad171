"""The report of an examination: an HTML page that needs no other file, its figures, and JSON."""

import importlib.metadata
import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

import ser_core
from ser_core.errors import TrainingError
from ser_core.evaluation import rendering
from ser_core.evaluation.examination import Examination
from ser_core.evaluation.weak_spots import weak_spots

HTML, JSON, SUMMARY = "report.html", "report.json", "summary.md"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "librosa")  # that affect the figures


def write(examination: Examination, folder: Path, *, model: str, command: str) -> Path:
    """Write `HTML`, `JSON` and `SUMMARY`, the main figures in Markdown, into a folder.

    Parameters
    ----------
    examination
        The examination to report.
    folder
        The folder, which is there.
    model
        Name of the model.
    command
        The command that made the report.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    TrainingError
        If the files cannot be written.
    """
    record = json.dumps(as_record(examination, model=model, command=command), indent=1)
    html, summary = (
        rendering.render(name, examination, model=model, command=command, versions=versions())
        for name in (HTML, SUMMARY)
    )
    try:
        (folder / JSON).write_text(record + "\n", encoding="utf-8")
        (folder / HTML).write_text(html, encoding="utf-8")
        (folder / SUMMARY).write_text(summary, encoding="utf-8")
    except OSError as cause:
        raise TrainingError(f"The report cannot be written: {cause.strerror}.") from cause
    return folder / HTML


def as_record(examination: Examination, *, model: str, command: str) -> dict[str, Any]:
    """Return everything as plain values that JSON can hold; parameters as in `write`."""
    facts, strangers, known = examination.facts, examination.strangers, examination.known_voice
    return {
        "command": command,
        "model": {
            "name": model,
            "families": facts.families,
            "emotions": facts.emotions,
            "corpora": dict(facts.corpora),
            "calibration": asdict(examination.calibration),
        },
        "options": asdict(examination.options),
        "versions": versions(),
        "clips": examination.data.clips_by_corpus(),
        "strangers": strangers.clips_by_corpus() if strangers else {},
        "weak_spots": weak_spots(examination),
        "evaluations": {name: one.as_dict() for name, one in examination.evaluations.items()},
        "cross_corpus": [
            {"trained_on": trained_on, "tested_on": tested_on} | one.as_dict()
            for (trained_on, tested_on), one in examination.pairs.items()
        ],
        "own_answers": {name: one.as_dict() for name, one in examination.own_answers.items()},
        "own_answers_six": {
            name: one.as_dict() for name, one in examination.own_answers_six.items()
        },
        "means": {name: asdict(one) for name, one in examination.means.items()},
        "left_out": examination.left_out,
        "skipped": dict(examination.skipped),
        "known_voice": None if known is None else known.as_dict(),
        "ablation": [asdict(one) for one in examination.ablation],
    }


def versions() -> dict[str, str]:
    """Return the versions of Undertone, Python and `LIBRARIES`."""
    libraries = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {"undertone": ser_core.__version__, "python": platform.python_version(), **libraries}


def table(examination: Examination) -> Table:
    """Return the main figures as a table for a terminal."""
    drawn = Table(
        title="How well it hears",
        title_justify="left",
        caption="UAR: mean of the emotions' recalls; own: among the emotions that the clips have. "
        "A random split flatters: it knows the voices.",
        caption_justify="left",
    )
    drawn.add_column("what")
    for column in ("accuracy", "UAR", "95 %", "own"):
        drawn.add_column(column, justify="right")
    drawn.add_column("recall of each emotion")
    for way, parts in examination.parts.items():
        for label, one in parts:
            interval = one.uar_interval
            drawn.add_row(
                f"{way}: {label}",
                f"{one.accuracy:.3f}",
                f"{one.uar:.3f}",
                f"{interval.low:.2f}–{interval.high:.2f}" if interval else "",
                f"{one.uar_among_own:.3f}" if len(one.by_emotion) > 1 else "",
                ", ".join(f"{name} {part.recall:.2f}" for name, part in one.by_emotion.items()),
            )
    return drawn
