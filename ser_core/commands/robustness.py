"""Say what a model hears through: python -m ser_core robustness --data CORPUS=FOLDER."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table
from sklearn.pipeline import Pipeline

from ser_core import robustness
from ser_core.corpora import CORPORA, Clip, find_clips, parse_corpora, share_speakers
from ser_core.dataset import DEFAULT_CACHE
from ser_core.errors import TrainingError, UndertoneError
from ser_core.model import EmotionModel, load_default_model, load_model
from ser_core.robustness import UNALTERED, Robustness
from ser_core.terminal import console, print_error

CLIPS = 300  # of each corpus: a share is then within 0.06 of what all clips would give
HEARD_BEFORE = (
    "The model learned from the voices in these corpora. On voices that it knows it is hard to "
    "mislead: these figures flatter it. Leave --as-is out for honest ones."
)

Corpora = Annotated[
    list[str],
    typer.Option(
        metavar="CORPUS=FOLDER",
        help="A corpus and where it was unpacked; may be repeated. "
        f"Known corpora: {', '.join(CORPORA)}.",
    ),
]
ModelPath = Annotated[
    Path | None, typer.Option("--model", help="A model of your own, from train.py.")
]
AsIs = Annotated[
    bool,
    typer.Option(
        "--as-is",
        help="Ask the model itself, not models trained like it without the speakers: "
        "for corpora that it has never heard.",
    ),
]
NClips = Annotated[
    int, typer.Option(min=0, help="How many clips of each corpus to ask about; 0 for all.")
]
JsonPath = Annotated[Path | None, typer.Option("--json", help="A file to write the figures to.")]
Cache = Annotated[Path, typer.Option(help="Folder in which features are kept for the next run.")]
Jobs = Annotated[int, typer.Option(help="Processes; -1 for one on each core.")]
Seed = Annotated[int, typer.Option(min=0, help="From which all randomness follows.")]


def measure(
    data: Corpora,
    model_path: ModelPath = None,
    as_is: AsIs = False,
    clips: NClips = CLIPS,
    json_path: JsonPath = None,
    cache: Cache = DEFAULT_CACHE,
    jobs: Jobs = -1,
    seed: Seed = 0,
) -> None:
    """Say how many answers stay the same in noise, in rooms, through codecs and on the phone."""
    # It draws pictures too: imported here, so that `predict` need not wait for what it takes.
    from ser_core import training

    out = console()
    try:
        if jobs == 0:
            raise TrainingError(
                "No processes can do no work: give 1 or more, or -1 for one a core."
            )
        if json_path is not None:
            _make_room_for(json_path)
        model = load_model(model_path) if model_path else load_default_model()
        folders = parse_corpora(data)
        found = [clip for corpus, folder in folders.items() for clip in find_clips(corpus, folder)]
        asked = robustness.sample(found, n_clips=clips, seed=seed)
        learned = model.facts.corpora
        heard_before = as_is and any(share_speakers(a, b) for a in folders for b in learned)
        if heard_before:
            out.print(HEARD_BEFORE)
        with training.progress_bars(out) as progress:
            models = (
                {clip.speaker: model.pipeline for clip in asked}
                if as_is
                else _train(found, model, cache, jobs, progress)
            )
            figures = robustness.measure(
                asked,
                models,
                families=model.families,
                seed=seed,
                n_jobs=jobs,
                on_progress=training.follow(progress, "altering clips, and asking"),
            )
    except UndertoneError as error:
        print_error(error)
        raise typer.Exit(1) from error
    for title, part in {"all clips": figures, **figures.by_corpus}.items():
        out.print(table(title, part))
    if json_path is not None:
        facts = {"as_is": as_is, "heard_before": heard_before, "seed": seed}
        contents = {**facts, "options": asdict(model.options), **figures.as_dict()}
        json_path.write_text(json.dumps(contents, indent=2) + "\n", encoding="utf-8")


def table(title: str, figures: Robustness) -> Table:
    """Draw the figures of some clips, one alteration to a line."""
    drawn = Table(
        title=f"{title} ({figures.n_clips:,})",
        title_justify="left",
        caption="same: share of answers that stay the same. UAR: mean of the emotions' recalls.",
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


def _train(
    clips: Sequence[Clip], model: EmotionModel, cache: Path, jobs: int, progress: Progress
) -> dict[str, Pipeline]:
    """Train the model's recipe anew, without the speakers that it will be asked about."""
    from ser_core import training

    data = training.measure_clips(
        clips,
        families=model.families,
        chains=model.options.chains,
        cache=cache,
        n_jobs=jobs,
        progress=progress,
    )
    return robustness.leave_speakers_out(
        data,
        options=model.options,
        n_jobs=jobs,
        on_progress=training.follow(progress, "training without some speakers"),
    )


def _make_room_for(path: Path) -> None:
    """See to it that a file can be written, before minutes of work depend on it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        path.open("a").close()
        if is_new:
            path.unlink()
    except OSError as cause:
        raise TrainingError(f"The file {path} cannot be written: {cause.strerror}.") from cause
