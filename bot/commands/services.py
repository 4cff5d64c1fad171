"""What the commands need of the rest of the bot, and what holds where they are asked."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import discord

from bot.errors import StorageError
from bot.languages import Language, language_for
from bot.manner import Detail, Manner
from bot.queueing import Asker
from bot.recent import RecentReplies
from bot.replies import Answer
from bot.storage import DEFAULTS, UNKNOWN, Preferences, Storage
from bot.verdict_table import VerdictTable

log = logging.getLogger(__name__)

LOOK_UP_SECONDS = 1.0  # for each question to the database, of the three that Discord waits


class Hear(Protocol):
    """Hears files; whatever goes wrong with one is its answer."""

    async def __call__(
        self, attachments: Sequence[discord.Attachment], *, manner: Manner, asker: Asker
    ) -> Sequence[Answer]:
        """Give an answer for each file, in their order; `asker` is whose turn it takes."""


class Draw(Protocol):
    """Draws a table of verdicts, in another process."""

    async def __call__(self, table: VerdictTable) -> bytes:
        """Give a PNG file."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the commands need.

    Parameters
    ----------
    storage
        Where servers' settings, opt-outs and verdicts are.
    hear
        Hears files.
    draw
        Draws a table of verdicts.
    recent
        What was answered lately; the same as that of the desk behind the buttons.
    always_register
        Whether Discord forgets the commands whenever it is started, as the playground does.
    """

    storage: Storage
    hear: Hear
    draw: Draw
    recent: RecentReplies = field(default_factory=RecentReplies)
    always_register: bool = False

    async def preferences_at(self, guild_id: int | None, channel: object) -> Preferences:
        """Give what holds in a channel; of what cannot be found out soon, go by `UNKNOWN`."""
        if guild_id is None:
            return DEFAULTS
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                return await self.storage.preferences(guild_id, channel_key(channel))
        except (StorageError, TimeoutError) as error:
            log.warning("A server's settings are not known just now: %s.", type(error).__name__)
            return UNKNOWN

    async def may_hear(self, *people: int) -> bool | None:
        """Tell whether nobody of some people opted out; None where that is not known just now."""
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                for person_id in people:
                    if await self.storage.is_opted_out(person_id):
                        return False
        except (StorageError, TimeoutError) as error:
            log.warning("It is not known just now who opted out: %s.", type(error).__name__)
            return None
        return True


def channel_key(channel: object) -> int:
    """Give the id under which a channel's settings are: a thread has those of its channel."""
    if isinstance(channel, discord.Thread):
        return channel.parent_id
    return int(getattr(channel, "id", 0))


def manner_of(preferences: Preferences, locale: discord.Locale | str | None) -> Manner:
    """Give how to answer somebody who uses Discord in a language."""
    return Manner(
        language=language_for(preferences.language or locale),
        detail=Detail(preferences.detail),
        min_confidence=preferences.min_confidence,
    )


def language_of(interaction: "discord.Interaction[Any]") -> Language:
    """Give the language of whoever asks."""
    return language_for(interaction.locale)


async def tell(interaction: "discord.Interaction[Any]", words: str) -> None:
    """Say something to the person who asked, and to nobody else.

    Also where "is thinking…" was shown to everybody: what is said next would be in its place, and
    as public, so it is taken away first.
    """
    thinking = discord.InteractionResponseType.deferred_channel_message
    if not interaction.response.is_done():
        await interaction.response.send_message(words, ephemeral=True)
        return
    if interaction.response.type is thinking:
        await interaction.delete_original_response()
    await interaction.followup.send(words, ephemeral=True)
