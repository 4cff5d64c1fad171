"""What servers and people want of the bot, looked up before it does anything.

Errors of the database end here, as `bot.storage` says: their text goes to the log, and nobody on
Discord reads it.
"""

import asyncio
import logging

import discord

from bot.bounded_dict import BoundedDict
from bot.errors import StorageError, VoiceNoteError
from bot.i18n import translatable
from bot.lifecycle import uncancelled
from bot.storage import DEFAULTS, UNKNOWN, Preferences, Storage

log = logging.getLogger(__name__)

QUICK_SECONDS = 1.0  # for looking something up for a button or a command, of Discord's three
ORIGINAL_SECONDS = 0.8  # for fetching the message that was forwarded, of the same
MAX_CLAIMED = 10_000  # messages that are known to be answered; ids alone, of about 100 bytes each
MAX_PEOPLE = 10_000  # whose language is known

LEFT_ALONE = translatable("I leave that one alone: somebody asked me not to listen to their voice.")
YOU_OPTED_OUT = translatable(
    "You asked me not to listen to you. If you want me to again, use /optin."
)
UNCERTAIN = translatable(
    "I cannot look up just now whether I may listen to that: please try again in a while."
)


class Policy:
    """What is to be kept to in each place, and of each person.

    Parameters
    ----------
    storage
        Where preferences and opt-outs are.

    Attributes
    ----------
    locales
        The language in which people use Discord, by their ids, in memory. Discord tells it with
        commands and buttons, and of messages never.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._claimed: BoundedDict[int, None] = BoundedDict(MAX_CLAIMED)
        self.locales: BoundedDict[int, discord.Locale] = BoundedDict(MAX_PEOPLE)

    async def claim(self, message_id: int) -> bool:
        """Claim a message to answer it; False where it was claimed before.

        Discord repeats itself when a connection is taken up again, and a bot that was started anew
        may be told what the one before it has answered. Where the database fails, a message is
        rather answered twice than never.
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
        """Return what holds in a channel; of a thread, in the channel that it belongs to.

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
        """Return what holds where a message was written, and the locale to answer it in.

        A server says which language it speaks; a direct conversation is in that of the person,
        where it is known.
        """
        guild = message.guild
        if guild is None:
            return DEFAULTS, self.locales.get(message.author.id)
        return await self.preferences(guild.id, message.channel), guild.preferred_locale

    async def refusal(
        self, note: discord.Message | None, *, asker_id: int, seconds: float | None = None
    ) -> VoiceNoteError | None:
        """Return why voice notes are not listened to; None where they may be.

        Whose voices may be in a message are its author, and who wrote what it forwards. If it
        cannot be known whether one of them opted out, nobody is listened to.

        Parameters
        ----------
        note
            The message with the voice notes; None where they are the asker's own.
        asker_id
            Who is told.
        seconds
            As for `preferences`, for each of two questions.
        """
        people = frozenset({asker_id}) if note is None else await speakers_in(note)
        if people is None:
            return VoiceNoteError(UNCERTAIN)
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

    async def record_verdict(self, guild_id: int, heard: str, said: str) -> None:
        """Count what somebody says of an answer; one count less is no loss."""
        try:
            await self._storage.count_verdict(guild_id, heard=heard, said=said)
        except StorageError as error:
            log.warning("A verdict was not counted. %s", error)

    async def forget_guild(self, guild_id: int) -> None:
        """Delete all that is known of a server that the bot was removed from."""
        try:
            await self._storage.forget_guild(guild_id)
        except StorageError as error:
            log.error("What is known of a server that the bot left is still there. %s", error)
        else:
            log.info("The bot was removed from a server; what was known of it is deleted.")


def channel_key(channel: object) -> int:
    """Return the id under which a channel's settings are: a thread has those of its channel."""
    if isinstance(channel, discord.Thread):
        return channel.parent_id
    return int(getattr(channel, "id", 0))


async def speakers_in(message: discord.Message) -> frozenset[int] | None:
    """Return the ids of those whose voices may be in a message.

    Discord copies what is forwarded without its author. The bot asks for the original, which it
    sees where it is in a channel that the bot is in; elsewhere nobody knows whose voice it is.

    Returns
    -------
    frozenset of int or None
        Its author's, and where it forwards what the bot can see, also that of the original's; None
        where that cannot be found out just now.
    """
    author = frozenset({message.author.id})
    reference = message.reference
    if not message.message_snapshots or reference is None or reference.message_id is None:
        return author
    original = discord.PartialMessageable(
        state=message._state,  # noqa: SLF001 - a message tells nobody its client
        id=reference.channel_id,
        guild_id=reference.guild_id,
    )
    try:
        async with asyncio.timeout(ORIGINAL_SECONDS):
            fetched = await uncancelled(original.fetch_message(reference.message_id))
    except (discord.NotFound, discord.Forbidden):
        return author  # it is gone, or where the bot is not
    except (discord.DiscordException, TimeoutError, OSError):
        return None
    return author | {fetched.author.id}
