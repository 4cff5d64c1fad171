"""What servers and people want of the bot, looked up for whatever it is about to do.

Errors of the database end here, as `bot.storage` says: their text goes to the log, and nobody on
Discord reads it.
"""

import asyncio
import logging

import discord

from bot.errors import StorageError, VoiceNoteError
from bot.forwards import speakers_in
from bot.languages import language_for, translatable
from bot.manner import Detail, Manner
from bot.storage import DEFAULTS, UNKNOWN, Preferences, Storage
from bot.tongues import Tongues

log = logging.getLogger(__name__)

QUICK_SECONDS = 1.0  # for looking something up for a button or a command, of Discord's three

LEFT_ALONE = translatable("I leave that one alone: somebody asked me not to listen to their voice.")
YOU_OPTED_OUT = translatable(
    "You asked me not to listen to you. If you want me to again, use /optin."
)
UNCERTAIN = translatable(
    "I cannot look up just now whether I may listen to that: please try again in a while."
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
        self.tongues = Tongues()
        """In which languages people use Discord."""

    def place_of(self, message: discord.Message) -> tuple[int | None, discord.Locale | None]:
        """Give the server of a message, and the language that it says it speaks.

        In a direct conversation there is no server, and it is the language of the other person.
        """
        guild = message.guild
        if guild is None:
            return None, self.tongues.of(message.author.id)
        return guild.id, guild.preferred_locale

    async def preferences(
        self, guild_id: int | None, channel: object, *, seconds: float | None = None
    ) -> Preferences:
        """Give what holds in a channel; of a thread, in the channel that it belongs to.

        Parameters
        ----------
        guild_id
            The server; None in a direct conversation, where the defaults hold.
        channel
            Discord's channel.
        seconds
            After which what cannot be found out counts as not known; None for as long as a database
            may take.
        """
        if self._storage is None or guild_id is None:
            return DEFAULTS
        try:
            async with asyncio.timeout(seconds):
                return await self._storage.preferences(guild_id, channel_key(channel))
        except (StorageError, TimeoutError) as error:
            log.warning("A server's settings cannot be read. %s", error)
            return UNKNOWN

    async def refusal(
        self, message: discord.Message, *, asker_id: int, seconds: float | None = None
    ) -> VoiceNoteError | None:
        """Tell why the voice notes of a message are not listened to; None where they may be.

        Whose voices may be in it are its author, and who wrote what it forwards. If it cannot be
        known whether one of them opted out, nobody is listened to.

        Parameters
        ----------
        message
            The one with the voice notes.
        asker_id
            Who is told.
        seconds
            As for `preferences`, for each of two questions.
        """
        people = await speakers_in(message)
        if people is None:
            return VoiceNoteError(UNCERTAIN)
        return await self.refusal_of(people, asker_id=asker_id, seconds=seconds)

    async def refusal_of(
        self, people: frozenset[int], *, asker_id: int, seconds: float | None = None
    ) -> VoiceNoteError | None:
        """Tell why some people are not listened to; None where they may be; see `refusal`."""
        if self._storage is None:
            return None
        try:
            async with asyncio.timeout(seconds):
                for person_id in people:
                    if await self._storage.is_opted_out(person_id):
                        alone = people == {asker_id}
                        return VoiceNoteError(YOU_OPTED_OUT if alone else LEFT_ALONE)
        except (StorageError, TimeoutError) as error:
            log.warning("It cannot be known whether somebody opted out. %s", error)
            return VoiceNoteError(UNCERTAIN)
        return None

    async def manner_for(self, interaction: discord.Interaction) -> Manner:
        """Choose how details are told: in the language of who asks, as sure as the server wants."""
        preferences = await self.preferences(
            interaction.guild_id, interaction.channel, seconds=QUICK_SECONDS
        )
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


def channel_key(channel: object) -> int:
    """Give the id under which a channel's settings are: a thread has those of its channel."""
    if isinstance(channel, discord.Thread):
        return channel.parent_id
    return int(getattr(channel, "id", 0))


def manner_of(preferences: Preferences, locale: discord.Locale | str | None) -> Manner:
    """Choose how to answer: as a place wants it, otherwise in the language of who is answered.

    Parameters
    ----------
    preferences
        What holds in the place.
    locale
        The language in which somebody uses Discord. Of who wrote a message Discord does not tell
        it: see `HouseRules.place_of`.
    """
    return Manner(
        language=language_for(preferences.language, fallback=language_for(locale)),
        detail=Detail(preferences.detail),
        min_confidence=preferences.min_confidence,
    )
