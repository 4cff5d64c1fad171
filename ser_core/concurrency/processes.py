"""Other processes that analyse: one that dies costs what it was at, and nothing else.

They are started warm where the system allows it, and never forked from this process, in which
threads may be at work.
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
"""What a server of processes imports once, before it forks them."""

FORKS = sys.platform == "linux"  # from a server that has imported what they need

DIED = (pebble.ProcessExpired, BrokenProcessPool)
"""What the result of a job raises when the process that did it has died."""

MOST_WAITING = 2
"""Jobs of a helper: one that is being done, and one that is next."""


def prepare() -> None:
    """Begin with what takes a while before the first process starts, and do not wait for it."""
    if FORKS:
        multiprocessing.set_forkserver_preload(PRELOADED)
        forkserver.ensure_running()


@contextlib.contextmanager
def one_process() -> Iterator[pebble.ProcessPool]:
    """Open a pool of one process with one thread, which is closed without waiting at the end.

    In a pool of several, a process that dies as soon as it has begun a job can leave it waiting for
    good: pebble 5.2 looks up whose job it was before it has read that it had begun.
    """
    prepare()
    context = multiprocessing.get_context("forkserver" if FORKS else "spawn")
    pool = pebble.ProcessPool(max_workers=1, context=context, initializer=_begin)
    try:
        yield pool
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


@contextlib.contextmanager
def in_processes(
    job: Callable[..., Result], calls: Sequence[tuple[object, ...]], *, n_processes: int
) -> Iterator[list[Future[Result]]]:
    """Have a job done for many arguments, in several processes; what is not done at the end is not.

    Parameters
    ----------
    job
        A function of a module.
    calls
        What it is called with each time, and what is copied to a process.
    n_processes
        How many to start.

    Returns
    -------
    list of Future
        One for each call, in their order; `DIED` where the process has died.
    """
    futures: list[Future[Result]] = [Future() for _ in calls]
    waiting = deque(zip(futures, calls, strict=True))

    def begin(pool: pebble.ProcessPool) -> None:
        try:
            future, call = waiting.popleft()
        except IndexError:  # nothing is left to do
            return
        inner: Future[Result] = pool.schedule(job, args=call)
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
            pool = stack.enter_context(one_process())
        begin(pool)

    with contextlib.ExitStack() as stack:
        for _ in range(n_processes):
            begin(stack.enter_context(one_process()))
        try:
            yield futures
        finally:
            waiting.clear()


def _begin() -> None:
    """Make a process ready: Ctrl-C is for the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threadpool_limits(1)


class Helper:
    """A process that does some of many small jobs, while this one does the rest.

    It is started once there were enough jobs for that to be worth while, and asked once it is
    ready. To be used as a context manager.

    Parameters
    ----------
    worth_after
        How many jobs are done here before it is started.
    """

    def __init__(self, *, worth_after: int) -> None:
        self._worth_after = worth_after
        self._n_jobs = 0
        self._stack = contextlib.ExitStack()
        self._pool: pebble.ProcessPool | None = None
        self._waiting: deque[Future[Any]] = deque()

    def __enter__(self) -> "Helper":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def do(self, job: Callable[..., Result], *arguments: object) -> Future[Result]:
        """Have a job done: by the process if it is free, else here and now.

        Parameters
        ----------
        job
            A function of a module.
        arguments
            What it is called with, and what is copied to the other process.
        """
        self._n_jobs += 1
        if self._n_jobs == self._worth_after and (os.cpu_count() or 1) > 1:
            self._pool = self._stack.enter_context(one_process())
            self._waiting.append(self._pool.schedule(os.getpid))
            self._waiting.append(self._pool.schedule(os.getpid))
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()
        if self._pool is None or len(self._waiting) >= MOST_WAITING:
            return _done_here(job, *arguments)
        future: Future[Result] = self._pool.schedule(job, args=arguments)
        self._waiting.append(future)
        return future


def _done_here(job: Callable[..., Result], *arguments: object) -> Future[Result]:
    done: Future[Result] = Future()
    done.set_result(job(*arguments))
    return done


def done_by(
    helper: Helper | None, job: Callable[..., Result], *arguments: object
) -> Future[Result]:
    """Have a job done by a helper, or here and now where there is none."""
    return helper.do(job, *arguments) if helper is not None else _done_here(job, *arguments)


def result_of(future: Future[Result]) -> Result:
    """Wait for what comes of a job.

    Raises
    ------
    WorkerError
        If the process has died.
    """
    try:
        return future.result()
    except DIED as cause:
        raise WorkerError(
            "A process that helped to analyse has died, perhaps for want of memory: try again "
            "with --jobs 1, or with a shorter recording."
        ) from cause
