"""Hearing what somebody points at: from the Apps menu, with /emotion, by a mention in a reply.

Whoever asks, a person who opted out is not heard. Of a forwarded voice note nobody knows whose
voice it is: it is told so, and never said to be that of whoever forwarded it.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.commands.services import Services, language_of, manner_of, tell
from bot.components import buttons_for
from bot.errors import outline
from bot.languages import translatable
from bot.manner import Manner
from bot.queueing import Asker
from bot.recordings import recordings_in
from bot.replies import Answer, Reply, reply_to

log = logging.getLogger(__name__)

ORIGINAL_SECONDS = 0.8  # for finding the message that was forwarded, of Discord's three
NOTHING = translatable(
    "I find no voice message or audio file in that message, so there is nothing to hear."
)
LEFT_ALONE = translatable("I leave that one alone: somebody asked me not to listen to their voice.")
YOU_OPTED_OUT = translatable(
    "You asked me not to listen to you. If you want me to again, use /optin."
)
UNCERTAIN = translatable(
    "I cannot look up just now whether I may listen to that: please try again in a while."
)
FORWARDED = translatable("This was forwarded: whose voice it is, I do not know.")


class Ear:
    """Hears what somebody points at.

    Parameters
    ----------
    services
        What hears files, and who may be heard.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    async def hear_message(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> None:
        """Hear the recordings of a message, for whoever chose that in its Apps menu."""
        attachments = recordings_in(message)
        if not attachments:
            await tell(interaction, language_of(interaction).text(NOTHING))
            return
        preferences, original = await asyncio.gather(
            self._services.preferences_at(interaction.guild_id, interaction.channel),
            _original_author(message),
        )
        people = {message.author.id} | ({original} if original is not None else set())
        refusal = await self._refusal(people, asker_id=interaction.user.id)
        if refusal is not None:
            await tell(interaction, language_of(interaction).text(refusal))
            return
        manner = manner_of(preferences, interaction.locale)
        await self._answer(
            interaction,
            attachments,
            manner,
            private=preferences.private,
            forwarded=bool(message.message_snapshots),
        )

    async def hear_file(
        self,
        interaction: discord.Interaction[Any],
        note: discord.Attachment,
        *,
        private: bool | None,
    ) -> None:
        """Hear a file that somebody gives to the command; None for what the server prefers."""
        preferences = await self._services.preferences_at(interaction.guild_id, interaction.channel)
        refusal = await self._refusal({interaction.user.id}, asker_id=interaction.user.id)
        if refusal is not None:
            await tell(interaction, language_of(interaction).text(refusal))
            return
        manner = manner_of(preferences, interaction.locale)
        private = preferences.private if private is None else private or preferences.private
        await self._answer(interaction, [note], manner, private=private)

    async def hear_mention(self, message: discord.Message, *, bot_id: int) -> bool:
        """Hear the message that another replies to, where that one mentions the bot.

        Parameters
        ----------
        message
            What somebody wrote.
        bot_id
            The bot's own id; only a mention that is written counts, no ping of a reply.

        Returns
        -------
        bool
            Whether that was asked, and is answered; otherwise the message is not for this.
        """
        if bot_id not in message.raw_mentions or recordings_in(message):
            return False
        note = await _replied_to(message)
        attachments = [] if note is None else recordings_in(note)
        if note is None or not attachments:
            return False
        guild_id = None if message.guild is None else message.guild.id
        preferences = await self._services.preferences_at(guild_id, message.channel)
        locale = None if message.guild is None else message.guild.preferred_locale
        manner = manner_of(preferences, locale)
        original = await _original_author(note)
        people = {note.author.id} | ({original} if original is not None else set())
        refusal = await self._refusal(people, asker_id=message.author.id)
        try:
            if refusal is not None:
                await message.reply(manner.language.text(refusal), mention_author=False)
                return True
            async with message.channel.typing():
                asker = Asker(message.author.id, guild_id)
                answers = await self._services.hear(attachments, manner=manner, asker=asker)
            reply = _reply(answers, manner, forwarded=bool(note.message_snapshots))
            view = _buttons(answers, manner, in_server=guild_id is not None)
            sent = await message.reply(
                reply.content,
                embeds=list(reply.embeds),
                files=reply.files(),
                mention_author=False,
                allowed_mentions=discord.AllowedMentions.none(),
                view=discord.utils.MISSING if view is None else view,
            )
            self._services.recent.keep(sent.id, answers, asker_id=message.author.id)
        except (discord.DiscordException, OSError) as error:
            log.warning("A reply could not be sent: %s.", outline(error).splitlines()[0])
        return True

    async def _answer(
        self,
        interaction: discord.Interaction[Any],
        attachments: Sequence[discord.Attachment],
        manner: Manner,
        *,
        private: bool,
        forwarded: bool = False,
    ) -> None:
        """Say at once that it takes a moment, hear, and answer."""
        await interaction.response.defer(ephemeral=private, thinking=True)
        asker = Asker(interaction.user.id, interaction.guild_id)
        answers = await self._services.hear(attachments, manner=manner, asker=asker)
        reply = _reply(answers, manner, forwarded=forwarded)
        view = _buttons(answers, manner, in_server=interaction.guild_id is not None)
        sent = await interaction.edit_original_response(
            content=reply.content, embeds=list(reply.embeds), attachments=reply.files(), view=view
        )
        self._services.recent.keep(sent.id, answers, asker_id=interaction.user.id)

    async def _refusal(self, people: set[int], *, asker_id: int) -> str | None:
        """Say why some people are not heard; None where they are."""
        may = await self._services.may_hear(*people)
        if may is None:
            return UNCERTAIN
        if may:
            return None
        return YOU_OPTED_OUT if people == {asker_id} else LEFT_ALONE


def _buttons(
    answers: Sequence[Answer], manner: Manner, *, in_server: bool
) -> discord.ui.View | None:
    view = buttons_for(answers, manner=manner, in_server=in_server)
    if view is not None:
        view.stop()  # its buttons are found by their ids: discord.py need not keep it
    return view


def _reply(answers: Sequence[Answer], manner: Manner, *, forwarded: bool) -> Reply:
    reply = reply_to(answers, manner=manner)
    if not forwarded:
        return reply
    lines = (manner.language.text(FORWARDED), reply.content)
    return replace(reply, content="\n".join(line for line in lines if line))


async def _original_author(message: discord.Message) -> int | None:
    """Find out who wrote what a message forwards; None where the bot cannot see that, or no one."""
    reference = message.reference
    if not message.message_snapshots or reference is None or reference.message_id is None:
        return None
    channel = message._state.get_channel(reference.channel_id)  # noqa: SLF001
    if not isinstance(channel, discord.abc.Messageable):
        return None
    try:
        async with asyncio.timeout(ORIGINAL_SECONDS):
            return (await channel.fetch_message(reference.message_id)).author.id
    except (discord.DiscordException, TimeoutError, OSError):
        return None


async def _replied_to(message: discord.Message) -> discord.Message | None:
    """Give the message that another replies to; None where there is none, or it is gone."""
    reference = message.reference
    if message.type is not discord.MessageType.reply or reference is None:
        return None
    if isinstance(reference.resolved, discord.Message):
        return reference.resolved
    if reference.message_id is None:
        return None
    try:
        return await message.channel.fetch_message(reference.message_id)
    except (discord.DiscordException, OSError):
        return None


def add_ear(tree: app_commands.CommandTree[Any], ear: Ear) -> None:
    """Add the entry in the Apps menu, and /emotion."""

    @tree.context_menu(name=locale_str("Hear the emotion"))
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def hear_message(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await ear.hear_message(interaction, message)

    @tree.command(
        name="emotion",
        description=locale_str("Hear the emotion in a voice note or an audio file."),
        auto_locale_strings=False,
    )
    @app_commands.describe(
        note=locale_str("The recording to listen to"),
        private=locale_str("Whether only you see the answer"),
    )
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def emotion(
        interaction: discord.Interaction[Any],
        note: discord.Attachment,
        private: bool | None = None,
    ) -> None:
        await ear.hear_file(interaction, note, private=private)
