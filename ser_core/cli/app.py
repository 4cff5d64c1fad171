"""The command line: its commands, and what is the same for all of them."""

from typing import Annotated

import typer

from ser_core import __version__
from ser_core.cli import download, evaluate, live, predict, robustness, train


def make_app(*, add_completion: bool) -> typer.Typer:
    """Make the command line.

    Parameters
    ----------
    add_completion
        Whether to offer shell completion, which shells look up by the name of a program:
        `python -m ser_core` has none.
    """
    made = typer.Typer(
        help="Undertone: the emotion in the tone of a voice.",
        add_completion=add_completion,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    made.callback()(_options)
    made.command()(predict.predict)
    made.command("live")(live.listen)
    made.command()(train.train)
    made.command()(evaluate.evaluate)
    made.command("robustness")(robustness.check)
    made.command("download")(download.fetch)
    return made


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"undertone {__version__}")
        raise typer.Exit


def _options(
    _: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
) -> None:
    """Process the options that stand before a command."""


app = make_app(add_completion=False)
