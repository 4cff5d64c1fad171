"""The event loop is never blocked for long, whatever the bot does.

Each callback that the loop runs is timed. On a busy machine one may take long because it gets no
processor; the kernel counts that time, and it is left out. The rest is work that belongs in another
thread or process, and waiting for a file, a lock or a process.
"""

import asyncio
import contextlib
import gc
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bot.conftest import Undertone
from tests.bot.recordings import broken, long_voice, picture, silence, voice

SCHEDULED = Path("/proc/thread-self/schedstat")  # nanoseconds at work, and ready but not let

pytestmark = [
    pytest.mark.alone,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not SCHEDULED.exists(), reason="only Linux counts waiting for a processor"),
]

MOST_BLOCKED = 0.050  # seconds


@contextlib.asynccontextmanager
async def timing() -> AsyncIterator[list[tuple[float, str]]]:
    """Yield a list of how long each callback of the loop has blocked it, in seconds."""
    blocked: list[tuple[float, str]] = []
    own, run = threading.get_ident(), asyncio.Handle._run  # type: ignore[attr-defined]

    def clock() -> float:
        return time.perf_counter() - int(SCHEDULED.read_bytes().split()[1]) / 1e9

    def timed(handle: asyncio.Handle) -> None:
        if threading.get_ident() != own:
            run(handle)
            return
        name, began = repr(handle), clock()
        run(handle)
        blocked.append((clock() - began, name))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio.Handle, "_run", timed)
        yield blocked


async def test_a_loop_that_waits_is_seen():
    async with timing() as blocked:
        await asyncio.sleep(0)
        time.sleep(2 * MOST_BLOCKED)  # noqa: ASYNC251 - that is the point
        await asyncio.sleep(0)
    assert max(blocked)[0] > MOST_BLOCKED


async def test_under_load_the_event_loop_is_never_blocked(undertone: Undertone):
    """The playground runs in the same loop, so its callbacks are timed too."""
    large, nothing = long_voice(minutes=9), silence()
    voices = [replace(voice(), filename=f"{number}.wav") for number in range(5)]
    await undertone.ask(picture(), voices[0])  # what is loaded at the first time is loaded
    await undertone.ask(large, channel=undertone.direct)
    # Of a whole test run there is far more to look through for garbage than of a bot.
    gc.collect()
    gc.freeze()
    async with timing() as blocked:
        for _ in range(3):
            await asyncio.gather(
                *(undertone.ask(each) for each in voices),
                undertone.ask(nothing, channel=undertone.direct),
                undertone.ask(broken(), voices[0], picture()),
                undertone.ask(large, channel=undertone.direct),
            )
    gc.unfreeze()
    assert len(blocked) > 1000
    assert max(blocked)[0] <= MOST_BLOCKED, sorted(blocked)[-5:]
