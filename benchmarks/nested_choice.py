"""What the headline is when the recipe is chosen inside the training folds alone.

Run ``python benchmarks/nested_choice.py CORPUS=FOLDER...``. The recipe of the default model was
settled by comparing recipes on left-out speakers, among them those on whom its figure is reported.
How much that flatters, this tells: for each fold, the recipes of `CANDIDATES` are compared by
cross-validation among the training speakers only, the best is trained on all of these, and asked
about the fold's speakers, who had no part in the choice. The last line is JSON.
"""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table
from sklearn.metrics import recall_score

from ser_core import classifier, evaluate, splits, training
from ser_core.classifier import TrainingOptions
from ser_core.corpora import find_clips, parse_corpora
from ser_core.dataset import DEFAULT_CACHE
from ser_core.errors import UndertoneError
from ser_core.terminal import console, print_error

INNER_FOLDS = 3
DEFAULT = TrainingOptions()
CANDIDATES = {
    "as shipped": DEFAULT,
    "no altered copies, twice the epochs": replace(DEFAULT, chains=(), epochs=2 * DEFAULT.epochs),
    "one network on all families": replace(DEFAULT, n_networks=1),
    "three times the penalty": replace(DEFAULT, alpha=3 * DEFAULT.alpha),
}


def main(
    data: Annotated[list[str], typer.Argument(metavar="CORPUS=FOLDER...")],
    cache: Annotated[Path, typer.Option(help="Folder in which features are kept.")] = DEFAULT_CACHE,
    jobs: Annotated[int, typer.Option(help="Processes; -1 for one on each core.")] = -1,
) -> None:
    """Choose the recipe anew in every fold, without the fold's speakers."""
    try:
        folders = parse_corpora(data)
        clips = [clip for name, folder in folders.items() for clip in find_clips(name, folder)]
        out = console()
        with training.progress_bars(out) as progress:
            clips_as_numbers = training.measure_clips(
                clips,
                families=training.FAMILIES,
                chains=DEFAULT.chains,
                cache=cache,
                n_jobs=jobs,
                progress=progress,
            )
            follow = training.follow(progress, "folds")
            outer = splits.speaker_independent(clips_as_numbers, n_partitions=1)
            predicted = np.empty_like(clips_as_numbers.emotions)
            table = Table("fold", "chosen", *CANDIDATES)
            for number, fold in enumerate(outer):
                inner = {}
                known = clips_as_numbers.take(fold.train)
                for name, options in CANDIDATES.items():
                    inner[name] = evaluate.speaker_independent(
                        known if options.chains else known.without_copies(),
                        options=options,
                        n_folds=INNER_FOLDS,
                        n_partitions=1,
                        n_jobs=jobs,
                    ).uar
                chosen = max(inner, key=lambda name: inner[name])
                options = CANDIDATES[chosen]
                learned = known if options.chains else known.without_copies()
                pipeline = classifier.fit(learned, options=options)
                predicted[fold.test] = pipeline.predict(clips_as_numbers.features[fold.test])
                table.add_row(str(number), chosen, *(f"{uar:.3f}" for uar in inner.values()))
                follow(number + 1, len(outer))
    except UndertoneError as error:
        print_error(error)
        raise typer.Exit(1) from error
    uar = float(recall_score(clips_as_numbers.emotions, predicted, average="macro"))
    out.print(table)
    out.print(f"UAR with the recipe chosen inside the training folds: {uar:.3f}")
    typer.echo(json.dumps({"uar": uar, "shipped": asdict(DEFAULT)}))


if __name__ == "__main__":
    typer.run(main)
