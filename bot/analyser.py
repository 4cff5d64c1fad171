"""The worker processes between the event loop and the core: the limits, the time-outs, the healing.

Each worker is a pebble pool of one process. So what befalls one worker (a decoder that crashes, a
recording that takes for ever, the kernel that wants its memory back) costs one voice note and stops
no other worker, and a worker that failed is replaced as a whole: pool, process and scratch folder.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pebble

from bot.errors import AnalyserError, outline
from bot.hearing import NO_WISHES, Hearing, Wishes
from bot.languages import Seconds
from bot.queueing import NOBODY, Asker, OnPlace, TurnLimits, Turns
from bot.verdict_table import VerdictTable
from bot.worker import Result, draw_verdicts, listen
from bot.worker_process import WorkerProcess
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)

RETRY_SECONDS = (0.0, 1.0, 5.0, 15.0, 60.0)  # before each attempt to replace a worker
FETCHES_AHEAD = 2  # voice notes that may be fetched while every worker is busy

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Workers run side by side: one thread each is fastest, and keeps their memory small."""


@dataclass(frozen=True, kw_only=True)
class AnalyserOptions:
    """How the analyser works.

    Parameters
    ----------
    model_path
        The model to use; None for the default one.
    max_bytes, max_seconds
        The most of a recording that is taken in.
    workers
        How many worker processes run side by side.
    max_waiting, max_waiting_of_server, max_waiting_of_person
        How many voice notes may wait while all workers are busy: of all, of one server, and of one
        person; None for as many as of all.
    per_minute_of_server, per_minute_of_person
        How many voice notes a minute one server, or one person, may send; 0 for any number.
    timeout
        Seconds after which the analysis of a voice note is killed.
    """

    model_path: Path | None = None
    max_bytes: int
    max_seconds: float
    workers: int = 2
    max_waiting: int = 32
    max_waiting_of_server: int | None = None
    max_waiting_of_person: int | None = None
    per_minute_of_server: float = 0.0
    per_minute_of_person: float = 0.0
    timeout: float = 20.0

    @property
    def turn_limits(self) -> TurnLimits:
        """How many voice notes are fetched and analysed at a time, and how many may wait."""
        most = self.workers + self.max_waiting
        of_server, of_person = self.max_waiting_of_server, self.max_waiting_of_person
        return TurnLimits(
            at_a_time=self.workers + min(FETCHES_AHEAD, self.max_waiting),
            most=most,
            most_of_server=most if of_server is None else self.workers + of_server,
            most_of_person=most if of_person is None else self.workers + of_person,
            per_minute_of_server=self.per_minute_of_server,
            per_minute_of_person=self.per_minute_of_person,
        )


class Analyser:
    """Analyses recordings in worker processes; the event loop never waits for them.

    Use it as ``async with Analyser(options) as analyser``, or `start` and `stop` it.
    """

    def __init__(self, options: AnalyserOptions) -> None:
        self.options = options
        self._workers = [
            WorkerProcess(
                model_path=options.model_path,
                max_bytes=options.max_bytes,
                max_seconds=options.max_seconds,
            )
            for _ in range(options.workers)
        ]
        self._idle: asyncio.Queue[WorkerProcess] = asyncio.Queue()
        self._turns = Turns(options.turn_limits)
        self._replacements: set[asyncio.Task[None]] = set()
        self._retired = False
        self._stopped = False

    async def __aenter__(self) -> "Analyser":
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The process id of each worker that is there now."""
        return tuple(worker.process_id for worker in self._workers if worker.process_id)

    async def start(self) -> None:
        """Start the workers, and return when each has analysed a trial recording.

        Call `stop` also when this fails.

        Raises
        ------
        UndertoneError
            The model cannot be used.
        AnalyserError
            The workers cannot be started.
        """
        for name in THREAD_VARIABLES:
            os.environ.setdefault(name, "1")
        opened = await asyncio.gather(
            *(worker.open() for worker in self._workers), return_exceptions=True
        )
        for problem in opened:
            if problem is not None:
                raise problem
        for worker in self._workers:
            self._idle.put_nowait(worker)

    def retire(self) -> None:
        """Replace no worker from now on: the end is near, and what is given up kills its worker."""
        self._retired = True
        for task in self._replacements:
            task.cancel()

    async def stop(self) -> None:
        """End the workers, whatever they are at."""
        self._stopped = True
        self.retire()
        await asyncio.gather(*self._replacements, return_exceptions=True)
        await asyncio.gather(*(worker.close() for worker in self._workers))

    def turn(
        self, asker: Asker = NOBODY, *, on_place: OnPlace | None = None
    ) -> contextlib.AbstractAsyncContextManager[None]:
        """Wait for one's turn: hold it while a recording is fetched and analysed.

        So no more recordings are in memory at a time than the workers can soon take. Parameters and
        errors are those of `Turns.turn`.
        """
        return self._turns.turn(asker, on_place=on_place)

    async def analyse(self, recording: bytes, *, wishes: Wishes = NO_WISHES) -> Hearing:
        """Analyse one recording.

        Parameters
        ----------
        recording
            The bytes of the file.
        wishes
            What is wanted beside the answer.

        Raises
        ------
        UndertoneError
            The recording cannot be used.
        AnalyserError
            It took too long, or the worker failed.
        """
        options = self.options
        limits = (options.max_bytes, options.max_seconds)
        arguments = (recording, options.model_path, *limits, wishes)
        for _ in range(options.workers + 1):  # each may have ended while idle
            try:
                return await self._run(listen, arguments)
            except BrokenProcessPool:
                log.warning("A worker had ended while it was idle; another one takes its place.")
            except TimeoutError as cause:
                log.warning("An analysis took longer than %g s and was stopped.", options.timeout)
                raise AnalyserError(
                    "That took me longer than {time}, so I gave up: please try a shorter "
                    "recording.",
                    time=Seconds(options.timeout),
                ) from cause
            except pebble.ProcessExpired as cause:
                log.error("A worker ended in the middle of an analysis (%s).", cause.exitcode)
                raise AnalyserError(
                    "Something in that recording stopped me in the middle: please try another one."
                ) from cause
        raise AnalyserError("I had to restart something: please send it again.")

    async def draw(self, table: VerdictTable) -> bytes:
        """Draw a table of verdicts; a PNG file.

        Raises
        ------
        AnalyserError
            It took too long, or the worker failed.
        """
        try:
            return await self._run(draw_verdicts, (table,))
        except (TimeoutError, BrokenProcessPool, pebble.ProcessExpired) as cause:
            raise AnalyserError("I could not draw that just now: please try again.") from cause

    async def _run(self, function: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
        """Run a function in the next idle worker; replace the worker if it is not fit for more."""
        if self._stopped:
            raise AnalyserError("I am being switched off: please try again in a minute.")
        worker = await self._idle.get()
        try:
            result = await worker.call(function, arguments, seconds=self.options.timeout)
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
        """Open a worker anew, trying until it works, and put it back among the idle ones."""
        attempt = 0
        while True:
            await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            try:
                await worker.close()
                await worker.open()
            except Exception as error:
                log.error("A worker cannot be replaced yet:\n%s", outline(error))
                attempt += 1
            else:
                log.info("A worker that failed has been replaced.")
                self._idle.put_nowait(worker)
                return
