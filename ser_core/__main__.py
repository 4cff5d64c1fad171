"""The command line over files: python -m ser_core COMMAND."""

import typer

from ser_core.commands import evaluate, predict, robustness

app = typer.Typer(
    help="Undertone: the emotion in the tone of a voice.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


app.command()(predict.predict)
app.command("robustness")(robustness.measure)
app.command()(evaluate.evaluate)


def main() -> None:
    """Run the command line."""
    app(prog_name="undertone")


if __name__ == "__main__":
    app(prog_name="python -m ser_core")
