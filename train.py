"""Train a model of your own: python train.py ravdess=FOLDER [nemo=FOLDER] --out model.joblib."""

from pathlib import Path
from typing import Annotated

import typer

from ser_core import training
from ser_core.augment import CHAINS
from ser_core.corpora import CORPORA, parse_corpora
from ser_core.dataset import DEFAULT_CACHE
from ser_core.errors import UndertoneError
from ser_core.families import FAMILIES
from ser_core.terminal import console, print_error

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def train(
    data: Annotated[
        list[str],
        typer.Argument(
            metavar="CORPUS=FOLDER...",
            help=f"Corpora and where they were unpacked. Known corpora: {', '.join(CORPORA)}.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Where to write the model.")] = Path("out/model.joblib"),
    report: Annotated[
        Path, typer.Option(help="Folder for figures.json and the confusion matrices.")
    ] = Path("out/report"),
    families: Annotated[
        str, typer.Option(help=f"Feature families, out of {', '.join(FAMILIES)}.")
    ] = ",".join(training.FAMILIES),
    chains: Annotated[
        str,
        typer.Option(
            help=f"Altered copies to train on, out of {', '.join(CHAINS)}; of one that is named "
            "twice, two; '' for none. They take the package audiomentations."
        ),
    ] = ",".join(training.DEFAULT_CHAINS),
    cache: Annotated[
        Path, typer.Option(help="Folder in which features are kept for the next run.")
    ] = DEFAULT_CACHE,
    jobs: Annotated[int, typer.Option(help="Processes; -1 for one on each core.")] = -1,
    seed: Annotated[int, typer.Option(help="From which all randomness follows.")] = 0,
) -> None:
    """Train a model, and say how good the recipe is on speakers that it has not heard."""
    try:
        training.run(
            parse_corpora(data),
            out=out,
            report=report,
            families=training.parse_families(families),
            chains=training.parse_chains(chains),
            cache=cache,
            n_jobs=jobs,
            seed=seed,
            console=console(),
        )
    except UndertoneError as error:
        print_error(error)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
