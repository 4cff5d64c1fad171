"""Hearing what somebody points at: from the Apps menu, with /emotion, by a mention in a reply.

Whoever asks, a person who opted out is not heard. Of a forwarded voice note nobody knows whose
voice it is: it is told so, and never said to be that of whoever forwarded it.
"""

import asyncio
import functools
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.commands.services import Services, language_of, tell
from bot.components import buttons_for
from bot.farewells import FAREWELL
from bot.house_rules import QUICK_SECONDS, manner_of
from bot.languages import translatable
from bot.manner import Manner
from bot.notices import AnswerBoard, Notice
from bot.queueing import Asker
from bot.recordings import find_recordings
from bot.replies import Answer, Reply, reply_to
from bot.sending import send, typing_in
from bot.troubles import trouble_of

NOTHING = translatable(
    "I find no voice message or audio file in that message, so there is nothing to hear."
)
ANSWERED = translatable("I have answered that one already: {link}")


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
        attachments = find_recordings(message, addressed=True)
        if not attachments:
            await tell(interaction, language_of(interaction).text(NOTHING))
            return
        rules = self._services.rules
        preferences, refusal = await asyncio.gather(
            rules.preferences(interaction.guild_id, interaction.channel, seconds=QUICK_SECONDS),
            rules.refusal(message, asker_id=interaction.user.id, seconds=QUICK_SECONDS),
        )
        if refusal is not None:
            await tell(interaction, trouble_of(refusal).said(language_of(interaction)))
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
        rules, asker_id = self._services.rules, interaction.user.id
        preferences, refusal = await asyncio.gather(
            rules.preferences(interaction.guild_id, interaction.channel, seconds=QUICK_SECONDS),
            rules.refusal_of(frozenset({asker_id}), asker_id=asker_id, seconds=QUICK_SECONDS),
        )
        if refusal is not None:
            await tell(interaction, trouble_of(refusal).said(language_of(interaction)))
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
        if bot_id not in message.raw_mentions or find_recordings(message, addressed=True):
            return False
        note = await _replied_to(message)
        attachments = [] if note is None else find_recordings(note, addressed=True)
        if note is None or not attachments:
            return False
        services = self._services
        if not await services.claims.claim(message.id):
            return True  # Discord has told of it before
        guild_id, locale = services.rules.place_of(message)
        preferences = await services.rules.preferences(guild_id, message.channel)
        manner = manner_of(preferences, locale)
        farewell = Reply(content=manner.language.text(FAREWELL))
        if await services.requests.begin(functools.partial(send, message, farewell)):
            reply = await self._refusal_to(message, note, manner)
            if reply is None:
                await self._hear_once(message, note, attachments, manner)
            else:
                await send(message, reply)
        return True

    async def _refusal_to(
        self, message: discord.Message, note: discord.Message, manner: Manner
    ) -> Reply | None:
        """Say why what a message replies to is not heard; None where it is."""
        refusal = await self._services.rules.refusal(note, asker_id=message.author.id)
        if refusal is None:
            return None
        return Reply(content=trouble_of(refusal).said(manner.language))

    async def _hear_once(
        self,
        message: discord.Message,
        note: discord.Message,
        attachments: Sequence[discord.Attachment],
        manner: Manner,
    ) -> None:
        """Answer a mention by what is heard, or by where that stands already."""
        services = self._services
        async with services.recent.turn(note.id):
            known = services.recent.about(note.id)
            if known is not None:
                link = message.channel.get_partial_message(known).jump_url  # type: ignore[union-attr]
                await send(message, Reply(content=manner.language.text(ANSWERED, link=link)))
                return
            await services.claims.claim(note.id)  # so that it is not answered unasked besides
            notice = Notice(services.notices.to(message), manner.language)
            asker = Asker(message.author.id, message.guild.id if message.guild else None)
            async with typing_in(message.channel):
                answers = await services.hear(
                    attachments, manner=manner, asker=asker, tell=notice.tell
                )
            await notice.close()
            reply = reply_to(answers, manner=manner, forwarded=bool(note.message_snapshots))
            view = _buttons(answers, manner, in_server=message.guild is not None)
            sent = await send(message, reply, view=view)
            if sent is not None:
                asker_id = message.author.id
                services.recent.keep(sent.id, answers, asker_id=asker_id, note_id=note.id)

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
        notice = Notice(AnswerBoard(interaction), manner.language)
        answers = await self._services.hear(
            attachments, manner=manner, asker=asker, tell=notice.tell
        )
        await notice.stop()
        reply = reply_to(answers, manner=manner, forwarded=forwarded)
        view = _buttons(answers, manner, in_server=interaction.guild_id is not None)
        sent = await interaction.edit_original_response(
            content=reply.content, embeds=list(reply.embeds), attachments=reply.files(), view=view
        )
        self._services.recent.keep(sent.id, answers, asker_id=interaction.user.id)


def _buttons(
    answers: Sequence[Answer], manner: Manner, *, in_server: bool
) -> discord.ui.View | None:
    view = buttons_for(answers, manner=manner, in_server=in_server)
    if view is not None:
        view.stop()  # its buttons are found by their ids: discord.py need not keep it
    return view


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
