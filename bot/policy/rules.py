"""The rules for voice notes: preferences, opt-outs, and which messages were answered already.

Errors of the database are handled here as `bot.storage` says: they are logged, and their text is
not sent to Discord.
"""

import asyncio
import logging

import discord

from bot.bounded_dict import BoundedDict
from bot.errors import StorageError, VoiceNoteError
from bot.i18n import translatable
from bot.lifecycle import shielded
from bot.storage import DEFAULTS, UNKNOWN, Preferences, Storage

log = logging.getLogger(__name__)

LOOKUP_SECONDS = 1.0  # for a query for an interaction, which Discord wants answered in three
ORIGINAL_SECONDS = 0.8  # for fetching the message that was forwarded, in the same time
MAX_CLAIMED = 10_000  # ids of answered messages, of about 100 bytes each
MAX_PEOPLE = 10_000  # whose locale is known

LEFT_ALONE = translatable("I leave that one alone: somebody asked me not to listen to their voice.")
YOU_OPTED_OUT = translatable(
    "You asked me not to listen to you. If you want me to again, use /optin."
)
UNCERTAIN = translatable(
    "I cannot look up just now whether I may listen to that: please try again in a while."
)


class Policy:
    """The preferences of servers, the opt-outs and locales of people, and the answered messages.

    Attributes
    ----------
    locales
        The locales of people by their ids, in memory: interactions have them, messages do not.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._claimed: BoundedDict[int, None] = BoundedDict(MAX_CLAIMED)
        self.locales: BoundedDict[int, discord.Locale] = BoundedDict(MAX_PEOPLE)

    async def claim(self, message_id: int) -> bool:
        """Claim a message to answer it; return False where it was claimed before.

        Discord may send an event again when a session is resumed or the bot is restarted. Where the
        database fails, a message is answered, if need be twice.
        """
        is_new = message_id not in self._claimed
        self._claimed[message_id] = None
        if not is_new:
            return False
        try:
            return await self._storage.claim(message_id)
        except StorageError as error:
            log.warning("It cannot be known whether a message was answered. %s", error)
            return True

    async def preferences(
        self, guild_id: int | None, channel: object, *, seconds: float | None = None
    ) -> Preferences:
        """Return the preferences for a channel; a thread has those of its channel.

        Parameters
        ----------
        guild_id
            Id of the server; None in a direct conversation, which has the defaults.
        channel
            The channel, or the thread.
        seconds
            The time-out, after which the preferences count as unknown; None for the database's own.
        """
        if guild_id is None:
            return DEFAULTS
        try:
            async with asyncio.timeout(seconds):
                return await self._storage.preferences(guild_id, channel_key(channel))
        except (StorageError, TimeoutError) as error:
            log.warning("A server's settings cannot be read. %s", error)
            return UNKNOWN

    async def preferences_for(
        self, message: discord.Message
    ) -> tuple[Preferences, discord.Locale | str | None]:
        """Return the preferences for a message's channel, and the locale to answer it in.

        The locale is the server's; in a direct conversation the person's, where it is known.
        """
        guild = message.guild
        if guild is None:
            return DEFAULTS, self.locales.get(message.author.id)
        return await self.preferences(guild.id, message.channel), guild.preferred_locale

    async def refusal(
        self,
        note_message: discord.Message | None,
        *,
        requester_id: int,
        seconds: float | None = None,
    ) -> VoiceNoteError | None:
        """Return why voice notes may not be analysed; None where they may.

        They may not where a speaker opted out, or where it is not known whether one did. Speakers
        are the author of the message, and the author of the message that it forwards.

        Parameters
        ----------
        note_message
            The message with the voice notes; None where the requester uploaded them.
        requester_id
            The person to whom the refusal is addressed.
        seconds
            The time-out, after which opt-outs count as unknown; None for the database's own.
        """
        people = (
            frozenset({requester_id}) if note_message is None else await speakers_in(note_message)
        )
        if people is None:
            return VoiceNoteError(UNCERTAIN)
        try:
            async with asyncio.timeout(seconds):
                for person_id in people:
                    if await self._storage.is_opted_out(person_id):
                        is_own = people == {requester_id}
                        return VoiceNoteError(YOU_OPTED_OUT if is_own else LEFT_ALONE)
        except (StorageError, TimeoutError) as error:
            log.warning("It cannot be known whether somebody opted out. %s", error)
            return VoiceNoteError(UNCERTAIN)
        return None

    async def record_verdict(self, guild_id: int, heard: str, said: str) -> None:
        """Count a verdict; an error is only logged, since one count less does not matter."""
        try:
            await self._storage.count_verdict(guild_id, heard=heard, said=said)
        except StorageError as error:
            log.warning("A verdict was not counted. %s", error)

    async def forget_guild(self, guild_id: int) -> None:
        """Delete all data of a server that the bot was removed from."""
        try:
            await self._storage.forget_guild(guild_id)
        except StorageError as error:
            log.error("What is known of a server that the bot left is still there. %s", error)
        else:
            log.info("The bot was removed from a server; what was known of it is deleted.")


def channel_key(channel: object) -> int:
    """Return the id under which a channel's preferences are stored; a thread has its channel's."""
    if isinstance(channel, discord.Thread):
        return channel.parent_id
    return int(getattr(channel, "id", 0))


async def speakers_in(message: discord.Message) -> frozenset[int] | None:
    """Return the ids of the people whose voices may be in a message.

    A forwarded message has no author in Discord's payload, so the original is fetched, which works
    in channels that the bot can read.

    Returns
    -------
    frozenset of int or None
        The message's author, and the author of a forwarded message that the bot can read; None
        where Discord does not answer in time.
    """
    author = frozenset({message.author.id})
    reference = message.reference
    if not message.message_snapshots or reference is None or reference.message_id is None:
        return author
    original = discord.PartialMessageable(
        state=message._state,  # noqa: SLF001 - a message has no public attribute for it
        id=reference.channel_id,
        guild_id=reference.guild_id,
    )
    try:
        async with asyncio.timeout(ORIGINAL_SECONDS):
            fetched = await shielded(original.fetch_message(reference.message_id))
    except (discord.NotFound, discord.Forbidden):
        return author  # it was deleted, or the bot may not read that channel
    except (discord.DiscordException, TimeoutError, OSError):
        return None
    return author | {fetched.author.id}
