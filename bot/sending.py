"""Sending a reply to a message, with as much of it as the channel allows, and typing before it.

It never fails: what Discord refuses is told in the log, in a line.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import discord
from discord.ui import View

from bot.replies import Reply

log = logging.getLogger(__name__)

TYPING_SECONDS = 8.0  # Discord shows the indicator for ten

EXPECTED_FAILURES = {
    10003: "the channel is gone",
    10008: "the message is gone",
    50001: "the channel is closed to the bot",
    50007: "the person takes no direct messages",
    50013: "the bot lacks a permission in the channel",
    90001: "the person blocks the bot",
    160002: "the bot may not read the channel's history, which replies need",
}
"""Discord's codes for refusing a message, each a thing that people are free to bring about."""

CARDS_REFUSED = frozenset({50006, 50013})
"""Codes with which cards are refused where the bot lacks Embed Links; plain words may pass."""

INVALID_FORM = 50035  # Discord's code, also where the message that is replied to is gone


@contextlib.asynccontextmanager
async def typing_in(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show that the bot is at it; an answer neither waits for it nor fails by it."""

    async def keep_typing() -> None:
        while True:
            with contextlib.suppress(discord.DiscordException, OSError):
                await channel.typing()
            await asyncio.sleep(TYPING_SECONDS)

    task = asyncio.create_task(keep_typing())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def send(
    message: discord.Message,
    reply: Reply,
    *,
    over: discord.Message | None = None,
    view: View | None = None,
) -> discord.Message | None:
    """Reply to a message, pinging nobody.

    Parameters
    ----------
    message
        What is replied to.
    reply
        What is said.
    over
        An earlier reply, which is changed instead.
    view
        The buttons under it.

    Returns
    -------
    discord.Message or None
        What was sent; None where that was refused, which the log tells.
    """
    reason = ""
    buttons: dict[str, Any] = {} if view is None else {"view": view}
    for attempt in _attempts(reply):
        try:
            embeds, pings = list(attempt.embeds), discord.AllowedMentions.none()
            if over is not None:
                return await over.edit(
                    content=attempt.content,
                    embeds=embeds,
                    attachments=attempt.files(),
                    allowed_mentions=pings,
                    **buttons,
                )
            return await message.reply(
                attempt.content,
                embeds=embeds,
                files=attempt.files(),
                mention_author=False,
                allowed_mentions=pings,
                **buttons,
            )
        except discord.HTTPException as error:
            reason = _reason(error)
            if error.code not in CARDS_REFUSED:
                break
        except (discord.DiscordException, OSError) as error:
            reason = type(error).__name__
            break
    log.warning("A reply could not be sent: %s.", reason)
    return None


def _attempts(reply: Reply) -> list[Reply]:
    """Give a reply, and then the same with less of what a channel may not allow."""
    attempts = [reply]
    if reply.pictures:
        attempts.append(reply.without_pictures())
    if reply.embeds:
        attempts.append(reply.in_words())
    return attempts


def _reason(error: discord.HTTPException) -> str:
    """Say why Discord refused a message, in words where it is a usual reason."""
    if error.code == INVALID_FORM and "message_reference" in error.text:
        return EXPECTED_FAILURES[10008]
    return EXPECTED_FAILURES.get(error.code, f"status {error.status}, code {error.code}")
