"""The one way from a request to its answer: messages, mentions, commands, buttons."""

import asyncio
import functools
import logging
import time
from collections.abc import Sequence
from typing import Any

import discord

from bot.analysis import Asker, Drawing
from bot.answers.attachments import find_recordings
from bot.answers.in_flight import InFlight, Request
from bot.answers.interactions import language_of, tell
from bot.answers.pipeline import Pipeline
from bot.answers.progress import Progress, delete_quietly
from bot.answers.recent import RecentReplies
from bot.answers.sending import send, typing_in
from bot.bounded_dict import BoundedDict
from bot.errors import outline
from bot.i18n import translatable
from bot.policy import QUICK_SECONDS, Policy
from bot.storage import Storage
from bot.views import Answer, Manner, Reply, answer_buttons, progress_on, reply_to, trouble_of

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 60.0  # of a recording, by its own account, from which on a message says: wait
HINT = translatable(
    "Send me a voice message or an audio file, and I tell you what I hear in its tone of voice."
)
HINT_SECONDS = 60.0  # from one hint in a channel to the next
MAX_HINTED = 1000  # channels
NOTHING = translatable(
    "I find no voice message or audio file in that message, so there is nothing to hear."
)
ANSWERED = translatable("I have answered that one already: {link}")


class AnswerService:
    """Answers what people ask to have heard.

    Parameters
    ----------
    pipeline
        What hears attachments.
    storage
        What is kept between one start and the next.

    Attributes
    ----------
    policy
        What servers and people want.
    recent
        What was answered lately.
    in_flight
        What is being answered.
    """

    def __init__(self, pipeline: Pipeline, storage: Storage) -> None:
        self.pipeline = pipeline
        self.storage = storage
        self.policy = Policy(storage)
        self.recent = RecentReplies()
        self.in_flight = InFlight()
        self._hinted: BoundedDict[int, float] = BoundedDict(MAX_HINTED)  # when, by channel

    async def answer_message(self, message: discord.Message, *, bot_id: int) -> None:
        """Answer a message if it has voice notes, or mentions the bot in a reply to some.

        Otherwise stay quiet, or, where it is for the bot, say how that is used. What is not for the
        bot is answered only where the server wants that.

        Parameters
        ----------
        message
            What a person wrote.
        bot_id
            The bot's own id; only a mention that is written counts, no ping of a reply.
        """
        is_mentioned = bot_id in message.raw_mentions
        addressed = message.guild is None or is_mentioned
        note = message
        request = Request(message, attachments=find_recordings(message, addressed=addressed))
        if not request.attachments and not addressed:
            return
        self.in_flight.add(request)
        try:
            if not request.attachments and is_mentioned:
                note = await _replied_to(message) or message
                request.attachments = find_recordings(note, addressed=True)
            request.note = note
            preferences, locale = await self.policy.preferences_for(message)
            request.manner = Manner.of(preferences, locale)
            if not addressed:
                files = preferences.audio_files
                request.attachments = find_recordings(message, addressed=False, audio_files=files)
                if not request.attachments or not preferences.automatic:
                    return
            if request.attachments:
                await self._reply_once(request, message, note, addressed=addressed)
            elif self._may_hint(message.channel.id):
                await send(message, Reply(content=request.manner.language.text(HINT)))
        except Exception as error:
            log.error("A message could not be answered:\n%s", outline(error))

    async def answer_interaction(
        self,
        interaction: discord.Interaction[Any],
        attachments: Sequence[discord.Attachment],
        *,
        note: discord.Message | None = None,
        private: bool = False,
    ) -> None:
        """Answer a command, or an entry of the Apps menu.

        Parameters
        ----------
        interaction
            Not yet responded to.
        attachments
            What is to be heard.
        note
            The message that has them, where they are not whoever asks'.
        private
            Whether only who asks sees the answer, though the server may not mind.
        """
        language, asker_id = language_of(interaction), interaction.user.id
        if not attachments:
            await tell(interaction, language.text(NOTHING))
            return
        guild_id, channel = interaction.guild_id, interaction.channel
        preferences, refusal = await asyncio.gather(
            self.policy.preferences(guild_id, channel, seconds=QUICK_SECONDS),
            self.policy.refusal(note, asker_id=asker_id, seconds=QUICK_SECONDS),
        )
        if refusal is not None:
            await tell(interaction, trouble_of(refusal).said(language))
            return
        await interaction.response.defer(ephemeral=private or preferences.private, thinking=True)
        manner = Manner.of(preferences, interaction.locale)

        async def show(text: str) -> None:
            await interaction.edit_original_response(content=text)

        request = Request(interaction, note=note, attachments=attachments, manner=manner)
        await self._answer(request, Progress(show, manner.language))

    async def answer_again(
        self,
        note: discord.Message,
        *,
        reply_id: int,
        owner_id: int,
        asker: Asker,
        manner: Manner,
    ) -> list[Answer]:
        """Analyse the recordings of an answered message once more, with pictures.

        Parameters
        ----------
        note
            The message with the recordings.
        reply_id
            Id of the answer's message; what is heard is kept for its buttons.
        owner_id
            Id of the person who may delete the answer.
        asker
            Whoever pressed the button.
        manner
            How it will be shown.

        Returns
        -------
        list of Answer
            Empty where the message has no recordings any more.

        Raises
        ------
        VoiceNoteError
            Somebody opted out, or it cannot be known whether they did.
        """
        attachments = find_recordings(note, addressed=True)
        if not attachments:
            return []
        refusal = await self.policy.refusal(note, asker_id=asker.person)
        if refusal is not None:
            raise refusal
        answers = await self.pipeline.answers_to(
            attachments, wishes=manner.wishes_for(Drawing.ALWAYS), asker=asker
        )
        self.recent.keep(reply_id, answers, asker_id=owner_id)
        return answers

    async def finish(self, seconds: float) -> None:
        """Begin with nothing more; return when all is answered, or after some seconds."""
        await self.in_flight.finish(seconds)

    async def hand_back(self, seconds: float) -> None:
        """Abandon what is not answered, with a word to those who wait; takes so many seconds."""
        self.pipeline.give_up()
        await self.in_flight.hand_back(seconds)

    def _may_hint(self, channel_id: int) -> bool:
        """Return whether a channel has not been told lately how the bot is used."""
        now = time.monotonic()
        if now - self._hinted.get(channel_id, float("-inf")) < HINT_SECONDS:
            return False
        self._hinted[channel_id] = now
        return True

    async def _reply_once(
        self, request: Request, message: discord.Message, note: discord.Message, *, addressed: bool
    ) -> None:
        """Reply to a message, unless that has been done already, or somebody wants none."""
        language = request.manner.language
        refusal = await self.policy.refusal(note, asker_id=message.author.id)
        if refusal is not None and not addressed:
            return
        if not await self.policy.claim(message.id):
            log.info("A message that came again is not answered again.")
        elif refusal is not None:
            await send(message, Reply(content=trouble_of(refusal).said(language)))
        elif self.in_flight.accept(request):
            async with self.recent.turn(note.id):
                known = None if note is message else self.recent.about(note.id)
                if known is not None:
                    link = note.channel.get_partial_message(known).jump_url  # type: ignore[union-attr]
                    await send(message, Reply(content=language.text(ANSWERED, link=link)))
                else:
                    await self._reply(request, message, note)

    async def _reply(
        self, request: Request, message: discord.Message, note: discord.Message
    ) -> None:
        """Reply to a message with what is heard."""
        if note is not message:
            await self.policy.claim(note.id)  # so that it is not answered unasked besides
        seconds = max(attachment.duration or 0.0 for attachment in request.attachments)
        if PROGRESS_SECONDS <= seconds <= self.pipeline.settings.max_audio_seconds:
            request.progress = await send(message, progress_on(seconds, manner=request.manner))
        show = functools.partial(self.in_flight.places.show, message)
        progress = Progress(show, request.manner.language)
        async with typing_in(message.channel):
            await self._answer(request, progress)

    async def _answer(self, request: Request, progress: Progress) -> None:
        """Analyse the recordings of a request, and send the answer with its buttons."""
        manner, note = request.manner, request.note
        answers = await self.pipeline.answers_to(
            request.attachments, wishes=manner.wishes, asker=request.asker, tell=progress.tell
        )
        await progress.stop()
        if isinstance(request.to, discord.Message):
            await delete_quietly(self.in_flight.places.release(request.to))
        request.is_waiting = False
        reply = reply_to(
            answers,
            manner=manner,
            named=note is not None and len(note.attachments) > 1,
            forwarded=note is not None and bool(note.message_snapshots),
        )
        view = answer_buttons(answers, manner=manner, in_server=request.asker.server is not None)
        sent = await send(request.to, reply, over=request.progress, view=view)
        if sent is not None and view is not None:
            is_beside = note is not None and isinstance(request.to, discord.Message)
            self.recent.keep(
                sent.id,
                answers,
                asker_id=request.asker.person,
                note_id=note.id if note is not None and is_beside else None,
            )


async def _replied_to(message: discord.Message) -> discord.Message | None:
    """Return the message that another replies to; None where there is none, or it is gone."""
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
