"""The registration of the commands with Discord: they are sent when they have changed."""

import asyncio
import hashlib
import json
import logging
from typing import Any

import discord
from discord import app_commands

from bot.errors import StorageError, redacted_traceback
from bot.i18n import CommandTranslator
from bot.storage import Storage

log = logging.getLogger(__name__)


class Registration:
    """Registers the commands of a tree; the storage has the digest of what was last sent."""

    def __init__(self, tree: app_commands.CommandTree[Any], storage: Storage) -> None:
        self._tree = tree
        self._storage = storage
        self._task: asyncio.Task[None] | None = None

    async def register(self, *, forced: bool = False) -> bool:
        """Send the commands to Discord if they are not what was last sent, or if forced.

        Returns
        -------
        bool
            Whether the commands were sent.

        Raises
        ------
        StorageError
            The database fails.
        discord.DiscordException
            Discord refuses them, or the client has not logged in.
        """
        application_id = self._tree.client.application_id
        if application_id is None:
            raise discord.MissingApplicationID
        await self._tree.set_translator(CommandTranslator())
        digest = await digest_of(self._tree)
        if not forced and await self._storage.commands_digest(application_id) == digest:
            return False
        sent = await self._tree.sync()
        await self._storage.set_commands_digest(application_id, digest)
        log.info("Discord now has %d commands.", len(sent))
        return True

    def start(self, *, forced: bool = False) -> None:
        """Register in the background: Discord may take long, and has the former commands meanwhile.

        An error is logged: the bot works, and tries again when it next starts.
        """

        async def register() -> None:
            try:
                await self.register(forced=forced)
            except (discord.DiscordException, StorageError, OSError) as error:
                log.warning("The commands were not sent to Discord: %s.", type(error).__name__)
                log.debug("%s", redacted_traceback(error))

        self._task = asyncio.create_task(register())

    async def stop(self) -> None:
        """Cancel what `start` began; to be called before the client is closed."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})


async def digest_of(tree: app_commands.CommandTree[Any]) -> str:
    """Return the SHA-256 digest of all that Discord is sent of a tree, translations included.

    It is made from the payloads and not from what Discord has, since discord.py 2.7 misreads where
    fetched commands may be used and installed.
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
