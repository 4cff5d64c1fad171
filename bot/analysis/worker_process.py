"""One worker process, seen from the bot: started, called with a time-out that kills, and ended."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver, get_context, resource_tracker
from pathlib import Path
from typing import Any

import pebble

from bot.analysis.worker import Result, bounded, prepare, warm_up
from bot.errors import AnalyserError

WARM_UP_SECONDS = 120.0  # an old laptop with a cold disk takes its time
GUARD_SECONDS = 15.0  # beyond its time-out, until a call that pebble has lost is given up
CHECK_SECONDS = 0.5  # between looks at whether the pool that has a call is still there
BEGIN_CHECK_SECONDS = 0.1  # between looks at whether a process that begins is still wanted

pebble.CONSTS.term_timeout = 0.0 if hasattr(signal, "pthread_sigmask") else 0.2
"""Seconds between asking a worker to end and killing it: where they can be, they are deaf to it."""


class WorkerProcess:
    """One worker process, in a pebble pool of its own, and the scratch folder that goes with it.

    Parameters
    ----------
    model_path
        The model to use; None for the default one.
    max_bytes, max_seconds
        The most of a recording that is taken in.

    Attributes
    ----------
    process_id
        None while there is no process.
    """

    def __init__(self, model_path: Path | None, max_bytes: int, max_seconds: float) -> None:
        self.process_id: int | None = None
        self._constants = (model_path, max_bytes, max_seconds)
        self._pool: pebble.ProcessPool | None = None
        self._scratch: str | None = None
        self._closing: asyncio.Task[None] | None = None

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
        unwanted = threading.Event()
        try:
            opening = asyncio.create_task(
                asyncio.to_thread(_open_pool, (self._scratch, *self._constants), unwanted)
            )
            try:
                self._pool, self.process_id = await asyncio.shield(opening)
            except asyncio.CancelledError:
                # The thread goes on for a moment: wait, to know what there is to close.
                unwanted.set()
                with contextlib.suppress(BrokenProcessPool):
                    self._pool, self.process_id = await opening
                raise
            await self.call(warm_up, (), seconds=WARM_UP_SECONDS)
        except (OSError, RuntimeError) as cause:  # TimeoutError and ProcessExpired are OSErrors
            raise AnalyserError(
                "A worker process could not be started: is there enough memory for it?"
            ) from cause

    async def close(self) -> None:
        """End the process, what it started, and its files; harmless where there are none."""
        if self._closing is None:
            rest = (self._pool, self.process_id, self._scratch)
            self._pool = self.process_id = self._scratch = None
            self._closing = asyncio.create_task(asyncio.to_thread(_clear_away, *rest))
        # Whoever is cancelled while it closes leaves it closing; the next waits for the same.
        closing = self._closing
        await asyncio.shield(closing)
        if self._closing is closing:
            self._closing = None

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
            future = self._pool.schedule(
                bounded, args=(function, seconds, *arguments), timeout=seconds
            )
        except RuntimeError as cause:
            raise BrokenProcessPool("not active") from cause
        waiting: asyncio.Future[Result] = asyncio.wrap_future(future)
        try:
            async with asyncio.timeout(seconds + GUARD_SECONDS):
                while not waiting.done():
                    was_active = self._pool is not None and self._pool.active
                    await asyncio.wait({waiting}, timeout=CHECK_SECONDS)
                    if not was_active and not waiting.done():
                        # A pool that breaks just then forgets what it had not yet passed on.
                        raise BrokenProcessPool("lost")
            return await waiting
        finally:
            waiting.cancel()


def _open_pool(given: tuple[Any, ...], unwanted: threading.Event) -> tuple[pebble.ProcessPool, int]:
    """Start a pool of one process, and give its process id too; runs in a thread.

    Processes are never forked from the bot itself, which has threads: on Linux they come from a
    fork server that is warm already (see `bot.analysis.preload`), elsewhere they start afresh.
    """
    if sys.platform == "linux":
        context: Any = get_context("forkserver")
        context.set_forkserver_preload(["bot.analysis.preload"])
    else:
        context = get_context("spawn")
    pool = pebble.ProcessPool(max_workers=1, context=context, initializer=prepare, initargs=given)
    try:
        with _deaf_children():
            if sys.platform == "linux":
                forkserver.ensure_running()
            first = pool.schedule(os.getpid)  # starts pebble's threads, and the process
        return pool, _result_of(first, unwanted)
    except BaseException:
        _close_pool(pool)
        raise


def _result_of(future: "futures.Future[int]", unwanted: threading.Event) -> int:
    """Wait for what a process that begins says first, unless it is not wanted any more."""
    give_up = time.monotonic() + WARM_UP_SECONDS
    while not unwanted.is_set():
        done, _ = futures.wait({future}, BEGIN_CHECK_SECONDS)
        if done:
            return future.result()
        if time.monotonic() > give_up:
            raise TimeoutError
    raise BrokenProcessPool("unwanted")


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


def _clear_away(
    pool: pebble.ProcessPool | None, process_id: int | None, scratch: str | None
) -> None:
    """End what is left of a worker; runs in a thread."""
    if pool is not None:
        pool.stop()  # type: ignore[no-untyped-call]  # so that none takes its place
    if process_id is not None and hasattr(os, "killpg"):
        with contextlib.suppress(OSError):  # it has gone, and started nothing that outlived it
            os.killpg(process_id, signal.SIGKILL)
    if pool is not None:
        _close_pool(pool)
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)


def _close_pool(pool: pebble.ProcessPool) -> None:
    """Stop a pool and wait until its process is gone; runs in a thread."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
