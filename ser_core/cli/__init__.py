"""The command line: the commands, each thin over the library, and what they draw in a terminal."""


def main() -> None:
    """Run the command line as the program that is installed, ``undertone``."""
    # Processes that it starts import its script again, and with that this package.
    from ser_core.cli.app import make_app

    make_app(add_completion=True)(prog_name="undertone")
