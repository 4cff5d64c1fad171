"""The command line over files: python -m ser_core COMMAND."""

import typer

from ser_core.cli import evaluate, predict, robustness


def make_app(*, add_completion: bool) -> typer.Typer:
    """Make the command line.

    Parameters
    ----------
    add_completion
        Offer to teach the shell how to complete it, which shells learn by the name of a program:
        `python -m ser_core` has none.
    """
    made = typer.Typer(
        help="Undertone: the emotion in the tone of a voice.",
        add_completion=add_completion,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    made.command()(predict.predict)
    made.command("robustness")(robustness.check)
    made.command()(evaluate.evaluate)
    return made


app = make_app(add_completion=False)


def main() -> None:
    """Run the command line as the program that is installed."""
    make_app(add_completion=True)(prog_name="undertone")
