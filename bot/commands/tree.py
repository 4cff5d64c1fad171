"""The tree of commands: whatever fails in one becomes one sentence for the person who asked."""

import logging
from typing import Any

import discord
from discord import app_commands

from bot.commands.services import language_of, tell
from bot.errors import StorageError, outline
from bot.languages import translatable
from bot.requests import Requests
from bot.troubles import Trouble, trouble_of

log = logging.getLogger(__name__)

LATE_CODES = frozenset({10062, 40060})
"""Discord's, for an interaction that has expired, and for one that was answered already."""

FORGETFUL = translatable("I cannot reach my memory just now: please try again in a while.")
NOT_HERE = translatable("You cannot use that command here.")
CHANGED = translatable("That command has changed: please try again in a minute.")


class Tree(app_commands.CommandTree[Any]):
    """The tree of all commands of a client.

    Parameters
    ----------
    client
        Whose they are.
    requests
        Where they are noted while the bot is at them.
    """

    def __init__(self, client: discord.Client, requests: Requests) -> None:
        super().__init__(client)
        self._requests = requests

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Note a command that begins, in the task in which it runs; none begins near the end."""
        return await self._requests.begin_interaction(interaction)

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Say what went wrong in one sentence, and log where, with nothing of what it was about."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if isinstance(cause, discord.HTTPException) and cause.code in LATE_CODES:
            log.info("A command was answered too late (code %d).", cause.code)
            return
        try:
            await tell(interaction, _trouble(cause).said(language_of(interaction)))
        except (discord.DiscordException, OSError) as refusal:
            log.warning("A command's trouble could not be told: %s.", type(refusal).__name__)


def _trouble(error: BaseException) -> Trouble:
    """Put an error into a sentence, and log it where it is news."""
    match error:
        case StorageError():
            log.warning("A command could not use the database. %s", error)
            return Trouble(FORGETFUL)
        case app_commands.CheckFailure():
            return Trouble(NOT_HERE)
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            log.warning("Discord has other commands than the bot: python -m bot sync mends that.")
            return Trouble(CHANGED)
        case _:
            log.error("A command met an error:\n%s", outline(error))
            return trouble_of(error)
