"""The command that measures robustness: python -m ser_core robustness --data CORPUS=FOLDER."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ser_core.cli.options import (
    Cache,
    Corpora,
    Jobs,
    ModelPath,
    Seed,
    errors_as_sentences,
    measure_for,
)
from ser_core.cli.terminal import console
from ser_core.concurrency import Workers
from ser_core.corpora import find_all, share_speakers
from ser_core.dataset import DEFAULT_CACHE
from ser_core.evaluation import UNALTERED, Robustness, robustness
from ser_core.models import load_model

CLIPS = 300  # of each corpus: a share is then within 0.06 of what all clips would give
HEARD_BEFORE = (
    "The model learned from the voices in these corpora. On voices that it knows it is hard to "
    "mislead: these figures flatter it. Leave --as-is out for honest ones."
)


def check(
    data: Corpora,
    model_path: ModelPath = None,
    as_is: Annotated[
        bool,
        typer.Option(
            "--as-is",
            help="Test the model itself, not models trained like it without the speakers: "
            "for corpora that it has never heard.",
        ),
    ] = False,
    clips: Annotated[
        int, typer.Option(min=0, help="Number of clips of each corpus to test with; 0 for all.")
    ] = CLIPS,
    json_path: Annotated[
        Path | None, typer.Option("--json", help="A file to write the figures to.")
    ] = None,
    cache: Cache = DEFAULT_CACHE,
    jobs: Jobs = -1,
    seed: Seed = 0,
) -> None:
    """Measure how many predictions stay the same in noise, rooms, codecs and on the phone."""
    out = console()
    with errors_as_sentences():
        workers = Workers(jobs, out)
        if json_path is not None:
            # It draws pictures too: imported here, so that `predict` need not wait for that.
            from ser_core.training import check_writable

            check_writable(json_path)
        model = load_model(model_path)
        found = find_all(data)
        asked = robustness.sample(found, n_clips=clips, seed=seed)
        corpora, learned = {clip.corpus for clip in found}, model.facts.corpora
        heard_before = as_is and any(share_speakers(a, b) for a in corpora for b in learned)
        if heard_before:
            out.print(HEARD_BEFORE)
        if as_is:
            models = {clip.speaker: model.classifier for clip in asked}
        else:
            measured = measure_for(model, found, cache=cache, workers=workers)
            models = robustness.leave_speakers_out(measured, options=model.options, workers=workers)
        figures = robustness.measure(
            asked, models, families=model.families, seed=seed, workers=workers
        )
    for title, part in {"all clips": figures, **figures.by_corpus}.items():
        out.print(table(title, part))
    if json_path is not None:
        facts = {"as_is": as_is, "heard_before": heard_before, "seed": seed}
        contents = {**facts, "options": asdict(model.options), **asdict(figures)}
        json_path.write_text(json.dumps(contents, indent=2) + "\n", encoding="utf-8")


def table(title: str, figures: Robustness) -> Table:
    """Draw the figures of some clips, one alteration to a line."""
    drawn = Table(
        title=f"{title} ({figures.n_clips:,})",
        title_justify="left",
        caption="same: share of unchanged predictions. UAR: mean of the emotions' recalls.",
        caption_justify="left",
    )
    drawn.add_column("alteration")
    for column in ("same", "no speech", "UAR", "change"):
        drawn.add_column(column, justify="right")
    drawn.add_row(UNALTERED, "", "", f"{figures.uar:.3f}", "")
    for name, effect in figures.effects.items():
        drawn.add_row(
            name,
            f"{effect.unchanged:.3f}",
            f"{effect.no_speech:.3f}",
            f"{effect.uar:.3f}",
            f"{effect.uar - figures.uar:+.3f}",
        )
    return drawn
