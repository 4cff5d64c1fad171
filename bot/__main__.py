"""The command line: ``python -m bot`` runs the bot; subcommands do smaller things."""

import asyncio
import logging
import os
import sys
from enum import IntEnum

import typer

from bot.errors import (
    BotError,
    ConnectionFailedError,
    LoginError,
    SettingsError,
    StorageError,
    outline,
)
from bot.runner import run
from bot.settings import Settings, misspelt_settings
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class ExitCode(IntEnum):
    """How the process ends; 0 is for having been told to."""

    FAILURE = 1
    WRONG_SETTINGS = 2
    WRONG_TOKEN = 3
    NO_CONNECTION = 4


app = typer.Typer(
    help="Undertone: a Discord bot that hears the emotion in a voice note.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def bot(context: typer.Context) -> None:
    """Run the bot: on Discord with a DISCORD_TOKEN, in its playground without."""
    if context.invoked_subcommand is not None:
        return
    try:
        settings = Settings.load()
        start_logging(settings.log_level)
        for name, meant in misspelt_settings().items():
            log.warning("There is no setting %s, which .env has: did you mean %s?", name, meant)
        asyncio.run(run(settings, say))
    except (BotError, UndertoneError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(exit_code(error)) from error
    except Exception as error:
        typer.echo(f"Undertone met an error that nobody foresaw:\n{outline(error)}", err=True)
        raise typer.Exit(ExitCode.FAILURE) from error


def exit_code(error: BotError | UndertoneError) -> ExitCode:
    """Tell how the process ends because of an error."""
    match error:
        # The core's only fault at start is its model; a database that fails later ends nothing.
        case SettingsError() | StorageError() | UndertoneError():
            return ExitCode.WRONG_SETTINGS
        case LoginError():
            return ExitCode.WRONG_TOKEN
        case ConnectionFailedError():
            return ExitCode.NO_CONNECTION
        case _:
            return ExitCode.FAILURE


def say(text: str) -> None:
    """Show a text to the person who started the bot, at once even through a pipe.

    Where nobody reads any more (``python -m bot | head``), the bot goes on without a word.
    """
    try:
        print(text, flush=True)
    except OSError:
        # What is left in the buffer would otherwise fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def start_logging(level: str) -> None:
    """Log to standard error, without what people write or feel.

    In its debug log discord.py writes down every message and every reply, so that is never on; and
    it has a long traceback for each time that a connection is lost.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(LOG_FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level)
    discord_log = logging.getLogger("discord")
    discord_log.setLevel(logging.INFO if level == "DEBUG" else logging.WARNING)
    logging.getLogger("discord.client").addFilter(_shorten)


def _shorten(record: logging.LogRecord) -> bool:
    """Put the type of an error in the place of its traceback."""
    if record.exc_info and record.exc_info[0] is not None:
        record.msg = f"{record.getMessage()} ({record.exc_info[0].__name__})"
        record.args = None
        record.exc_info = None
    return True


def main() -> None:
    """Run the command line."""
    app(prog_name="python -m bot")


if __name__ == "__main__":
    main()
