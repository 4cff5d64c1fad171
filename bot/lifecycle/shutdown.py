"""The shutdown of the bot within ten seconds, and the time of each of its steps.

Docker and most other supervisors kill a program after ten seconds. Each step has a time of its own,
which it does not exceed whatever hangs; the rest is for the voice notes in flight.
"""

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

STOP_SECONDS = 10.0  # from the signal to the end of the process

NOTIFY_SECONDS = 1.0  # to notify people whose voice notes could not be finished
DISCONNECT_SECONDS = 1.0  # to close the connection to Discord
WORKERS_SECONDS = 1.0  # to end the worker processes
PLAYGROUND_SECONDS = 0.75  # to stop the playground, where there is one
DATABASE_SECONDS = 0.75  # to close the connections to the database
EXIT_SECONDS = 1.0  # for Python itself

FINISH_SECONDS = STOP_SECONDS - (
    NOTIFY_SECONDS
    + DISCONNECT_SECONDS
    + WORKERS_SECONDS
    + PLAYGROUND_SECONDS
    + DATABASE_SECONDS
    + EXIT_SECONDS
)
"""Seconds for the requests in flight; with none, the shutdown does not wait."""

WATCHDOG_SECONDS = STOP_SECONDS - 0.5
"""Seconds after which the watchdog ends the process, which takes a moment on a busy machine."""

STUCK = "Something did not end in time, and was left behind."


class Watchdog:
    """Ends the process from a thread of its own when it does not end by itself in time.

    Attributes
    ----------
    exit_code
        The exit code when the watchdog ends the process; 0 once all requests were answered or
        notified.
    """

    def __init__(self) -> None:
        self.exit_code = 1

    def exit_after(self, seconds: float) -> None:
        """End the process some seconds from now; an earlier call still holds."""
        timer = threading.Timer(seconds, self._end)
        timer.daemon = True
        timer.start()

    def _end(self) -> None:
        if self.exit_code:
            log.error(STUCK)
        kill_children()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
                stream.flush()
        os._exit(self.exit_code)


def kill_children() -> None:
    """Kill the child processes, and the process groups that they lead."""
    for child in multiprocessing.active_children():
        if child.pid is not None and hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(child.pid, signal.SIGKILL)
        with contextlib.suppress(OSError, ValueError):
            child.kill()


async def stop_within(seconds: float, stop: Callable[[], Awaitable[object]], name: str) -> None:
    """Stop something, and return after some seconds even if it has not stopped.

    Parameters
    ----------
    seconds
        The time-out, in seconds.
    stop
        Function that stops it; cancelled after the time-out, without waiting for it.
    name
        The name of what is stopped, for the log.
    """
    task = asyncio.ensure_future(stop())
    _, late = await asyncio.wait({task}, timeout=seconds)
    if late:
        task.cancel()
        log.warning("%s did not end in time.", name)
    elif not task.cancelled():
        task.result()
