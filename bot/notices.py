"""The one message in which who waits is told their place, gone once the answer is there."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

import discord

from bot.languages import ENGLISH, Language

EDIT_SECONDS = 4.0  # between changes of one notice, which Discord counts
MOST_IN_CHANNEL = (
    3  # at a time: Discord takes five messages in five seconds, and answers come first
)

Tell = Callable[[int, int], None]
"""Tells that a voice note, by its number in the message, has a place in the line."""


def waiting(place: int, language: Language = ENGLISH) -> str:
    """Say how many come first."""
    if place <= 1:
        return language.text("You are next.")
    return language.plural(
        "I have {count} voice note to answer before yours.",
        "I have {count} voice notes to answer before yours.",
        place - 1,
    )


class Board(Protocol):
    """Where a notice is shown."""

    async def show(self, text: str) -> None:
        """Show a text in the place of the one before."""

    async def take_away(self) -> None:
        """Show nothing any more."""


class Replies:
    """Boards that are replies of their own; where a channel has some already, there are no more.

    Parameters
    ----------
    most
        How many a channel has at a time.
    """

    def __init__(self, most: int = MOST_IN_CHANNEL) -> None:
        self.most = most
        self.there: Counter[int] = Counter()  # by channel

    def to(self, message: discord.Message) -> "ReplyBoard":
        """Make a board that is a reply to a message, once there is something to show."""
        return ReplyBoard(message, self)


class ReplyBoard:
    """A reply to the message of who waits; `Replies.to` makes it.

    Attributes
    ----------
    shown
        The reply, while there is one.
    """

    def __init__(self, message: discord.Message, all_of_them: Replies) -> None:
        self.shown: discord.Message | None = None
        self._message = message
        self._all = all_of_them
        self._has_room = False

    async def show(self, text: str) -> None:
        """Reply, or change the reply; without a word where the channel has enough of them."""
        if self.shown is not None:
            await self.shown.edit(content=text)
            return
        channel = self._message.channel.id
        if not self._has_room:
            if self._all.there[channel] >= self._all.most:
                return
            self._has_room = True
            self._all.there[channel] += 1
        self.shown = await self._message.reply(
            text,
            mention_author=False,
            allowed_mentions=discord.AllowedMentions.none(),
            silent=True,
        )

    async def take_away(self) -> None:
        """Delete the reply."""
        shown = self.release()
        if shown is not None:
            await shown.delete()

    def release(self) -> discord.Message | None:
        """Give the reply away to whoever changes it into something else."""
        shown, self.shown = self.shown, None
        if self._has_room:
            self._has_room = False
            channel = self._message.channel.id
            self._all.there[channel] -= 1
            if not self._all.there[channel]:
                del self._all.there[channel]
        return shown


class AnswerBoard:
    """The place where the answer to a command comes, which was promised already.

    Parameters
    ----------
    interaction
        The command; "is thinking…" is shown.
    """

    def __init__(self, interaction: "discord.Interaction[Any]") -> None:
        self._interaction = interaction

    async def show(self, text: str) -> None:
        """Show it where the answer will be."""
        await self._interaction.edit_original_response(content=text)

    async def take_away(self) -> None:
        """Leave it: the answer takes its place."""


class Notice:
    """Tells one person's place, and changes as the place does.

    Trouble with it is no trouble: the answer comes all the same.

    Parameters
    ----------
    board
        Where it is shown.
    language
        In which they are told.
    """

    def __init__(self, board: Board, language: Language = ENGLISH) -> None:
        self._board = board
        self._language = language
        self._places: dict[int, int] = {}  # by number of the voice note in the message
        self._changed = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    def tell(self, number: int, place: int) -> None:
        """Show the place of one of the message's voice notes; that of the last to be heard counts.

        Returns at once.
        """
        self._places[number] = place
        if not self._is_closed and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._show())

    async def close(self) -> None:
        """Take the notice away, if there is one."""
        await self.stop()
        with contextlib.suppress(discord.DiscordException, OSError):
            await self._board.take_away()

    async def stop(self) -> None:
        """Change it no more; what is being shown is shown first."""
        self._is_closed = True
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _show(self) -> None:
        if time.monotonic() - self._changed < EDIT_SECONDS:
            return
        text = waiting(max(self._places.values()), self._language)
        with contextlib.suppress(discord.DiscordException, OSError):
            await self._board.show(text)
            self._changed = time.monotonic()
