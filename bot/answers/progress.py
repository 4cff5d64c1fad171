"""What is told to whoever waits for an answer: their place in the queue."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import discord

from bot.i18n import ENGLISH, Language

EDIT_SECONDS = 4.0  # between changes of one message, which Discord counts
MAX_IN_CHANNEL = 3  # messages: Discord takes five in five seconds, and answers come first


def waiting(place: int, language: Language = ENGLISH) -> str:
    """Return the sentence for a place in the queue: how many come first."""
    if place <= 1:
        return language.text("You are next.")
    return language.plural(
        "I have {count} voice note to answer before yours.",
        "I have {count} voice notes to answer before yours.",
        place - 1,
    )


class PlaceReplies:
    """The replies to messages in which places are told: in a channel only a few at a time."""

    def __init__(self) -> None:
        self._replies: dict[int, dict[int, discord.Message | None]] = {}  # by channel and message

    async def show(self, message: discord.Message, text: str) -> None:
        """Reply to a message, or change that reply; do nothing where a channel has enough."""
        replies = self._replies.setdefault(message.channel.id, {})
        shown = replies.get(message.id)
        if shown is not None:
            await shown.edit(content=text)
        elif message.id in replies or len(replies) < MAX_IN_CHANNEL:
            replies[message.id] = None  # what is being sent has its place too
            replies[message.id] = await message.reply(text, mention_author=False, silent=True)

    def release(self, message: discord.Message) -> discord.Message | None:
        """Return the reply to a message, for the caller to change or to delete."""
        replies = self._replies.get(message.channel.id, {})
        shown = replies.pop(message.id, None)
        if not replies:
            self._replies.pop(message.channel.id, None)
        return shown


async def delete_quietly(message: discord.Message | None) -> None:
    """Delete a message, if there is one; it does not matter where that fails."""
    if message is not None:
        with contextlib.suppress(discord.DiscordException, OSError):
            await message.delete()


class Progress:
    """Tells one person their place, and changes that as it changes; the answer never fails by it.

    Parameters
    ----------
    show
        Shows a text.
    language
        In which they are told.
    """

    def __init__(self, show: Callable[[str], Awaitable[object]], language: Language) -> None:
        self._show = show
        self._language = language
        self._places: dict[int, int] = {}  # by number of the recording in the request
        self._changed = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._is_stopped = False

    def tell(self, number: int, place: int) -> None:
        """Show the place of one of the recordings, without waiting; the last one's place counts."""
        self._places[number] = place
        if not self._is_stopped and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._update())

    async def stop(self) -> None:
        """Change it no more; what is being shown is shown first."""
        self._is_stopped = True
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _update(self) -> None:
        if time.monotonic() - self._changed < EDIT_SECONDS:
            return
        with contextlib.suppress(discord.DiscordException, OSError):
            await self._show(waiting(max(self._places.values()), self._language))
            self._changed = time.monotonic()
