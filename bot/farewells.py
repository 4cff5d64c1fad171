"""The word to those whose voice notes could not be answered before the bot ended."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.languages import Language, translatable
from bot.replies import Reply
from bot.sending import send

FAREWELLS = 2  # in a channel at most; more are put into one, for Discord takes five in a while
FAREWELL = translatable(
    "I am being switched off and could not finish this one: please send it again later."
)
FAREWELL_TO_MANY = translatable(
    "I am being switched off and could not finish {count} voice notes here: please send again "
    "later what I have not answered."
)


@dataclass(frozen=True)
class Unanswered:
    """A message that could not be answered.

    Parameters
    ----------
    message
        The one with the voice notes.
    language
        In which it would have been answered.
    progress
        What was said to wait for, because it is long.
    place
        What told the place in the line.
    """

    message: discord.Message
    language: Language
    progress: discord.Message | None = None
    place: discord.Message | None = None


async def say_farewell(unanswered: Sequence[Unanswered]) -> None:
    """Tell those whose voice notes could not be finished, where there are many in one word.

    What was said to those who wait is changed into that, or taken away: nobody is left waiting by
    it, and Discord takes changes where it would take no more messages for a while.
    """
    by_channel: dict[int, list[Unanswered]] = {}
    said = []
    for one in unanswered:
        if one.progress is None:
            by_channel.setdefault(one.message.channel.id, []).append(one)
        else:
            said.append(_farewell(one, FAREWELL, over=one.progress))
            said.append(_take_away(one.place))
    for many in by_channel.values():
        if len(many) <= FAREWELLS:
            said += [_farewell(one, FAREWELL, over=one.place) for one in many]
            continue
        speaker = next((one for one in many if one.place is not None), many[-1])
        said.append(_farewell(speaker, FAREWELL_TO_MANY, over=speaker.place, count=len(many)))
        said += [_take_away(one.place) for one in many if one is not speaker]
    await asyncio.gather(*said)


async def _farewell(
    one: Unanswered, words: str, *, over: discord.Message | None, **values: object
) -> None:
    await send(one.message, Reply(content=one.language.text(words, **values)), over=over)


async def _take_away(place: discord.Message | None) -> None:
    if place is not None:
        with contextlib.suppress(discord.DiscordException, OSError):
            await place.delete()
