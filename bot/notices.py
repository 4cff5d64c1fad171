"""The one message in which who waits is told their place, gone once the answer is there."""

import asyncio
import contextlib
import time

import discord

from bot.languages import ENGLISH, Language

EDIT_SECONDS = 4.0  # between changes of one notice, which Discord counts


def waiting(place: int, language: Language = ENGLISH) -> str:
    """Say how many come first."""
    if place <= 1:
        return language.text("You are next.")
    return language.plural(
        "I have {count} voice note to answer before yours.",
        "I have {count} voice notes to answer before yours.",
        place - 1,
    )


class Notice:
    """Tells one person's place: a reply to their message, changed as the place does.

    Trouble with it is no trouble: the answer comes all the same.

    Parameters
    ----------
    message
        Theirs.
    language
        In which they are told.
    """

    def __init__(self, message: discord.Message, language: Language = ENGLISH) -> None:
        self._message = message
        self._language = language
        self._places: dict[int, int] = {}  # by number of the voice note in the message
        self._shown: discord.Message | None = None
        self._changed = 0.0
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
        self._is_closed = True
        if self._task is not None:
            await asyncio.wait({self._task})
        if self._shown is not None:
            with contextlib.suppress(discord.DiscordException, OSError):
                await self._shown.delete()
            self._shown = None

    async def _show(self) -> None:
        text = waiting(max(self._places.values()), self._language)
        with contextlib.suppress(discord.DiscordException, OSError):
            if self._shown is None:
                self._shown = await self._message.reply(
                    text,
                    mention_author=False,
                    allowed_mentions=discord.AllowedMentions.none(),
                    silent=True,
                )
            elif time.monotonic() - self._changed >= EDIT_SECONDS:
                await self._shown.edit(content=text)
            self._changed = time.monotonic()
