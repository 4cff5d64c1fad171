"""Telling Discord of the commands: only when what it would be told has changed."""

import hashlib
import json
import logging
from typing import Any

from discord import app_commands

from bot.storage import Storage

log = logging.getLogger(__name__)


async def digest_of(tree: app_commands.CommandTree[Any]) -> str:
    """Give a digest of all that Discord is told of a tree's commands, translations too.

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


async def register(
    tree: app_commands.CommandTree[Any],
    storage: Storage,
    application_id: int,
    *,
    forced: bool = False,
) -> bool:
    """Send the commands to Discord, if they are not what was last sent.

    Parameters
    ----------
    tree
        The commands.
    storage
        Where the digest of what was last sent is.
    application_id
        Whose commands they are.
    forced
        Whether to send them in any case.

    Returns
    -------
    bool
        Whether they were sent.

    Raises
    ------
    StorageError
        The database fails.
    discord.DiscordException
        Discord does not take them.
    """
    digest = await digest_of(tree)
    if not forced and await storage.commands_digest(application_id) == digest:
        return False
    sent = await tree.sync()
    await storage.set_commands_digest(application_id, digest)
    log.info("Discord now has %d commands.", len(sent))
    return True
