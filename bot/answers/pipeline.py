"""From attachments to answers: each waits its turn, is fetched, and is analysed."""

import asyncio
import functools
import logging
from collections.abc import Callable, Sequence

import discord

from bot.analysis import Analyser, Asker, HearingCache, OnPlace, Queue, Wishes
from bot.answers.downloads import Downloads, too_large
from bot.errors import BotError, TooOftenError, VoiceNoteError, outline
from bot.i18n import Seconds
from bot.settings import Settings
from bot.views import Answer, trouble_of
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)


class Pipeline:
    """Analyses attachments.

    Parameters
    ----------
    settings
        The limits.
    analyser
        The worker processes.
    downloads
        What fetches attachments.
    """

    def __init__(self, settings: Settings, analyser: Analyser, downloads: Downloads) -> None:
        self.settings = settings
        self.analyser = analyser
        self._downloads = downloads
        self._queue = Queue(settings)
        self._cache = HearingCache(analyser.analyse, seconds=settings.remember_seconds)
        self._running: set[asyncio.Future[list[Answer]]] = set()
        self._is_closed = False

    async def answers_to(
        self,
        attachments: Sequence[discord.Attachment],
        *,
        wishes: Wishes,
        asker: Asker,
        tell: Callable[[int, int], None] | None = None,
    ) -> list[Answer]:
        """Analyse attachments; whatever goes wrong with one is its answer.

        Parameters
        ----------
        attachments
            The files.
        wishes
            What is wanted beside the answers.
        asker
            Whose turn it takes.
        tell
            Called with the number of a file and its place in the queue while it waits.

        Raises
        ------
        asyncio.CancelledError
            The bot ends, see `give_up`.
        """
        if self._is_closed:
            raise asyncio.CancelledError
        running = asyncio.gather(
            *(
                self._answer_to(one, wishes, asker, tell and functools.partial(tell, number))
                for number, one in enumerate(attachments)
            )
        )
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return await running

    def give_up(self) -> None:
        """Cancel what is under way, and whatever comes from now on: the bot ends."""
        self._is_closed = True
        for running in self._running:
            running.cancel()

    async def _answer_to(
        self,
        attachment: discord.Attachment,
        wishes: Wishes,
        asker: Asker,
        on_place: OnPlace | None,
    ) -> Answer:
        try:
            self._check_claims(attachment)
            async with self._queue.turn(asker, on_place=on_place):
                recording = await self._downloads.fetch(attachment.url)
                return Answer(attachment.filename, await self._cache.hear(recording, wishes))
        except (UndertoneError, BotError) as error:
            log.info("A voice note was not analysed: %s", type(error).__name__)
            if not isinstance(error, VoiceNoteError | TooOftenError | UndertoneError):
                log.debug("%s", outline(error))
            return Answer(attachment.filename, trouble_of(error))
        except Exception as error:
            log.error("A voice note met an error that nobody foresaw:\n%s", outline(error))
            return Answer(attachment.filename, trouble_of(error))

    def _check_claims(self, attachment: discord.Attachment) -> None:
        """Refuse what is too large or too long by its own account, before any of it is fetched."""
        if attachment.size > self.settings.max_file_bytes:
            raise too_large(self.settings.max_file_bytes)
        if (attachment.duration or 0.0) > self.settings.max_audio_seconds:
            raise VoiceNoteError(
                "That recording is longer than {length}, which is the most I listen to: please "
                "send a shorter one.",
                length=Seconds(self.settings.max_audio_seconds),
            )
