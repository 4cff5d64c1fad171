"""Pools of processes for analysis, in which a crash only costs the job that caused it.

On Linux, processes are forked from a fork server that has already imported what they need. They are
never forked from this process, since other threads may be running in it.
"""

import contextlib
import functools
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from typing import Any, TypeVar

import pebble
from threadpoolctl import threadpool_limits

from ser_core.errors import WorkerError

Result = TypeVar("Result")

PRELOADED = ["ser_core.inference.analysis"]
"""Modules that the fork server imports once, before it forks the first process."""

HAS_FORK_SERVER = sys.platform == "linux"

DIED = (pebble.ProcessExpired, BrokenProcessPool)
"""Raised by the future of a job whose process has died."""

MAX_PENDING = 2
"""Jobs that a helper process has at a time: one that runs, and one that is next."""


def prepare() -> None:
    """Start the fork server in the background, so that the first process starts sooner."""
    if HAS_FORK_SERVER:
        multiprocessing.set_forkserver_preload(PRELOADED)
        forkserver.ensure_running()


@contextlib.contextmanager
def one_process_pool() -> Iterator[pebble.ProcessPool]:
    """Open a pool of one process with one thread; jobs left at the end are cancelled.

    In a pool of several, a job whose process dies at its beginning can stay pending for good:
    pebble 5.2 looks for the job of a dead process before it has read that the job had begun.
    """
    prepare()
    context = multiprocessing.get_context("forkserver" if HAS_FORK_SERVER else "spawn")
    pool = pebble.ProcessPool(max_workers=1, context=context, initializer=_initialize)
    try:
        yield pool
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


@contextlib.contextmanager
def in_processes(
    function: Callable[..., Result], calls: Sequence[tuple[object, ...]], *, n_processes: int
) -> Iterator[list[Future[Result]]]:
    """Run a function for many arguments in several processes; what is left at the end is cancelled.

    Parameters
    ----------
    function
        A function that can be pickled, that is, one of a module.
    calls
        The arguments of each call.

    Returns
    -------
    list of Future
        One for each call, in their order; it raises `DIED` if its process has died.
    """
    futures: list[Future[Result]] = [Future() for _ in calls]
    waiting = deque(zip(futures, calls, strict=True))

    def begin(pool: pebble.ProcessPool) -> None:
        try:
            future, call = waiting.popleft()
        except IndexError:  # nothing is left to do
            return
        inner: Future[Result] = pool.schedule(function, args=call)
        inner.add_done_callback(functools.partial(end, pool, future))

    def end(pool: pebble.ProcessPool, future: Future[Result], inner: Future[Result]) -> None:
        if inner.cancelled():
            return
        error = inner.exception()
        if error is None:
            future.set_result(inner.result())
        else:
            future.set_exception(error)
        if isinstance(error, BrokenProcessPool):
            pool = stack.enter_context(one_process_pool())
        begin(pool)

    with contextlib.ExitStack() as stack:
        for _ in range(n_processes):
            begin(stack.enter_context(one_process_pool()))
        try:
            yield futures
        finally:
            waiting.clear()


def _initialize() -> None:
    """Set up a new process: Ctrl-C is left to its parent, and libraries use one thread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threadpool_limits(1)


class HelperProcess:
    """A second process that takes some of many small jobs, while this process runs the others.

    Use it as a context manager. The process is only started after a number of jobs, since a start
    costs more than a few jobs take, and gets its first job once it is ready.

    Parameters
    ----------
    start_after
        Number of the job at which the process is started.
    """

    def __init__(self, *, start_after: int) -> None:
        self._start_after = start_after
        self._n_jobs = 0
        self._stack = contextlib.ExitStack()
        self._pool: pebble.ProcessPool | None = None
        self._pending: deque[Future[Any]] = deque()

    def __enter__(self) -> "HelperProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def submit(self, function: Callable[..., Result], *arguments: object) -> Future[Result]:
        """Run a function in the helper process if that is free, else in this process at once.

        Parameters
        ----------
        function
            A function that can be pickled, that is, one of a module.
        arguments
            Pickled to the helper process.
        """
        self._n_jobs += 1
        if self._n_jobs == self._start_after and (os.cpu_count() or 1) > 1:
            self._pool = self._stack.enter_context(one_process_pool())
            # As long as these two wait for the process to start, it counts as busy.
            self._pending.append(self._pool.schedule(os.getpid))
            self._pending.append(self._pool.schedule(os.getpid))
        while self._pending and self._pending[0].done():
            self._pending.popleft()
        if self._pool is None or len(self._pending) >= MAX_PENDING:
            return _run(function, *arguments)
        future: Future[Result] = self._pool.schedule(function, args=arguments)
        self._pending.append(future)
        return future


def _run(function: Callable[..., Result], *arguments: object) -> Future[Result]:
    """Run a function in this process, and return its result as a future that is done."""
    future: Future[Result] = Future()
    future.set_result(function(*arguments))
    return future


def run_or_submit(
    helper: HelperProcess | None, function: Callable[..., Result], *arguments: object
) -> Future[Result]:
    """Submit a function to a helper process, or run it in this process if there is none."""
    return helper.submit(function, *arguments) if helper is not None else _run(function, *arguments)


def result_of(future: Future[Result]) -> Result:
    """Wait for a job and return its result.

    Raises
    ------
    WorkerError
        The helper process has died.
    """
    try:
        return future.result()
    except DIED as cause:
        raise WorkerError(
            "A process that helped to analyse has died, perhaps for want of memory: try again "
            "with --jobs 1, or with a shorter recording."
        ) from cause
