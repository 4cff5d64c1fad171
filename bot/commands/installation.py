"""The commands as a client has them: made, and sent to Discord when it is time."""

import asyncio
import logging

import discord

from bot.command_translator import CommandTranslator
from bot.commands.accuracy import add_accuracy
from bot.commands.consent import add_consent
from bot.commands.ear import Ear, add_ear
from bot.commands.guide import add_guide
from bot.commands.preferences import add_preferences
from bot.commands.registration import register
from bot.commands.services import Services
from bot.commands.tree import Tree
from bot.errors import StorageError, outline

log = logging.getLogger(__name__)


class Commands:
    """The commands of one client; `install` makes them.

    Parameters
    ----------
    client
        Whose they are.
    services
        What they need.
    """

    def __init__(self, client: discord.Client, services: Services) -> None:
        self.tree = Tree(client, services.requests)
        self._client = client
        self._services = services
        self._ear = Ear(services)
        self._registering: asyncio.Task[None] | None = None
        add_ear(self.tree, self._ear)
        add_preferences(self.tree, services)
        add_consent(self.tree, services)
        add_accuracy(self.tree, services)
        add_guide(self.tree)

    async def prepare(self) -> None:
        """Give the commands their translations, and begin to send them; call it after the login.

        It does not wait for Discord, which may make a bot wait long for this: it goes on working
        with the commands that Discord has.
        """
        await self.tree.set_translator(CommandTranslator())
        self._registering = asyncio.create_task(self._register_quietly())

    async def register(self, *, forced: bool = False) -> bool:
        """Send the commands to Discord if they changed, or if forced; tell whether they were sent.

        Raises
        ------
        StorageError
            The database fails.
        discord.DiscordException
            Discord does not take them, or the client has not logged in.
        """
        if self.tree.translator is None:
            await self.tree.set_translator(CommandTranslator())
        application_id = self._client.application_id
        if application_id is None:
            raise discord.MissingApplicationID
        forced = forced or self._services.always_register
        return await register(self.tree, self._services.storage, application_id, forced=forced)

    async def stop(self) -> None:
        """Send nothing more; call it before the client is closed."""
        if self._registering is not None:
            self._registering.cancel()
            await asyncio.wait({self._registering})

    async def hear_mention(self, message: discord.Message) -> bool:
        """Answer a message that replies to a voice note and mentions the bot; see `Ear`."""
        user = self._client.user
        return user is not None and await self._ear.hear_mention(message, bot_id=user.id)

    async def _register_quietly(self) -> None:
        """Register, and log what goes wrong: the bot works, and tries again when it next starts."""
        try:
            await self.register()
        except (discord.DiscordException, StorageError, OSError) as error:
            log.warning("The commands were not sent to Discord: %s.", type(error).__name__)
            log.debug("%s", outline(error))


def install(client: discord.Client, services: Services) -> Commands:
    """Give a client its commands; it then calls `Commands.prepare` after its login."""
    return Commands(client, services)
