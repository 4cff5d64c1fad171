"""The end of the bot: ten seconds from being told to stop, and how they are shared out.

Docker and most others who start programs kill them after ten seconds. Each part of the end has a
time of its own, which it does not exceed whatever hangs; what they leave of the ten seconds is for
the voice notes in flight.
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

FAREWELL_SECONDS = 1.0  # for telling those whose voice notes could not be finished
LEAVE_SECONDS = 1.0  # for the connection to Discord to end politely
WORKERS_SECONDS = 1.0  # for the worker processes to be gone
PLAYGROUND_SECONDS = 0.75  # where there is one
DATABASE_SECONDS = 0.75  # for its connections to close
EXIT_SECONDS = 1.0  # for Python itself

FINISH_SECONDS = STOP_SECONDS - (
    FAREWELL_SECONDS
    + LEAVE_SECONDS
    + WORKERS_SECONDS
    + PLAYGROUND_SECONDS
    + DATABASE_SECONDS
    + EXIT_SECONDS
)
"""For what is in flight to be finished; with nothing in flight, none of it is taken."""

LAST_RESORT_SECONDS = STOP_SECONDS - 0.5
"""After which the process ends as it is; that takes a moment too, on a busy machine."""

STUCK = "Something did not end in time, and was left behind."


class LastResort:
    """Ends the process when its time is over, whatever its threads are at.

    It is a thread of its own, so that an event loop, a library's thread or an exit that hangs
    cannot keep it from that.

    Attributes
    ----------
    exit_code
        With which the process ends then: 0 once all that matters to others is done.
    """

    def __init__(self) -> None:
        self.exit_code = 1

    def within(self, seconds: float) -> None:
        """End the process after some seconds from now, or sooner if that was said before."""
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
    """Kill the processes that this one started, and what leads a group of its own with it."""
    for child in multiprocessing.active_children():
        if child.pid is not None and hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(child.pid, signal.SIGKILL)
        with contextlib.suppress(OSError, ValueError):
            child.kill()


async def within(seconds: float, end: Callable[[], Awaitable[object]], what: str) -> None:
    """End something, and go on after some seconds even if it has not ended by then.

    Parameters
    ----------
    seconds
        How long that may take.
    end
        Ends it; cancelled when the time is over, and not waited for.
    what
        What it is, for the log.
    """
    task = asyncio.ensure_future(end())
    _, late = await asyncio.wait({task}, timeout=seconds)
    if late:
        task.cancel()
        log.warning("%s did not end in time.", what)
    elif not task.cancelled():
        task.result()
