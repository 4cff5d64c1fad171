"""The one way from a request to its answer: messages, mentions, commands."""

import asyncio
import functools
import logging
import time
from collections.abc import Sequence
from typing import Any

import discord

from bot.analysis import DrawTimeline, Requester
from bot.answers.attachments import find_recordings
from bot.answers.in_flight import InFlight, Request
from bot.answers.interactions import language_of, respond
from bot.answers.pipeline import Pipeline
from bot.answers.progress import Progress, delete_quietly
from bot.answers.recent import RecentReplies
from bot.answers.sending import send, typing_in
from bot.bounded_dict import BoundedDict
from bot.errors import redacted_traceback
from bot.i18n import translatable
from bot.policy import LOOKUP_SECONDS, Policy
from bot.storage import Storage
from bot.views import (
    AttachmentResult,
    Reply,
    ReplyStyle,
    answer_buttons,
    build_notice,
    build_reply,
    trouble_of,
)

log = logging.getLogger(__name__)

NOTICE_SECONDS = 60.0  # the length of a recording, by its metadata, from which on a notice is sent
HINT = translatable(
    "Send me a voice message or an audio file, and I tell you what I hear in its tone of voice."
)
HINT_SECONDS = 60.0  # from one hint in a channel to the next
MAX_HINTED = 1000  # channels that are remembered
NOTHING = translatable(
    "I find no voice message or audio file in that message, so there is nothing to hear."
)
ANSWERED = translatable("I have answered that one already: {link}")


class AnswerService:
    """Answers messages and commands, and analyses voice notes again for the buttons.

    Attributes
    ----------
    pipeline
        The analysis of attachments.
    storage
        The database, for the commands that show or change what is in it.
    policy
        The preferences of servers and the opt-outs of people.
    recent
        The latest replies, for the buttons under them.
    in_flight
        The requests that are being answered.
    """

    def __init__(self, pipeline: Pipeline, storage: Storage) -> None:
        self.pipeline = pipeline
        self.storage = storage
        self.policy = Policy(storage)
        self.recent = RecentReplies()
        self.in_flight = InFlight()
        self._hinted: BoundedDict[int, float] = BoundedDict(MAX_HINTED)  # when, by channel

    async def answer_message(self, message: discord.Message, *, bot_id: int) -> None:
        """Answer a message that has voice notes, or that mentions the bot in a reply to some.

        A message that is addressed to the bot and has none is answered with a hint about how
        to use the bot. Messages that are not addressed to it are answered where the server wants
        that.

        Parameters
        ----------
        message
            A message that a person wrote.
        bot_id
            The bot's user id. A reply's ping does not count as a mention, only a written one does.
        """
        is_mentioned = bot_id in message.raw_mentions
        addressed = message.guild is None or is_mentioned
        note_message = message
        request = Request(message, attachments=find_recordings(message, addressed=addressed))
        if not request.attachments and not addressed:
            return
        self.in_flight.add(request)
        try:
            if not request.attachments and is_mentioned:
                note_message = await _replied_to(message) or message
                request.attachments = find_recordings(note_message, addressed=True)
            request.note_message = note_message
            preferences, locale = await self.policy.preferences_for(message)
            request.style = ReplyStyle.of(preferences, locale)
            if not addressed:
                # The first search counted audio files too: the preferences were not known yet.
                files = preferences.audio_files
                request.attachments = find_recordings(message, addressed=False, audio_files=files)
                if not request.attachments or not preferences.automatic:
                    return
            if request.attachments:
                await self._reply_once(request, message, note_message, addressed=addressed)
            elif self._may_hint(message.channel.id):
                await send(message, Reply(content=request.style.language.text(HINT)))
        except Exception as error:
            log.error("A message could not be answered:\n%s", redacted_traceback(error))

    async def answer_interaction(
        self,
        interaction: discord.Interaction[Any],
        attachments: Sequence[discord.Attachment],
        *,
        note_message: discord.Message | None = None,
        private: bool = False,
    ) -> None:
        """Answer a command, or an entry of the Apps menu.

        Parameters
        ----------
        interaction
            An interaction that has not been responded to.
        attachments
            The recordings to analyse.
        note_message
            The message with the attachments; None where they were uploaded with the command.
        private
            Whether the answer is ephemeral whatever the server prefers.
        """
        language, requester_id = language_of(interaction), interaction.user.id
        if not attachments:
            await respond(interaction, language.text(NOTHING))
            return
        guild_id, channel = interaction.guild_id, interaction.channel
        preferences, refusal = await asyncio.gather(
            self.policy.preferences(guild_id, channel, seconds=LOOKUP_SECONDS),
            self.policy.refusal(note_message, requester_id=requester_id, seconds=LOOKUP_SECONDS),
        )
        if refusal is not None:
            await respond(interaction, trouble_of(refusal).text(language))
            return
        await interaction.response.defer(ephemeral=private or preferences.private, thinking=True)
        style = ReplyStyle.of(preferences, interaction.locale)

        async def show(text: str) -> None:
            await interaction.edit_original_response(content=text)

        request = Request(
            interaction, note_message=note_message, attachments=attachments, style=style
        )
        await self._answer(request, Progress(show, style.language))

    async def analyse_again(
        self,
        note_message: discord.Message,
        *,
        reply_id: int,
        owner_id: int,
        requester: Requester,
        style: ReplyStyle,
    ) -> list[AttachmentResult]:
        """Analyse the recordings of an answered message once more, with images.

        Parameters
        ----------
        note_message
            The message with the recordings.
        reply_id
            Id of the answer's message; the results are kept for its buttons.
        owner_id
            Id of the person who may delete the answer.
        requester
            The person who pressed the button, and the server.
        style
            The style in which the results will be shown.

        Returns
        -------
        list of AttachmentResult
            Empty where the message has no recordings any more.

        Raises
        ------
        VoiceNoteError
            Somebody opted out, or it cannot be known whether they did.
        """
        attachments = find_recordings(note_message, addressed=True)
        if not attachments:
            return []
        refusal = await self.policy.refusal(note_message, requester_id=requester.user_id)
        if refusal is not None:
            raise refusal
        results = await self.pipeline.analyse(
            attachments,
            options=style.analysis_options_for(DrawTimeline.ALWAYS),
            requester=requester,
        )
        self.recent.keep(reply_id, results, owner_id=owner_id)
        return results

    async def finish(self, seconds: float) -> None:
        """Accept no more requests; return when all are answered, or after some seconds."""
        await self.in_flight.finish(seconds)

    async def notify_unfinished(self, seconds: float) -> None:
        """Cancel the requests that are left, and notify those who wait, within some seconds."""
        self.pipeline.cancel_all()
        await self.in_flight.notify_unfinished(seconds)

    def _may_hint(self, channel_id: int) -> bool:
        """Return whether a channel has had no hint lately, and count it as given."""
        now = time.monotonic()
        if now - self._hinted.get(channel_id, float("-inf")) < HINT_SECONDS:
            return False
        self._hinted[channel_id] = now
        return True

    async def _reply_once(
        self,
        request: Request,
        message: discord.Message,
        note_message: discord.Message,
        *,
        addressed: bool,
    ) -> None:
        """Reply to a message, unless it was answered already or somebody in it opted out."""
        language = request.style.language
        refusal = await self.policy.refusal(note_message, requester_id=message.author.id)
        if refusal is not None and not addressed:
            return
        if not await self.policy.claim(message.id):
            log.info("A message that came again is not answered again.")
        elif refusal is not None:
            await send(message, Reply(content=trouble_of(refusal).text(language)))
        elif self.in_flight.accept(request):
            async with self.recent.lock(note_message.id):
                known = None if note_message is message else self.recent.reply_to(note_message.id)
                if known is not None:
                    channel: Any = note_message.channel
                    link = channel.get_partial_message(known).jump_url
                    await send(message, Reply(content=language.text(ANSWERED, link=link)))
                else:
                    await self._reply(request, message, note_message)

    async def _reply(
        self, request: Request, message: discord.Message, note_message: discord.Message
    ) -> None:
        """Reply to a message with the results, after a notice where they take long."""
        if note_message is not message:
            # So that it is not answered automatically as well.
            await self.policy.claim(note_message.id)
        seconds = max(attachment.duration or 0.0 for attachment in request.attachments)
        if NOTICE_SECONDS <= seconds <= self.pipeline.settings.max_audio_seconds:
            request.notice = await send(message, build_notice(seconds, style=request.style))
        show = functools.partial(self.in_flight.position_replies.show, message)
        progress = Progress(show, request.style.language)
        async with typing_in(message.channel):
            await self._answer(request, progress)

    async def _answer(self, request: Request, progress: Progress) -> None:
        """Analyse the recordings of a request, and send the answer with its buttons."""
        style, note_message = request.style, request.note_message
        results = await self.pipeline.analyse(
            request.attachments,
            options=style.analysis_options,
            requester=request.requester,
            on_position=progress.report,
        )
        await progress.stop()
        if isinstance(request.to, discord.Message):
            await delete_quietly(self.in_flight.position_replies.release(request.to))
        request.is_waiting = False
        reply = build_reply(
            results,
            style=style,
            named=note_message is not None and len(note_message.attachments) > 1,
            forwarded=note_message is not None and bool(note_message.message_snapshots),
        )
        view = answer_buttons(
            results, style=style, in_server=request.requester.guild_id is not None
        )
        sent = await send(request.to, reply, edit=request.notice, view=view)
        if sent is not None and view is not None:
            is_public = note_message is not None and isinstance(request.to, discord.Message)
            self.recent.keep(
                sent.id,
                results,
                owner_id=request.requester.user_id,
                note_id=note_message.id if note_message is not None and is_public else None,
            )


async def _replied_to(message: discord.Message) -> discord.Message | None:
    """Return the message that another one replies to; None where there is none or it is gone."""
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
