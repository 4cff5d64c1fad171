"""The pool of worker processes: time-outs, and the replacement of workers that fail.

Each worker is a pebble pool of one process. So a decoder that crashes, a recording that takes for
ever or a kernel that kills for memory costs one voice note and stops no other worker, and a worker
that failed is replaced as a whole: pool, process and scratch folder.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pebble

from bot.analysis.result import WITHOUT_IMAGE, AnalysisOptions, AnalysisResult, ModelInUse
from bot.analysis.verdict_table import VerdictTable
from bot.analysis.worker import T, analyse, draw_verdicts
from bot.analysis.worker_process import WorkerProcess
from bot.errors import AnalyserError, redacted_traceback
from bot.i18n import Seconds
from bot.settings import Settings
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)

RETRY_SECONDS = (0.0, 1.0, 5.0, 15.0, 60.0)  # before each attempt to replace a worker

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Workers run side by side: one thread each is fastest, and keeps their memory small."""


class Analyser:
    """Analyses recordings in worker processes; the event loop never waits for them.

    Parameters
    ----------
    settings
        The model, the limits of a recording, the number of workers, and the time-out of an
        analysis.

    Attributes
    ----------
    model
        The model of the workers; None until they have started.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.model: ModelInUse | None = None
        self._workers = [
            WorkerProcess(settings.model_path, settings.max_file_bytes, settings.max_audio_seconds)
            for _ in range(settings.workers)
        ]
        self._idle: asyncio.Queue[WorkerProcess] = asyncio.Queue()
        self._starting: asyncio.Task[None] | None = None
        self._replacements: set[asyncio.Task[None]] = set()
        self._retired = False
        self._stopped = False

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The process ids of the workers that are running."""
        return tuple(worker.process_id for worker in self._workers if worker.process_id)

    async def start(self) -> None:
        """Start the workers, and return when each has analysed a trial recording.

        A second call waits for the first. Call `stop` also when this fails.

        Raises
        ------
        UndertoneError
            The model cannot be used.
        AnalyserError
            The workers cannot be started.
        """
        if self._starting is None:
            self._starting = asyncio.create_task(self._start())
        await asyncio.shield(self._starting)

    async def _start(self) -> None:
        for name in THREAD_VARIABLES:
            os.environ.setdefault(name, "1")
        opened = await asyncio.gather(
            *(worker.open() for worker in self._workers), return_exceptions=True
        )
        for model in opened:
            if isinstance(model, BaseException):
                raise model
            self.model = model
        log.info("The model that answers: %s", self.model)
        for worker in self._workers:
            self._idle.put_nowait(worker)

    def retire(self) -> None:
        """Replace no worker from now on, because the bot is shutting down."""
        self._retired = True
        for task in self._replacements:
            task.cancel()

    async def stop(self) -> None:
        """End the workers, also those that are busy or still starting."""
        self._stopped = True
        self.retire()
        starting = {self._starting} if self._starting is not None else set()
        for task in starting:
            task.cancel()
        await asyncio.gather(*starting, *self._replacements, return_exceptions=True)
        await asyncio.gather(*(worker.close() for worker in self._workers))

    async def analyse(
        self, recording: bytes, options: AnalysisOptions = WITHOUT_IMAGE
    ) -> AnalysisResult:
        """Analyse one recording.

        Parameters
        ----------
        recording
            The bytes of the file.
        options
            Options of the analysis; without them, no image is drawn.

        Raises
        ------
        UndertoneError
            The recording cannot be used.
        AnalyserError
            It took too long, or the worker failed.
        """
        seconds = self.settings.analysis_timeout_seconds
        for _ in range(self.settings.workers + 1):  # each may have ended while idle
            try:
                return await self._run(analyse, (recording, options))
            except BrokenProcessPool:
                log.warning("A worker had ended while it was idle; another one takes its place.")
            except TimeoutError as cause:
                log.warning("An analysis took longer than %g s and was stopped.", seconds)
                raise AnalyserError(
                    "That took me longer than {time}, so I gave up: please try a shorter "
                    "recording.",
                    time=Seconds(seconds),
                ) from cause
            except pebble.ProcessExpired as cause:
                log.error("A worker ended in the middle of an analysis (%s).", cause.exitcode)
                raise AnalyserError(
                    "Something in that recording stopped me in the middle: please try another one."
                ) from cause
        raise AnalyserError("I had to restart something: please send it again.")

    async def draw(self, table: VerdictTable) -> bytes:
        """Return a table of verdicts as a PNG file.

        Raises
        ------
        AnalyserError
            It took too long, or the worker failed.
        """
        try:
            return await self._run(draw_verdicts, (table,))
        except (TimeoutError, BrokenProcessPool, pebble.ProcessExpired) as cause:
            raise AnalyserError("I could not draw that just now: please try again.") from cause

    async def _run(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
        """Run a function in the next idle worker, and replace the worker if that breaks it."""
        if self._stopped:
            raise AnalyserError("I am being switched off: please try again in a minute.")
        worker, seconds = await self._idle.get(), self.settings.analysis_timeout_seconds
        try:
            result = await worker.call(function, arguments, seconds=seconds)
        except (UndertoneError, AnalyserError):
            self._idle.put_nowait(worker)
            raise
        except BaseException:
            if self._retired:
                raise
            task = asyncio.create_task(self._replace(worker))
            self._replacements.add(task)
            task.add_done_callback(self._replacements.discard)
            raise
        self._idle.put_nowait(worker)
        return result

    async def _replace(self, worker: WorkerProcess) -> None:
        """Reopen a worker, trying until it works, and put it back among the idle ones."""
        attempt = 0
        while True:
            await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            try:
                await worker.close()
                await worker.open()
            except Exception as error:
                log.error("A worker cannot be replaced yet:\n%s", redacted_traceback(error))
                attempt += 1
            else:
                log.info("A worker that failed has been replaced.")
                self._idle.put_nowait(worker)
                return
