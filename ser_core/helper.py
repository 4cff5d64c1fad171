"""Another process that does some of many small jobs, while this one does the rest.

It is a fork of this process, so that it starts in milliseconds and knows what this one knows: what
a fresh process would need seconds for. Where the system cannot fork, or there is one core, there is
no helper, and all is done here.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from joblib import cpu_count
from threadpoolctl import threadpool_limits

from ser_core.errors import WorkerError

Result = TypeVar("Result")

MOST_WAITING = 2
"""Jobs: one that is being done, and one that is next."""


class Helper:
    """A forked process, for one who has many jobs. Use `helping`.

    Parameters
    ----------
    executor
        Of one process, which runs already.
    """

    def __init__(self, executor: ProcessPoolExecutor) -> None:
        self._executor = executor
        self._waiting: deque[Future[Any]] = deque()

    @property
    def is_free(self) -> bool:
        """Whether a job would be begun soon."""
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()
        return len(self._waiting) < MOST_WAITING

    def ask(self, job: Callable[..., Result], *arguments: object) -> Future[Result]:
        """Have a job done.

        Parameters
        ----------
        job
            A function of a module.
        arguments
            What it is called with, and what is copied to the other process.

        Raises
        ------
        WorkerError
            If the other process has died.
        """
        try:
            future = self._executor.submit(job, *arguments)
        except BrokenProcessPool as cause:
            raise WorkerError(DIED) from cause
        self._waiting.append(future)
        return future


DIED = (
    "A process that helped to listen has died, perhaps for want of memory: "
    "try again with --jobs 1, or with a shorter recording."
)


def done_by(
    helper: Helper | None, job: Callable[..., Result], *arguments: object
) -> Future[Result]:
    """Have a job done by a helper if there is one and it is free, else do it here and now."""
    if helper is not None and helper.is_free:
        return helper.ask(job, *arguments)
    done: Future[Result] = Future()
    done.set_result(job(*arguments))
    return done


def result_of(future: Future[Result]) -> Result:
    """Wait for what comes of a job.

    Raises
    ------
    WorkerError
        If the other process has died.
    """
    try:
        return future.result()
    except BrokenProcessPool as cause:
        raise WorkerError(DIED) from cause


@contextlib.contextmanager
def helping(*, wanted: bool = True) -> Iterator[Helper | None]:
    """Have a helper until the end of the block; none where it cannot be or would not help.

    Parameters
    ----------
    wanted
        Whether there is enough to do.
    """
    # A fork copies one thread of a process: what others were about stays undone for ever.
    is_alone = threading.active_count() == 1
    if not (wanted and is_alone and sys.platform == "linux" and cpu_count() > 1):
        yield None
        return
    executor = ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("fork"), initializer=_begin
    )
    try:
        executor.submit(os.getpid).result()  # so that it is forked now, while there is one thread
        yield Helper(executor)
    finally:
        executor.shutdown(cancel_futures=True)


def _begin() -> None:
    """Make ready in the other process: it ends when this one does, and Ctrl-C is not for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threadpool_limits(1)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: "multiprocessing.process.BaseProcess") -> None:
    """Wait until a process is gone, and go too."""
    parent.join()
    os._exit(1)
