"""Whose voices may be in a message: its author's, and that of whoever wrote what it forwards.

Discord copies what is forwarded without its author. The bot asks for the original, which it sees
where it is in a channel that the bot is in; elsewhere nobody knows whose voice it is.
"""

import asyncio

import discord

ORIGINAL_SECONDS = 0.8  # for finding the message that was forwarded, of Discord's three


async def speakers_in(message: discord.Message) -> frozenset[int] | None:
    """Give the ids of those whose voices may be in a message.

    Parameters
    ----------
    message
        Any message.

    Returns
    -------
    frozenset of int or None
        Its author's, and where it forwards what the bot can see, also that of the original's; None
        where that cannot be found out just now.
    """
    author = frozenset({message.author.id})
    reference = message.reference
    if not message.message_snapshots or reference is None or reference.message_id is None:
        return author
    original = discord.PartialMessageable(
        state=message._state,  # noqa: SLF001 - a message tells nobody its client
        id=reference.channel_id,
        guild_id=reference.guild_id,
    )
    try:
        async with asyncio.timeout(ORIGINAL_SECONDS):
            return author | {(await original.fetch_message(reference.message_id)).author.id}
    except (discord.NotFound, discord.Forbidden):
        return author  # it is gone, or where the bot is not
    except (discord.DiscordException, TimeoutError, OSError):
        return None
