"""The event loop is never blocked for long, whatever the bot is at.

Each callback that the loop runs is timed: nothing else can be done meanwhile. On a busy machine one
may take long merely because it gets no processor; that is the machine's fault. So two things count:
the CPU time that the loop's thread spent in a callback, which is work that belongs elsewhere; and
the time that it took beyond that, which is waiting for a file, a lock or a process, but for what a
thread that only sleeps, the control, was late just then.
"""

import asyncio
import contextlib
import gc
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from tests.bot.conftest import Undertone
from tests.bot.recordings import broken, long_voice, picture, silence, voice

pytestmark = pytest.mark.asyncio(loop_scope="session")

MOST_BLOCKED = 0.050  # seconds
LOOK_SECONDS = 0.002  # between two looks of the control
NOTED_SECONDS = 0.010  # of a callback that is written down


@dataclass(frozen=True)
class Stretch:
    """A callback that took a while."""

    name: str
    began: float
    seconds: float
    cpu_seconds: float


@dataclass
class Probe:
    """What the loop did in one go, and how late the control was meanwhile."""

    stretches: list[Stretch] = field(default_factory=list)
    control: list[tuple[float, float]] = field(default_factory=list)  # when it ended, how late
    callbacks: int = 0

    def blocked(self) -> list[tuple[float, str]]:
        """Give for how long the loop was blocked for reasons that are not the machine's."""
        found = [(max(one.cpu_seconds, self._waited(one)), one.name) for one in self.stretches]
        return sorted(found) or [(0.0, "")]

    def _waited(self, stretch: Stretch) -> float:
        """Tell how long it waited, but for a processor."""
        ended = stretch.began + stretch.seconds
        late = [
            lateness
            for when, lateness in self.control
            if when > stretch.began and when - lateness - LOOK_SECONDS < ended
        ]
        return stretch.seconds - stretch.cpu_seconds - sum(late)


@contextlib.asynccontextmanager
async def probing() -> AsyncIterator[Probe]:
    """Time each callback of the loop, and watch a thread beside it."""
    probe, stop = Probe(), threading.Event()
    own, run = threading.get_ident(), asyncio.Handle._run  # type: ignore[attr-defined]

    def timed(handle: asyncio.Handle) -> None:
        if threading.get_ident() != own:
            run(handle)
            return
        name = repr(handle)
        began, used = time.perf_counter(), time.thread_time()
        run(handle)
        cpu_seconds, seconds = time.thread_time() - used, time.perf_counter() - began
        probe.callbacks += 1
        if seconds >= NOTED_SECONDS:
            probe.stretches.append(Stretch(name, began, seconds, cpu_seconds))

    def watch() -> None:
        while not stop.is_set():
            began = time.perf_counter()
            time.sleep(LOOK_SECONDS)
            now = time.perf_counter()
            probe.control.append((now, now - began - LOOK_SECONDS))

    thread = threading.Thread(target=watch)
    thread.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio.Handle, "_run", timed)
        yield probe
    stop.set()
    await asyncio.to_thread(thread.join)


async def test_the_probe_sees_a_loop_that_works_and_one_that_waits():
    async with probing() as probe:
        await asyncio.sleep(0.1)
        began = time.thread_time()
        while time.thread_time() < began + 0.2:
            pass
        await asyncio.sleep(0.1)
    assert probe.blocked()[-1][0] >= 0.2
    async with probing() as probe:
        await asyncio.sleep(0.1)
        time.sleep(1.0)  # noqa: ASYNC251 - that is the point
        await asyncio.sleep(0.1)
    assert probe.blocked()[-1][0] >= MOST_BLOCKED


async def test_under_load_the_event_loop_is_never_blocked(undertone: Undertone):
    """The playground runs in the same loop, so that its share is counted too."""
    large, nothing = long_voice(minutes=9), silence()
    voices = [replace(voice(), filename=f"{number}.wav") for number in range(5)]
    await undertone.ask(picture(), voices[0])  # what is loaded at the first time is loaded
    await undertone.ask(large, channel=undertone.direct)
    # Of a whole test run there is far more to look through for garbage than of a bot.
    gc.collect()
    gc.freeze()
    async with probing() as probe:
        for _ in range(3):
            await asyncio.gather(
                *(undertone.ask(each) for each in voices),
                undertone.ask(nothing, channel=undertone.direct),
                undertone.ask(broken(), voices[0], picture()),
                undertone.ask(large, channel=undertone.direct),
            )
    gc.unfreeze()
    assert probe.callbacks > 1000
    assert probe.blocked()[-1][0] <= MOST_BLOCKED, probe.blocked()[-5:]
