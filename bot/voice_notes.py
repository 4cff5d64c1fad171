"""What the bot listens to: the voice notes of a message, from finding them to answering."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import PurePosixPath

import discord

from bot.analyser import Analyser
from bot.downloads import Downloads, too_large
from bot.errors import BotError, VoiceNoteError, outline
from bot.replies import MAX_EMBEDS, UNFORESEEN, Answer, Reply, length, reply_to
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)

AUDIO_EXTENSIONS = frozenset(
    {
        ".3ga",
        ".aac",
        ".aif",
        ".aiff",
        ".amr",
        ".au",
        ".awb",
        ".caf",
        ".flac",
        ".m4a",
        ".m4b",
        ".mka",
        ".mp3",
        ".mpga",
        ".oga",
        ".ogg",
        ".opus",
        ".wav",
        ".wave",
        ".weba",
        ".wma",
    }
)
"""Names by which people know a file as a recording. What is in it, its bytes decide."""

TYPING_SECONDS = 8.0  # Discord shows the indicator for ten
FAREWELL_SECONDS = 1.5  # for saying that a voice note could not be finished
FAREWELL = "I am being switched off and could not finish this one: please send it again later."

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


def find_voice_notes(message: discord.Message) -> list[discord.Attachment]:
    """Find the attachments of a message by which its author means to be heard.

    Parameters
    ----------
    message
        Any message.

    Returns
    -------
    list of discord.Attachment
        In the order of the message, as many as one reply can answer.
    """
    found = [
        attachment
        for attachment in message.attachments
        if message.flags.voice or attachment.is_voice_message() or _claims_audio(attachment)
    ]
    return found[:MAX_EMBEDS]


def _claims_audio(attachment: discord.Attachment) -> bool:
    """Tell whether an attachment's declared type or name says that it is a recording."""
    declared = (attachment.content_type or "").lower()
    extension = PurePosixPath(attachment.filename).suffix.lower()
    return declared.startswith("audio/") or extension in AUDIO_EXTENSIONS


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

    async def hear(self, message: discord.Message) -> None:
        """Answer a message if it has voice notes; stay quiet if it has none.

        Parameters
        ----------
        message
            A message that a person wrote.
        """
        attachments = find_voice_notes(message)
        if not attachments or self._closing:
            return
        task = asyncio.create_task(self._answer(message, attachments))
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
        self, message: discord.Message, attachments: list[discord.Attachment]
    ) -> None:
        """Hear all of a message's voice notes, and answer in one reply."""
        try:
            async with _typing(message.channel):
                answers = await asyncio.gather(*(self._hear_one(one) for one in attachments))
            await _send(message, reply_to(answers, named=len(message.attachments) > 1))
        except asyncio.CancelledError:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await _send(message, Reply(content=FAREWELL))
            raise
        except Exception as error:
            log.error("A voice note could not be answered:\n%s", outline(error))

    async def _hear_one(self, attachment: discord.Attachment) -> Answer:
        """Fetch and analyse one voice note, and put whatever goes wrong into a sentence."""
        try:
            self._check_claims(attachment)
            async with self._analyser.turn():
                recording = await self._downloads.fetch(attachment.url)
                return Answer(attachment.filename, await self._analyser.analyse(recording))
        except (UndertoneError, BotError) as error:
            log.info("A voice note was not analysed: %s", type(error).__name__)
            if not isinstance(error, VoiceNoteError | UndertoneError):
                log.debug("%s", outline(error))
            return Answer(attachment.filename, str(error))
        except Exception as error:
            log.error("A voice note met an error that nobody foresaw:\n%s", outline(error))
            return Answer(attachment.filename, UNFORESEEN)

    def _check_claims(self, attachment: discord.Attachment) -> None:
        """Refuse what is too large or too long by its own account, before any of it is fetched."""
        limits = self._analyser.options
        if attachment.size > limits.max_bytes:
            raise too_large(limits.max_bytes)
        if attachment.duration is not None and attachment.duration > limits.max_seconds:
            raise VoiceNoteError(
                f"That recording is longer than {length(limits.max_seconds)}, which is the most "
                "I listen to: please send a shorter one."
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


async def _send(message: discord.Message, reply: Reply) -> None:
    """Reply to a message, pinging nobody; if that is refused, say why in the log, in one line."""
    reason = ""
    for attempt in (reply, reply.in_words()) if reply.embeds else (reply,):
        try:
            await message.reply(
                attempt.content,
                embeds=list(attempt.embeds),
                mention_author=False,
                allowed_mentions=discord.AllowedMentions.none(),
            )
        except discord.HTTPException as error:
            reason = _reason(error)
            if error.code not in CARDS_REFUSED:
                break
        except (discord.DiscordException, OSError) as error:
            reason = type(error).__name__
            break
        else:
            return
    log.warning("A reply could not be sent: %s.", reason)


def _reason(error: discord.HTTPException) -> str:
    """Say why Discord refused a message, in words where it is a usual reason."""
    if error.code == INVALID_FORM and "message_reference" in error.text:
        return EXPECTED_FAILURES[10008]
    return EXPECTED_FAILURES.get(error.code, f"status {error.status}, code {error.code}")
