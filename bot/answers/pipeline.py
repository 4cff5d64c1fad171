"""The pipeline from attachments to results: each is queued, fetched, and analysed."""

import asyncio
import functools
import logging
from collections.abc import Callable, Sequence

import discord

from bot.analysis import Analyser, AnalysisOptions, OnPosition, Queue, Requester, ResultCache
from bot.answers.downloads import Downloads, too_large
from bot.errors import BotError, RateLimitedError, VoiceNoteError, redacted_traceback
from bot.i18n import Seconds
from bot.settings import Settings
from bot.views import AttachmentResult, trouble_of
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)


class Pipeline:
    """Analyses attachments, within the limits of the settings."""

    def __init__(self, settings: Settings, analyser: Analyser, downloads: Downloads) -> None:
        self.settings = settings
        self.analyser = analyser
        self._downloads = downloads
        self._queue = Queue(settings)
        self._cache = ResultCache(analyser.analyse, seconds=settings.remember_seconds)
        self._running: set[asyncio.Future[list[AttachmentResult]]] = set()
        self._is_closed = False

    async def analyse(
        self,
        attachments: Sequence[discord.Attachment],
        *,
        options: AnalysisOptions,
        requester: Requester,
        on_position: Callable[[int, int], None] | None = None,
    ) -> list[AttachmentResult]:
        """Analyse attachments; an error with one of them is its result.

        Parameters
        ----------
        attachments
            The recordings to analyse.
        options
            The options of the analysis.
        requester
            The person and the server for whom they are queued.
        on_position
            Function that is called with the number of an attachment, and its position in the queue
            while it waits.

        Raises
        ------
        asyncio.CancelledError
            The bot is shutting down, see `cancel_all`.
        """
        if self._is_closed:
            raise asyncio.CancelledError
        running = asyncio.gather(
            *(
                self._analyse_one(
                    one, options, requester, on_position and functools.partial(on_position, number)
                )
                for number, one in enumerate(attachments)
            )
        )
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return await running

    def cancel_all(self) -> None:
        """Cancel what is running, and whatever comes from now on: the bot is shutting down."""
        self._is_closed = True
        for running in self._running:
            running.cancel()

    async def _analyse_one(
        self,
        attachment: discord.Attachment,
        options: AnalysisOptions,
        requester: Requester,
        on_position: OnPosition | None,
    ) -> AttachmentResult:
        try:
            self._check_metadata(attachment)
            async with self._queue.slot(requester, on_position=on_position):
                recording = await self._downloads.fetch(attachment.url)
                return AttachmentResult(
                    attachment.filename, await self._cache.analyse(recording, options)
                )
        except (UndertoneError, BotError) as error:
            log.info("A voice note was not analysed: %s", type(error).__name__)
            if not isinstance(error, VoiceNoteError | RateLimitedError | UndertoneError):
                log.debug("%s", redacted_traceback(error))
            return AttachmentResult(attachment.filename, trouble_of(error))
        except Exception as error:
            log.error(
                "A voice note met an error that nobody foresaw:\n%s", redacted_traceback(error)
            )
            return AttachmentResult(attachment.filename, trouble_of(error))

    def _check_metadata(self, attachment: discord.Attachment) -> None:
        """Refuse what is too large or too long by its metadata, before any of it is fetched."""
        if attachment.size > self.settings.max_file_bytes:
            raise too_large(self.settings.max_file_bytes)
        if (attachment.duration or 0.0) > self.settings.max_audio_seconds:
            raise VoiceNoteError(
                "That recording is longer than {length}, which is the most I listen to: please "
                "send a shorter one.",
                length=Seconds(self.settings.max_audio_seconds),
            )
