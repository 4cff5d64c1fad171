"""The command line: ``python -m bot``, which runs the bot, and its subcommands."""

import sys

try:
    import asyncio
    import contextlib
    import logging
    import os
    from collections.abc import Iterator
    from enum import IntEnum

    import typer

    from bot.app import check_all, run, sync
    from bot.errors import (
        BotError,
        ConnectionFailedError,
        LoginError,
        MissingIntentError,
        SettingsError,
        StorageError,
        redacted_traceback,
    )
    from bot.logs import start_logging
    from bot.settings import Settings, misspelt_settings
    from ser_core.errors import UndertoneError
except KeyboardInterrupt:  # Ctrl-C while all this is imported, which takes a second
    sys.exit(130)

log = logging.getLogger(__name__)


class ExitCode(IntEnum):
    """The exit codes of errors; 0 is for a bot that was stopped."""

    FAILURE = 1
    WRONG_SETTINGS = 2
    WRONG_TOKEN = 3
    NO_CONNECTION = 4
    MISSING_INTENT = 5


app = typer.Typer(
    help="Undertone: a Discord bot that hears the emotion in a voice note. Without a command, the "
    "bot is started: on Discord with a DISCORD_TOKEN, in its playground without.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def bot(context: typer.Context) -> None:
    """Run the bot where no command is given."""
    if context.invoked_subcommand is not None:
        return
    with _exiting_on_error():
        settings = _settings()
        asyncio.run(run(settings, print_line))


@app.command()
def check() -> None:
    """Try settings, model, decoders, connection; report what is wrong, and exit with its code."""
    with _exiting_on_error():
        try:
            settings = _settings()
        except SettingsError as error:
            for sentence in str(error).splitlines():
                print_line(f"✗ Settings: {sentence}")
            raise typer.Exit(exit_code(error)) from error
        print_line("✓ Settings: they can be read.")
        for name, meant in misspelt_settings().items():
            print_line(f"! Settings: there is no {name}, which .env has: did you mean {meant}?")
        wrong = asyncio.run(check_all(settings, print_line))
        if wrong is not None:
            raise typer.Exit(exit_code(wrong))
        print_line("Everything is as it should be.")


def _settings() -> Settings:
    """Read the settings, configure logging, and warn of misspelt names."""
    settings = Settings.load()
    start_logging(settings.log_level, settings.log_format, secrets=[settings.token or ""])
    for name, meant in misspelt_settings().items():
        log.warning("There is no setting %s, which .env has: did you mean %s?", name, meant)
    return settings


@contextlib.contextmanager
def _exiting_on_error() -> Iterator[None]:
    """Exit with an error's sentence on standard error, and the exit code of its kind."""
    try:
        yield
    except (BotError, UndertoneError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(exit_code(error)) from error
    except typer.Exit:
        raise
    except Exception as error:
        typer.echo(
            f"Undertone met an error that nobody foresaw:\n{redacted_traceback(error)}", err=True
        )
        raise typer.Exit(ExitCode.FAILURE) from error


@app.command("sync")
def sync_commands() -> None:
    """Send the bot's commands to Discord again; it does so by itself whenever they change."""
    with _exiting_on_error():
        print_line(f"Discord now has all {asyncio.run(sync(_settings()))} commands.")


def exit_code(error: BotError | UndertoneError) -> ExitCode:
    """Return the exit code for an error."""
    match error:
        # The core's only error at start is about its model; a database that fails later is logged.
        case SettingsError() | StorageError() | UndertoneError():
            return ExitCode.WRONG_SETTINGS
        case LoginError():
            return ExitCode.WRONG_TOKEN
        case ConnectionFailedError():
            return ExitCode.NO_CONNECTION
        case MissingIntentError():
            return ExitCode.MISSING_INTENT
        case _:
            return ExitCode.FAILURE


def print_line(text: str) -> None:
    """Print a text without buffering; a closed pipe (``python -m bot | head``) is ignored."""
    try:
        print(text, flush=True)
    except OSError:
        # Flushing the rest of the buffer would fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Run the command line."""
    app(prog_name="python -m bot")


if __name__ == "__main__":
    main()
