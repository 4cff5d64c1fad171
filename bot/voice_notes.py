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
from bot.recordings import find_recordings
from bot.replies import UNFORESEEN, Answer, Reply, length, reply_to
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)

TYPING_SECONDS = 8.0  # Discord shows the indicator for ten
HINT = "Send me a voice message or an audio file, and I tell you what I hear in its tone of voice."
HINT_SECONDS = 60.0  # from one hint in a channel to the next
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

    async def hear(self, message: discord.Message, *, addressed: bool) -> None:
        """Answer a message if it has voice notes; otherwise stay quiet, or say how it is done.

        Parameters
        ----------
        message
            A message that a person wrote.
        addressed
            Whether it is for the bot: a direct message, or one that mentions it.
        """
        if self._closing:
            return
        attachments = find_recordings(message, addressed=addressed)
        if not attachments:
            if addressed and self._may_hint(message.channel.id):
                await _send(message, Reply(content=HINT))
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
