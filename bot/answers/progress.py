"""The position in the queue, shown to people who wait for an answer."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import discord

from bot.i18n import ENGLISH, Language

EDIT_SECONDS = 4.0  # between edits of one message, which have a rate limit
MAX_IN_CHANNEL = 3  # messages: Discord allows five in five seconds, and answers need some


def position_text(position: int, language: Language = ENGLISH) -> str:
    """Return the sentence for a position in the queue."""
    if position <= 1:
        return language.text("You are next.")
    return language.plural(
        "I have {count} voice note to answer before yours.",
        "I have {count} voice notes to answer before yours.",
        position - 1,
    )


class PositionReplies:
    """The replies to messages that show positions; in a channel only a few at a time."""

    def __init__(self) -> None:
        self._replies: dict[int, dict[int, discord.Message | None]] = {}  # by channel and message

    async def show(self, message: discord.Message, text: str) -> None:
        """Reply to a message, or edit that reply; do nothing where a channel has enough."""
        replies = self._replies.setdefault(message.channel.id, {})
        shown = replies.get(message.id)
        if shown is not None:
            await shown.edit(content=text)
        elif message.id in replies or len(replies) < MAX_IN_CHANNEL:
            replies[message.id] = None  # a reply that is being sent counts too
            replies[message.id] = await message.reply(text, mention_author=False, silent=True)

    def release(self, message: discord.Message) -> discord.Message | None:
        """Remove and return the reply to a message, for the caller to edit or to delete."""
        replies = self._replies.get(message.channel.id, {})
        shown = replies.pop(message.id, None)
        if not replies:
            self._replies.pop(message.channel.id, None)
        return shown


async def delete_quietly(message: discord.Message | None) -> None:
    """Delete a message, if there is one, and ignore errors."""
    if message is not None:
        with contextlib.suppress(discord.DiscordException, OSError):
            await message.delete()


class Progress:
    """Shows one person their position as it changes; errors of Discord's are ignored.

    Parameters
    ----------
    show
        Function that sends the text, or edits the message that has it.
    language
        The language of the text.
    """

    def __init__(self, show: Callable[[str], Awaitable[object]], language: Language) -> None:
        self._show = show
        self._language = language
        self._positions: dict[int, int] = {}  # by number of the recording in the request
        self._changed = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._is_stopped = False

    def report(self, number: int, position: int) -> None:
        """Show the highest position of the request's recordings; this returns without waiting."""
        self._positions[number] = position
        if not self._is_stopped and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._update())

    async def stop(self) -> None:
        """Show no more positions; return when one that is being sent has been sent."""
        self._is_stopped = True
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _update(self) -> None:
        if time.monotonic() - self._changed < EDIT_SECONDS:
            return
        with contextlib.suppress(discord.DiscordException, OSError):
            await self._show(position_text(max(self._positions.values()), self._language))
            self._changed = time.monotonic()
