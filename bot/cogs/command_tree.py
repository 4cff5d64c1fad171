"""The tree of all commands: made for a client, and sent to Discord when they changed."""

import asyncio
import hashlib
import json
import logging
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import AppCommandContext, AppInstallationType

from bot.answers import AnswerService, tell_error
from bot.cogs.accuracy import add_accuracy
from bot.cogs.hear import add_hearing
from bot.cogs.help import add_guide
from bot.cogs.privacy import add_consent
from bot.cogs.server_settings import PreferenceCommands
from bot.errors import StorageError, outline
from bot.i18n import CommandTranslator

log = logging.getLogger(__name__)


class Tree(app_commands.CommandTree[Any]):
    """All commands of a client; whatever fails in one becomes a sentence for who asked.

    Unless a command says otherwise, it can be used everywhere.

    Parameters
    ----------
    client
        Whose they are.
    answers
        What they ask.
    """

    def __init__(self, client: discord.Client, answers: AnswerService) -> None:
        super().__init__(
            client,
            allowed_installs=AppInstallationType(guild=True, user=True),
            allowed_contexts=AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        )
        self._answers = answers
        self._registering: asyncio.Task[bool | None] | None = None
        add_hearing(self, answers)
        self.add_command(PreferenceCommands(answers.storage))
        add_consent(self, answers)
        add_accuracy(self, answers)
        add_guide(self)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Note a command that begins, in the task in which it runs; none begins near the end."""
        return await self._answers.in_flight.begin(interaction)

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Send what went wrong in one sentence."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await tell_error(interaction, cause)

    async def register(self, *, forced: bool = False) -> bool:
        """Send the commands to Discord if they are not what was last sent, or if forced.

        Returns
        -------
        bool
            Whether they were sent.

        Raises
        ------
        StorageError
            The database fails.
        discord.DiscordException
            Discord does not take them, or the client has not logged in.
        """
        application_id, storage = self.client.application_id, self._answers.storage
        if application_id is None:
            raise discord.MissingApplicationID
        await self.set_translator(CommandTranslator())
        digest = await digest_of(self)
        if not forced and await storage.commands_digest(application_id) == digest:
            return False
        sent = await self.sync()
        await storage.set_commands_digest(application_id, digest)
        log.info("Discord now has %d commands.", len(sent))
        return True

    def begin_to_register(self, *, forced: bool = False) -> None:
        """Register without waiting for Discord, which may take long: it has commands meanwhile.

        What goes wrong is logged: the bot works, and tries again when it next starts.
        """

        async def register() -> None:
            try:
                await self.register(forced=forced)
            except (discord.DiscordException, StorageError, OSError) as error:
                log.warning("The commands were not sent to Discord: %s.", type(error).__name__)
                log.debug("%s", outline(error))

        self._registering = asyncio.create_task(register())

    async def stop(self) -> None:
        """Send nothing more; call it before the client is closed."""
        if self._registering is not None:
            self._registering.cancel()
            await asyncio.wait({self._registering})


async def digest_of(tree: app_commands.CommandTree[Any]) -> str:
    """Return a digest of all that Discord is told of a tree's commands, translations too.

    It is made of what is sent, and not of what Discord has: discord.py 2.7 misreads where fetched
    commands may be used and installed.
    """
    translator = tree.translator
    payloads = [
        command.to_dict(tree)
        if translator is None
        else await command.get_translated_payload(tree, translator)
        for command in tree.get_commands()
    ]
    payloads.sort(key=lambda payload: (payload["type"], payload["name"]))
    written = json.dumps(payloads, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()
