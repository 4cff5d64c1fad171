"""What servers and people want of the bot, looked up for whatever it is about to do.

Errors of the database end here, as `bot.storage` says: their text goes to the log, and nobody on
Discord reads it.
"""

import asyncio
import logging

import discord

from bot.errors import StorageError, VoiceNoteError
from bot.languages import language_for, translatable
from bot.manner import Detail, Manner
from bot.storage import DEFAULTS, UNKNOWN, Preferences, Storage

log = logging.getLogger(__name__)

QUICK_SECONDS = 1.0  # for looking something up for a button, of the three that Discord waits

OPTED_OUT = translatable(
    "The person whose voice note this is does not want me to listen to them, so I do not."
)
NOT_KNOWN = translatable(
    "I cannot find out just now whether I may listen to this, so I do not: please try again in a "
    "while."
)


class HouseRules:
    """What is to be kept to in each place, and of each person.

    Parameters
    ----------
    storage
        What knows it; None where nothing is known of anybody, and the defaults hold.
    """

    def __init__(self, storage: Storage | None = None) -> None:
        self._storage = storage

    async def preferences(self, message: discord.Message) -> Preferences:
        """Give what holds where a message was sent."""
        guild = message.guild
        return await self._at(None if guild is None else guild.id, message.channel)

    async def refusal(self, person_id: int) -> VoiceNoteError | None:
        """Tell why a person's voice notes are not listened to; None where they may be.

        If it cannot be known whether they opted out, they are not.
        """
        if self._storage is None:
            return None
        try:
            if await self._storage.is_opted_out(person_id):
                return VoiceNoteError(OPTED_OUT)
        except StorageError as error:
            log.warning("It cannot be known whether somebody opted out. %s", error)
            return VoiceNoteError(NOT_KNOWN)
        return None

    async def manner_for(self, interaction: discord.Interaction) -> Manner:
        """Choose how details are told: in the language of who asks, as sure as the server wants."""
        try:
            async with asyncio.timeout(QUICK_SECONDS):
                preferences = await self._at(interaction.guild_id, interaction.channel)
        except TimeoutError:
            preferences = UNKNOWN
        return Manner(
            language=language_for(interaction.locale), min_confidence=preferences.min_confidence
        )

    async def record_verdict(self, guild_id: int, heard: str, said: str) -> None:
        """Count what somebody says of an answer; one count less is no loss."""
        if self._storage is None:
            return
        try:
            await self._storage.count_verdict(guild_id, heard=heard, said=said)
        except StorageError as error:
            log.warning("A verdict was not counted. %s", error)

    async def forget_guild(self, guild_id: int) -> None:
        """Delete all that is known of a server that the bot was removed from."""
        if self._storage is None:
            return
        try:
            await self._storage.forget_guild(guild_id)
        except StorageError as error:
            log.error("What is known of a server that the bot left is still there. %s", error)
        else:
            log.info("The bot was removed from a server; what was known of it is deleted.")

    async def _at(self, guild_id: int | None, channel: object) -> Preferences:
        """Give what holds in a channel; of a thread, in the channel that it belongs to."""
        if self._storage is None or guild_id is None:
            return DEFAULTS
        own_id = int(getattr(channel, "id", 0))
        channel_id = channel.parent_id if isinstance(channel, discord.Thread) else own_id
        try:
            return await self._storage.preferences(guild_id, channel_id)
        except StorageError as error:
            log.warning("A server's settings cannot be read. %s", error)
            return UNKNOWN


def manner_in(message: discord.Message, preferences: Preferences) -> Manner:
    """Choose how a message is answered.

    Where the place wants no language of its own, it is the one that its server says it speaks: of
    who wrote a message Discord does not tell theirs.
    """
    spoken = language_for(message.guild.preferred_locale if message.guild else None)
    return Manner(
        language=language_for(preferences.language, fallback=spoken),
        detail=Detail(preferences.detail),
        min_confidence=preferences.min_confidence,
    )
