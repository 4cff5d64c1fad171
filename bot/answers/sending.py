"""The sending of replies, with as much as a channel allows, and the typing indicator."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import discord
from discord.ui import View

from bot.lifecycle import start_task
from bot.views import Reply

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
"""Discord's codes for refusing a message because of what people or servers chose."""

EMBEDS_REFUSED = frozenset({50006, 50013})
"""Codes with which embeds are refused where the bot lacks Embed Links; plain text may pass."""

INVALID_FORM = 50035  # Discord's code, also where the message that is replied to is gone


@contextlib.asynccontextmanager
async def typing_in(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show the typing indicator; the answer does not wait for it, and its errors are ignored."""
    answered = asyncio.Event()

    async def keep_typing() -> None:
        while not answered.is_set():
            with contextlib.suppress(discord.DiscordException, OSError):
                await channel.typing()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(answered.wait(), TYPING_SECONDS)

    start_task(keep_typing())
    try:
        yield
    finally:
        answered.set()


async def send(
    to: discord.Message | discord.Interaction,
    reply: Reply,
    *,
    edit: discord.Message | None = None,
    view: View | None = None,
) -> discord.Message | None:
    """Send a reply without a ping.

    Parameters
    ----------
    to
        The message that is replied to, or a deferred interaction.
    reply
        The content; where the channel allows no images or no embeds, it is sent without them.
    edit
        An earlier reply to the message, which is edited instead.
    view
        The buttons under the reply.

    Returns
    -------
    discord.Message or None
        The message that was sent; None where a message could not be replied to, which is logged.

    Raises
    ------
    discord.DiscordException, OSError
        An interaction cannot be answered.
    """
    for attempt in _attempts(reply):
        try:
            return await _request(to, attempt, edit, view)
        except (discord.DiscordException, OSError) as error:
            failure = error
            if not isinstance(error, discord.HTTPException) or error.code not in EMBEDS_REFUSED:
                break
    if isinstance(to, discord.Interaction):
        raise failure
    log.warning("A reply could not be sent: %s.", _reason(failure))
    return None


def _request(
    to: discord.Message | discord.Interaction,
    reply: Reply,
    edit: discord.Message | None,
    view: View | None,
) -> Coroutine[Any, Any, discord.Message]:
    rest: dict[str, Any] = {"content": reply.content, "embeds": list(reply.embeds)}
    if view is not None:
        rest["view"] = view
    if isinstance(to, discord.Interaction):
        return to.edit_original_response(attachments=reply.files(), **rest)
    if edit is not None:
        return edit.edit(attachments=reply.files(), **rest)
    return to.reply(files=reply.files(), mention_author=False, **rest)


def _attempts(reply: Reply) -> list[Reply]:
    """Return the reply, then without images, then as plain text."""
    attempts = [reply]
    if reply.images:
        attempts.append(reply.without_images())
    if reply.embeds:
        attempts.append(reply.as_text())
    return attempts


def _reason(error: Exception) -> str:
    """Return why Discord refused a message, in words where the reason is a usual one."""
    if not isinstance(error, discord.HTTPException):
        return type(error).__name__
    if error.code == INVALID_FORM and "message_reference" in error.text:
        return EXPECTED_FAILURES[10008]
    return EXPECTED_FAILURES.get(error.code, f"status {error.status}, code {error.code}")
