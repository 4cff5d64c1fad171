"""What the headline is when the recipe is chosen inside the training folds alone.

Run ``python experiments/nested_choice.py CORPUS=FOLDER...``. The recipe of the default model was
settled by comparing recipes on left-out speakers, among them those on whom its figure is reported.
How much that flatters, this tells: for each fold, the recipes of `CANDIDATES` are compared by
cross-validation among the training speakers only, the best is trained on all of these, and asked
about the fold's speakers, who had no part in the choice. The last line is JSON.
"""

import json
from dataclasses import asdict, replace
from typing import Annotated

import numpy as np
import typer
from rich.table import Table
from sklearn.metrics import recall_score

from ser_core.cli.options import Cache, Jobs, errors_as_sentences
from ser_core.cli.terminal import console
from ser_core.concurrency import Workers
from ser_core.corpora import find_all
from ser_core.dataset import DEFAULT_CACHE, measure, splits
from ser_core.evaluation import cross_validation
from ser_core.features import MODEL_FAMILIES
from ser_core.models import TrainingOptions

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
    cache: Cache = DEFAULT_CACHE,
    jobs: Jobs = -1,
) -> None:
    """Choose the recipe anew in every fold, without the fold's speakers."""
    out = console()
    with errors_as_sentences():
        measured = measure(
            find_all(data),
            families=MODEL_FAMILIES,
            chains=DEFAULT.chains,
            cache=cache,
            workers=Workers(jobs, out),
        )
        predicted = np.empty_like(measured.emotions)
        table = Table("fold", "chosen", *CANDIDATES)
        for number, fold in enumerate(splits.speaker_independent(measured, n_partitions=1)):
            known = measured.take(fold.train)
            inner_folds = splits.speaker_independent(known, n_folds=INNER_FOLDS, n_partitions=1)
            inner = {
                name: cross_validation.run(
                    f"fold {number}, {name}",
                    known if options.chains else replace(known, altered=None),
                    inner_folds,
                    options=options,
                    workers=Workers(jobs, out),
                ).uar
                for name, options in CANDIDATES.items()
            }
            chosen = max(inner, key=lambda name: inner[name])
            options = CANDIDATES[chosen]
            learned = measured if options.chains else replace(measured, altered=None)
            model = cross_validation.train(learned, fold, options=options)
            predicted[fold.test] = model.classifier.predict(measured.features[fold.test])
            table.add_row(str(number), chosen, *(f"{uar:.3f}" for uar in inner.values()))
    uar = float(recall_score(measured.emotions, predicted, average="macro"))
    out.print(table)
    out.print(f"UAR with the recipe chosen inside the training folds: {uar:.3f}")
    typer.echo(json.dumps({"uar": uar, "shipped": asdict(DEFAULT)}))


if __name__ == "__main__":
    typer.run(main)
