"""What people ask for by name, by a button or by a mention, while the bot is at it.

Discord's client runs each in a task of its own. They are noted here, so that the bot can wait for
them when it is told to stop, and hand back what it cannot finish.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.errors import outline
from bot.in_flight import InFlight
from bot.languages import language_for, translatable

log = logging.getLogger(__name__)

SWITCHED_OFF = translatable("I am being switched off: please try again in a minute.")

HandBack = Callable[[], Awaitable[object]]


class Requests:
    """The requests that are under way."""

    def __init__(self) -> None:
        self._in_flight: InFlight[HandBack] = InFlight()

    def __len__(self) -> int:
        """Tell how many are under way."""
        return len(self._in_flight)

    async def begin(self, hand_back: HandBack) -> bool:
        """Note that the task that runs now is a request.

        Parameters
        ----------
        hand_back
            Tells whoever asked that it cannot be finished.

        Returns
        -------
        bool
            Whether to go on; False where the bot is about to end, and that has been told.
        """
        task = asyncio.current_task()
        if self._in_flight.is_closing or task is None:
            await _quietly(hand_back)
            return False
        self._in_flight.add(task, hand_back)
        return True

    async def begin_interaction(self, interaction: "discord.Interaction[Any]") -> bool:
        """Note that the task that runs now answers an interaction; as `begin`."""

        async def hand_back() -> None:
            await _hand_back(interaction)

        return await self.begin(hand_back)

    async def finish(self, seconds: float) -> None:
        """Begin with no more, and return when all are answered, or after some seconds."""
        await self._in_flight.finish(seconds)

    async def hand_back(self, seconds: float) -> None:
        """Give up what is not answered, with a word to those who wait; takes some seconds."""
        late = self._in_flight.give_up()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(_quietly(hand_back) for hand_back in late.values()))
                if late:
                    await asyncio.wait(late)


async def _quietly(hand_back: HandBack) -> None:
    """Hand something back; where Discord refuses, the log has it in a line."""
    try:
        await hand_back()
    except (discord.DiscordException, OSError) as error:
        log.warning("A request could not be handed back: %s.", outline(error).splitlines()[0])


async def _hand_back(interaction: "discord.Interaction[Any]") -> None:
    """Say that an interaction is not answered any more, in the place of what was to come."""
    words = language_for(interaction.locale).text(SWITCHED_OFF)
    kind = interaction.response.type
    if kind is None:
        await interaction.response.send_message(words, ephemeral=True)
    elif kind is discord.InteractionResponseType.deferred_channel_message:
        await interaction.edit_original_response(content=words)
    elif kind is discord.InteractionResponseType.deferred_message_update:
        await interaction.followup.send(words, ephemeral=True)
