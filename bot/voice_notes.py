"""What the bot listens to: the voice notes of a message, from finding them to answering."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator

import discord

from bot.analyser import Analyser
from bot.downloads import Downloads, too_large
from bot.errors import BotError, VoiceNoteError, outline
from bot.hearing import Drawing, Wishes
from bot.languages import Seconds, translatable
from bot.manner import Manner
from bot.recordings import find_recordings
from bot.replies import DEFAULT_MANNER, Answer, Reply, progress_on, reply_to
from bot.troubles import trouble_of
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 60.0  # of a recording, by its own account, from which on a message says: wait
TYPING_SECONDS = 8.0  # Discord shows the indicator for ten
HINT = translatable(
    "Send me a voice message or an audio file, and I tell you what I hear in its tone of voice."
)
HINT_SECONDS = 60.0  # from one hint in a channel to the next
FAREWELL_SECONDS = 1.5  # for saying that a voice note could not be finished
FAREWELL = translatable(
    "I am being switched off and could not finish this one: please send it again later."
)

EXPECTED_FAILURES = {
    10003: "the channel is gone",
    10008: "the message is gone",
    50001: "the channel is closed to the bot",
    50007: "the person takes no direct messages",
    50013: "the bot lacks a permission in the channel",
    90001: "the person blocks the bot",
    160002: "the bot may not read the channel's history, which replies need",
}
"""Discord's codes for refusing a message, each a thing that people are free to bring about."""

CARDS_REFUSED = frozenset({50006, 50013})
"""Codes with which cards are refused where the bot lacks Embed Links; plain words may pass."""

INVALID_FORM = 50035  # Discord's code, also where the message that is replied to is gone


class VoiceNotes:
    """Answers the voice notes of messages.

    Parameters
    ----------
    analyser
        What hears the emotion in a recording; its limits hold here too.
    downloads
        What fetches attachments.
    """

    def __init__(self, analyser: Analyser, downloads: Downloads) -> None:
        self._analyser = analyser
        self._downloads = downloads
        self._in_flight: set[asyncio.Task[None]] = set()
        self._closing = False
        self._hinted: dict[int, float] = {}  # when, by channel; only of the last few seconds

    def _may_hint(self, channel_id: int) -> bool:
        """Tell whether a channel has not been told lately how the bot is used."""
        now = time.monotonic()
        self._hinted = {
            channel: when for channel, when in self._hinted.items() if now - when < HINT_SECONDS
        }
        return self._hinted.setdefault(channel_id, now) == now

    async def hear(
        self, message: discord.Message, *, addressed: bool, manner: Manner = DEFAULT_MANNER
    ) -> None:
        """Answer a message if it has voice notes; otherwise stay quiet, or say how it is done.

        Parameters
        ----------
        message
            A message that a person wrote.
        addressed
            Whether it is for the bot: a direct message, or one that mentions it.
        manner
            How it is answered.
        """
        if self._closing:
            return
        attachments = find_recordings(message, addressed=addressed)
        if not attachments:
            if addressed and self._may_hint(message.channel.id):
                await _send(message, Reply(content=manner.language.text(HINT)))
            return
        task = asyncio.create_task(self._answer(message, attachments, manner))
        self._in_flight.add(task)
        task.add_done_callback(self._in_flight.discard)
        await asyncio.wait({task})

    async def finish(self, seconds: float) -> None:
        """Take no more voice notes, and return when those in flight are answered.

        Parameters
        ----------
        seconds
            After how long the rest is given up, with a word to those who wait.
        """
        self._closing = True
        if not self._in_flight:
            return
        count = len(self._in_flight)
        log.info("Finishing %d voice note%s.", count, "s" * (count != 1))
        _, late = await asyncio.wait(self._in_flight, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _answer(
        self, message: discord.Message, attachments: list[discord.Attachment], manner: Manner
    ) -> None:
        """Hear all of a message's voice notes, and answer in one reply."""
        progress: discord.Message | None = None
        try:
            seconds = max(attachment.duration or 0.0 for attachment in attachments)
            if PROGRESS_SECONDS <= seconds <= self._analyser.options.max_seconds:
                progress = await _send(message, progress_on(seconds, manner=manner))
            async with _typing(message.channel):
                answers = await self._hear_all(attachments, manner.wishes)
            named = len(message.attachments) > 1
            reply = reply_to(answers, manner=manner, named=named)
            await _send(message, reply, over=progress)
        except asyncio.CancelledError:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    farewell = Reply(content=manner.language.text(FAREWELL))
                    await _send(message, farewell, over=progress)
            raise
        except Exception as error:
            log.error("A voice note could not be answered:\n%s", outline(error))

    async def hear_again(self, message: discord.Message, *, manner: Manner) -> list[Answer]:
        """Hear a message's voice notes once more, with a picture of each; nothing is sent.

        Parameters
        ----------
        message
            The one with the voice notes, as it is now.
        manner
            How they will be told of.

        Returns
        -------
        list of Answer
            Empty where it has no voice notes, or the bot may not see them.
        """
        attachments = find_recordings(message, addressed=True)
        return await self._hear_all(attachments, manner.wishes_for(Drawing.ALWAYS))

    async def _hear_all(
        self, attachments: list[discord.Attachment], wishes: Wishes
    ) -> list[Answer]:
        return await asyncio.gather(*(self._hear_one(one, wishes) for one in attachments))

    async def _hear_one(self, attachment: discord.Attachment, wishes: Wishes) -> Answer:
        """Fetch and analyse one voice note, and put whatever goes wrong into a sentence."""
        try:
            self._check_claims(attachment)
            async with self._analyser.turn():
                recording = await self._downloads.fetch(attachment.url)
                hearing = await self._analyser.analyse(recording, wishes=wishes)
                return Answer(attachment.filename, hearing)
        except (UndertoneError, BotError) as error:
            log.info("A voice note was not analysed: %s", type(error).__name__)
            if not isinstance(error, VoiceNoteError | UndertoneError):
                log.debug("%s", outline(error))
            return Answer(attachment.filename, trouble_of(error))
        except Exception as error:
            log.error("A voice note met an error that nobody foresaw:\n%s", outline(error))
            return Answer(attachment.filename, trouble_of(error))

    def _check_claims(self, attachment: discord.Attachment) -> None:
        """Refuse what is too large or too long by its own account, before any of it is fetched."""
        limits = self._analyser.options
        if attachment.size > limits.max_bytes:
            raise too_large(limits.max_bytes)
        if attachment.duration is not None and attachment.duration > limits.max_seconds:
            raise VoiceNoteError(
                "That recording is longer than {length}, which is the most I listen to: please "
                "send a shorter one.",
                length=Seconds(limits.max_seconds),
            )


@contextlib.asynccontextmanager
async def _typing(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show that the bot is at it; an answer neither waits for this nor fails with it."""

    async def keep_typing() -> None:
        while True:
            with contextlib.suppress(discord.DiscordException, OSError):
                await channel.typing()
            await asyncio.sleep(TYPING_SECONDS)

    task = asyncio.create_task(keep_typing())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _send(
    message: discord.Message, reply: Reply, *, over: discord.Message | None = None
) -> discord.Message | None:
    """Reply to a message, pinging nobody; if that is refused, say why in the log, in one line.

    With an earlier reply as `over`, that is changed instead.
    """
    reason = ""
    for attempt in _attempts(reply):
        try:
            embeds, pings = list(attempt.embeds), discord.AllowedMentions.none()
            if over is not None:
                return await over.edit(
                    content=attempt.content,
                    embeds=embeds,
                    attachments=attempt.files(),
                    allowed_mentions=pings,
                )
            return await message.reply(
                attempt.content,
                embeds=embeds,
                files=attempt.files(),
                mention_author=False,
                allowed_mentions=pings,
            )
        except discord.HTTPException as error:
            reason = _reason(error)
            if error.code not in CARDS_REFUSED:
                break
        except (discord.DiscordException, OSError) as error:
            reason = type(error).__name__
            break
    log.warning("A reply could not be sent: %s.", reason)
    return None


def _attempts(reply: Reply) -> list[Reply]:
    """Give a reply, and then the same with less of what a channel may not allow."""
    attempts = [reply]
    if reply.pictures:
        attempts.append(reply.without_pictures())
    if reply.embeds:
        attempts.append(reply.in_words())
    return attempts


def _reason(error: discord.HTTPException) -> str:
    """Say why Discord refused a message, in words where it is a usual reason."""
    if error.code == INVALID_FORM and "message_reference" in error.text:
        return EXPECTED_FAILURES[10008]
    return EXPECTED_FAILURES.get(error.code, f"status {error.status}, code {error.code}")
