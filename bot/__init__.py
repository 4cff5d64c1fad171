"""Undertone, the Discord bot."""


def main() -> None:
    """Run the command line as the program that is installed, ``undertone-bot``."""
    # The worker processes import its script again, and with that this package.
    from bot.__main__ import app

    app(prog_name="undertone-bot")
