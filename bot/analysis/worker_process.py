"""The handle of one worker process: starting it, calling it with a time-out, ending it."""

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

from bot.analysis.result import ModelInUse
from bot.analysis.worker import T, initialize_worker, warm_up, with_cpu_limit
from bot.errors import AnalyserError

WARM_UP_SECONDS = 120.0  # an old laptop with a cold disk takes its time
GUARD_SECONDS = 15.0  # beyond its time-out, after which a call that pebble lost is abandoned
CHECK_SECONDS = 0.5  # between checks whether the pool of a call is still active
START_CHECK_SECONDS = 0.1  # between checks whether a process that starts is still wanted

pebble.CONSTS.term_timeout = 0.0 if hasattr(signal, "pthread_sigmask") else 0.2
"""Seconds between SIGTERM and SIGKILL: where workers block SIGTERM, there is no use in waiting."""


class WorkerProcess:
    """One worker process, in a pebble pool of its own, and the scratch folder that goes with it.

    Parameters
    ----------
    model_path
        Path of the model; None for the default one.
    max_bytes, max_seconds
        The limits of a recording, in bytes and in seconds.

    Attributes
    ----------
    process_id
        Id of the process; None while there is none.
    """

    def __init__(self, model_path: Path | None, max_bytes: int, max_seconds: float) -> None:
        self.process_id: int | None = None
        self._limits = (model_path, max_bytes, max_seconds)
        self._pool: pebble.ProcessPool | None = None
        self._scratch: str | None = None
        self._closing: asyncio.Task[None] | None = None

    async def open(self) -> ModelInUse:
        """Start the process, and return its model when it has analysed a trial recording.

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
                asyncio.to_thread(_open_pool, (self._scratch, *self._limits), unwanted)
            )
            try:
                self._pool, self.process_id = await asyncio.shield(opening)
            except asyncio.CancelledError:
                # The thread goes on for a moment: wait for what there is to close.
                unwanted.set()
                with contextlib.suppress(BrokenProcessPool):
                    self._pool, self.process_id = await opening
                raise
            return await self.call(warm_up, (), seconds=WARM_UP_SECONDS)
        except (OSError, RuntimeError) as cause:  # TimeoutError and ProcessExpired are OSErrors
            raise AnalyserError(
                "A worker process could not be started: is there enough memory for it?"
            ) from cause

    async def close(self) -> None:
        """End the process and those that it started, and delete its files."""
        if self._closing is None:
            rest = (self._pool, self.process_id, self._scratch)
            self._pool = self.process_id = self._scratch = None
            self._closing = asyncio.create_task(asyncio.to_thread(_clean_up, *rest))
        # A caller that is cancelled leaves it closing; the next call waits for the same task.
        closing = self._closing
        await asyncio.shield(closing)
        if self._closing is closing:
            self._closing = None

    async def call(
        self, function: Callable[..., T], arguments: tuple[Any, ...], *, seconds: float
    ) -> T:
        """Run a function in the process; the process is killed when that takes too many seconds.

        Raises
        ------
        UndertoneError, AnalyserError
            The function raised it; the process goes on.
        TimeoutError
            It took too long; the process was killed.
        pebble.ProcessExpired
            The process died while it ran the function.
        BrokenProcessPool
            The process had ended before.
        """
        if self._pool is None:
            raise BrokenProcessPool("closed")
        try:
            future = self._pool.schedule(
                with_cpu_limit, args=(function, seconds, *arguments), timeout=seconds
            )
        except RuntimeError as cause:
            raise BrokenProcessPool("not active") from cause
        waiting: asyncio.Future[T] = asyncio.wrap_future(future)
        try:
            async with asyncio.timeout(seconds + GUARD_SECONDS):
                while not waiting.done():
                    was_active = self._pool is not None and self._pool.active
                    await asyncio.wait({waiting}, timeout=CHECK_SECONDS)
                    if not was_active and not waiting.done():
                        # A pool that breaks at that moment forgets calls that it had not yet sent.
                        raise BrokenProcessPool("lost")
            return await waiting
        finally:
            waiting.cancel()


def _open_pool(given: tuple[Any, ...], unwanted: threading.Event) -> tuple[pebble.ProcessPool, int]:
    """Return a pool of one process, and the id of the process; runs in a thread.

    Processes are never forked from the bot itself, which has threads: on Linux they come from a
    fork server that has loaded everything (see `bot.analysis.preload`), elsewhere they are spawned.
    """
    if sys.platform == "linux":
        context: Any = get_context("forkserver")
        context.set_forkserver_preload(["bot.analysis.preload"])
    else:
        context = get_context("spawn")
    pool = pebble.ProcessPool(
        max_workers=1, context=context, initializer=initialize_worker, initargs=given
    )
    try:
        with _blocked_signals():
            if sys.platform == "linux":
                forkserver.ensure_running()
            first = pool.schedule(os.getpid)  # starts pebble's threads, and the process
        return pool, _result_of(first, unwanted)
    except BaseException:
        _close_pool(pool)
        raise


def _result_of(future: "futures.Future[int]", unwanted: threading.Event) -> int:
    """Return the result of the first call, unless the process is not wanted any more."""
    deadline = time.monotonic() + WARM_UP_SECONDS
    while not unwanted.is_set():
        done, _ = futures.wait({future}, START_CHECK_SECONDS)
        if done:
            return future.result()
        if time.monotonic() > deadline:
            raise TimeoutError
    raise BrokenProcessPool("unwanted")


@contextlib.contextmanager
def _blocked_signals() -> Iterator[None]:
    """Block SIGINT and SIGTERM in the processes and threads that are started meanwhile.

    A terminal sends Ctrl-C, and systemd SIGTERM, to every process at once, but the bot ends its
    workers itself, after the voice notes in flight. What a thread starts inherits its blocked
    signals, from the first instruction on.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # starting it later would unblock the signals
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _clean_up(pool: pebble.ProcessPool | None, process_id: int | None, scratch: str | None) -> None:
    """End what there is of a worker; runs in a thread."""
    if pool is not None:
        pool.stop()  # type: ignore[no-untyped-call]  # so that none takes its place
    if process_id is not None and hasattr(os, "killpg"):
        with contextlib.suppress(OSError):  # it has ended, and so has all that it started
            os.killpg(process_id, signal.SIGKILL)
    if pool is not None:
        _close_pool(pool)
    if scratch is not None:
        shutil.rmtree(scratch, ignore_errors=True)


def _close_pool(pool: pebble.ProcessPool) -> None:
    """Stop a pool and wait until its process is gone; runs in a thread."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
