"""The worker processes between the event loop and the core: the queue, the limits, the time-outs.

Each worker is a pebble pool of one process. So what befalls one worker (a decoder that crashes, a
recording that takes for ever, the kernel that wants its memory back) costs one voice note and stops
no other worker, and a worker that failed is replaced as a whole: pool, process and scratch folder.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import forkserver, get_context, resource_tracker
from pathlib import Path
from typing import Any, TypeVar

import pebble

from bot.errors import AnalyserBusyError, AnalyserError, outline
from bot.worker import Hearing, listen, prepare, warm_up
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)

Result = TypeVar("Result")

WARM_UP_SECONDS = 120.0  # an old laptop with a cold disk takes its time
GUARD_SECONDS = 15.0  # beyond its time-out, until a call that pebble has lost is given up
RETRY_SECONDS = (0.0, 1.0, 5.0, 15.0, 60.0)  # before each attempt to replace a worker
FETCHES_AHEAD = 2  # voice notes that may be fetched while every worker is busy

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Workers run side by side: one thread each is fastest, and keeps their memory small."""

pebble.CONSTS.term_timeout = 0.2
"""Seconds between asking a worker to end and killing it: workers are deaf to the asking."""


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
    max_waiting
        How many voice notes may wait while all workers are busy.
    timeout
        Seconds after which the analysis of a voice note is killed.
    """

    model_path: Path | None = None
    max_bytes: int
    max_seconds: float
    workers: int = 2
    max_waiting: int = 32
    timeout: float = 20.0


class Analyser:
    """Analyses recordings in worker processes; the event loop never waits for them.

    Use it as ``async with Analyser(options) as analyser``, or `start` and `stop` it.
    """

    def __init__(self, options: AnalyserOptions) -> None:
        self.options = options
        self._workers = [_Worker(options) for _ in range(options.workers)]
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._turns = asyncio.Semaphore(options.workers + FETCHES_AHEAD)
        self._taken = 0  # voice notes that wait for a turn, or have one
        self._replacements: set[asyncio.Task[None]] = set()
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

    async def stop(self) -> None:
        """End the workers, whatever they are at."""
        self._stopped = True
        for task in self._replacements:
            task.cancel()
        await asyncio.gather(*self._replacements, return_exceptions=True)
        await asyncio.gather(*(worker.close() for worker in self._workers))

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn: hold it while a recording is fetched and analysed.

        So no more recordings are in memory at a time than the workers can soon take.

        Raises
        ------
        AnalyserBusyError
            Too many are waiting already.
        """
        if self._taken >= self.options.workers + self.options.max_waiting:
            raise AnalyserBusyError(
                "I have too many voice notes waiting: please send it again in a minute."
            )
        self._taken += 1
        try:
            async with self._turns:
                yield
        finally:
            self._taken -= 1

    async def analyse(self, recording: bytes) -> Hearing:
        """Analyse one recording.

        Parameters
        ----------
        recording
            The bytes of the file.

        Raises
        ------
        UndertoneError
            The recording cannot be used.
        AnalyserError
            It took too long, or the worker failed.
        """
        options = self.options
        arguments = (recording, options.model_path, options.max_bytes, options.max_seconds)
        for _ in range(options.workers + 1):  # each may have ended while idle
            try:
                return await self._run(listen, arguments)
            except BrokenProcessPool:
                log.warning("A worker had ended while it was idle; another one takes its place.")
            except TimeoutError as cause:
                log.warning("An analysis took longer than %g s and was stopped.", options.timeout)
                raise AnalyserError(
                    f"That took me longer than {options.timeout:g} seconds, so I gave up: "
                    "please try a shorter recording."
                ) from cause
            except pebble.ProcessExpired as cause:
                log.error("A worker ended in the middle of an analysis (%s).", cause.exitcode)
                raise AnalyserError(
                    "Something in that recording stopped me in the middle: please try another one."
                ) from cause
        raise AnalyserError("I had to restart something: please send it again.")

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
            if self._stopped:
                raise
            task = asyncio.create_task(self._replace(worker))
            self._replacements.add(task)
            task.add_done_callback(self._replacements.discard)
            raise
        self._idle.put_nowait(worker)
        return result

    async def _replace(self, worker: "_Worker") -> None:
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


class _Worker:
    """One worker process, in a pebble pool of its own, and the scratch folder that goes with it."""

    def __init__(self, options: AnalyserOptions) -> None:
        self.process_id: int | None = None
        self._options = options
        self._pool: pebble.ProcessPool | None = None
        self._scratch: str | None = None

    async def open(self) -> None:
        """Start the process, and return when it has analysed a trial recording.

        Raises
        ------
        UndertoneError
            The model cannot be used.
        AnalyserError
            The process cannot be started, or cannot analyse.
        """
        self._scratch = tempfile.mkdtemp(prefix="undertone-")
        options = self._options
        try:
            opening = asyncio.create_task(asyncio.to_thread(_open_pool, self._scratch))
            try:
                self._pool, self.process_id = await asyncio.shield(opening)
            except asyncio.CancelledError:
                # The thread goes on regardless: wait, to know what there is to close.
                self._pool, self.process_id = await opening
                raise
            await self.call(
                warm_up,
                (options.model_path, options.max_bytes, options.max_seconds),
                seconds=WARM_UP_SECONDS,
            )
        except (OSError, RuntimeError) as cause:  # TimeoutError and ProcessExpired are OSErrors
            raise AnalyserError(
                "A worker process could not be started: is there enough memory for it?"
            ) from cause

    async def close(self) -> None:
        """End the process, what it started, and its files; harmless where there are none."""
        pool, self._pool = self._pool, None
        process_id, self.process_id = self.process_id, None
        scratch, self._scratch = self._scratch, None
        if pool is not None:
            await asyncio.to_thread(_close_pool, pool)
        if process_id is not None and hasattr(os, "killpg"):
            with contextlib.suppress(OSError):  # it started nothing that outlived it
                os.killpg(process_id, signal.SIGKILL)
        if scratch is not None:
            await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)

    async def call(
        self, function: Callable[..., Result], arguments: tuple[Any, ...], *, seconds: float
    ) -> Result:
        """Run a function in the process, and kill the process when it takes too many seconds.

        Raises
        ------
        UndertoneError, AnalyserError
            The function raised it; the process is as good as before.
        TimeoutError
            It took too long; the process is gone.
        pebble.ProcessExpired
            The process died in the middle.
        BrokenProcessPool
            The process was gone before it began.
        """
        if self._pool is None:
            raise BrokenProcessPool("closed")
        try:
            future = self._pool.schedule(function, args=arguments, timeout=seconds)
        except RuntimeError as cause:
            raise BrokenProcessPool("not active") from cause
        async with asyncio.timeout(seconds + GUARD_SECONDS):
            return await asyncio.wrap_future(future)


def _open_pool(scratch: str) -> tuple[pebble.ProcessPool, int]:
    """Start a pool of one process, and give its process id too; runs in a thread.

    Processes are never forked from the bot itself, which has threads: on Linux they come from a
    fork server that is warm already (see `bot.preload`), elsewhere they start afresh.
    """
    if sys.platform == "linux":
        context: Any = get_context("forkserver")
        context.set_forkserver_preload(["bot.preload"])
    else:
        context = get_context("spawn")
    pool = pebble.ProcessPool(
        max_workers=1, context=context, initializer=prepare, initargs=(scratch,)
    )
    try:
        with _deaf_children():
            if sys.platform == "linux":
                forkserver.ensure_running()
            first = pool.schedule(os.getpid)  # starts pebble's threads, and the process
        # A process that is stopped before it has quite begun dies with a traceback: see it begin.
        return pool, first.result(WARM_UP_SECONDS)
    except BaseException:
        _close_pool(pool)
        raise


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Start processes and threads that Ctrl-C and SIGTERM do not reach.

    A terminal sends Ctrl-C, and systemd SIGTERM, to every process at once. It is for the bot to
    decide when its workers go: after the voice notes at hand. Signals that a thread blocks stay
    blocked in what it starts, from the first instruction on.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it would unblock the signals in starting itself
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _close_pool(pool: pebble.ProcessPool) -> None:
    """Stop a pool and wait until its process is gone; runs in a thread."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
