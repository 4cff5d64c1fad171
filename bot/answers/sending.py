"""Requests to Discord: replies with as much as a channel allows, and typing before them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import discord
from discord.ui import View

from bot.lifecycle import start
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
"""Discord's codes for refusing a message, each a thing that people are free to bring about."""

CARDS_REFUSED = frozenset({50006, 50013})
"""Codes with which cards are refused where the bot lacks Embed Links; plain words may pass."""

INVALID_FORM = 50035  # Discord's code, also where the message that is replied to is gone


@contextlib.asynccontextmanager
async def typing_in(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show that the bot is at it; an answer neither waits for it nor fails by it."""
    answered = asyncio.Event()

    async def keep_typing() -> None:
        while not answered.is_set():
            with contextlib.suppress(discord.DiscordException, OSError):
                await channel.typing()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(answered.wait(), TYPING_SECONDS)

    start(keep_typing())
    try:
        yield
    finally:
        answered.set()


async def send(
    to: discord.Message | discord.Interaction,
    reply: Reply,
    *,
    over: discord.Message | None = None,
    view: View | None = None,
) -> discord.Message | None:
    """Send a reply, pinging nobody.

    Parameters
    ----------
    to
        The message that is replied to, or a deferred interaction.
    reply
        What is said.
    over
        An earlier reply to the message, which is changed instead.
    view
        The buttons under it.

    Returns
    -------
    discord.Message or None
        What was sent; None where a message could not be replied to, which the log tells.

    Raises
    ------
    discord.DiscordException, OSError
        An interaction cannot be answered.
    """
    for attempt in _attempts(reply):
        try:
            return await _request(to, attempt, over, view)
        except (discord.DiscordException, OSError) as error:
            failure = error
            if not isinstance(error, discord.HTTPException) or error.code not in CARDS_REFUSED:
                break
    if isinstance(to, discord.Interaction):
        raise failure
    log.warning("A reply could not be sent: %s.", _reason(failure))
    return None


def _request(
    to: discord.Message | discord.Interaction,
    reply: Reply,
    over: discord.Message | None,
    view: View | None,
) -> Coroutine[Any, Any, discord.Message]:
    rest: dict[str, Any] = {"content": reply.content, "embeds": list(reply.embeds)}
    if view is not None:
        rest["view"] = view
    if isinstance(to, discord.Interaction):
        return to.edit_original_response(attachments=reply.files(), **rest)
    if over is not None:
        return over.edit(attachments=reply.files(), **rest)
    return to.reply(files=reply.files(), mention_author=False, **rest)


def _attempts(reply: Reply) -> list[Reply]:
    """Return a reply, and then the same with less of what a channel may not allow."""
    attempts = [reply]
    if reply.pictures:
        attempts.append(reply.without_pictures())
    if reply.embeds:
        attempts.append(reply.in_words())
    return attempts


def _reason(error: Exception) -> str:
    """Describe why Discord refused a message, in words where it is a usual reason."""
    if not isinstance(error, discord.HTTPException):
        return type(error).__name__
    if error.code == INVALID_FORM and "message_reference" in error.text:
        return EXPECTED_FAILURES[10008]
    return EXPECTED_FAILURES.get(error.code, f"status {error.status}, code {error.code}")
