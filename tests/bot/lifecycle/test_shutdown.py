"""The shutdown within ten seconds, whatever hangs."""

import asyncio
import logging
import subprocess
import sys
import textwrap

import psutil
import pytest

from bot.lifecycle import shutdown
from tests.virtual_time import run

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups")


def test_all_steps_together_take_ten_seconds_at_most():
    assert shutdown.STOP_SECONDS <= 10.0
    assert shutdown.FINISH_SECONDS > 0, "it is what the other parts leave"
    assert shutdown.WATCHDOG_SECONDS < shutdown.STOP_SECONDS


def test_a_step_that_hangs_is_left_with_a_line_in_the_log(caplog: pytest.LogCaptureFixture):
    async def stop_both() -> float:
        began = asyncio.get_running_loop().time()
        await shutdown.stop_within(2.0, lambda: asyncio.sleep(1000.0), "The playground")
        await shutdown.stop_within(2.0, lambda: asyncio.sleep(0.5), "A worker")
        return asyncio.get_running_loop().time() - began

    caplog.set_level(logging.WARNING, "bot.lifecycle.shutdown")
    assert run(stop_both()) == 2.5
    assert caplog.messages == ["The playground did not end in time."]


def test_a_step_that_fails_raises():
    async def fail() -> None:
        raise RuntimeError("wrong")

    with pytest.raises(RuntimeError, match="wrong"):
        asyncio.run(shutdown.stop_within(1.0, fail, "A worker"))


HANGING = """
    import multiprocessing, sys, threading, time
    from bot.lifecycle.shutdown import Watchdog

    if __name__ == "__main__":
        child = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))
        child.start()
        print(child.pid, flush=True)
        threading.Thread(target=time.sleep, args=(600,)).start()
        watchdog = Watchdog()
        watchdog.exit_code = {code}
        watchdog.exit_after({seconds})
        time.sleep(600)
"""


@on_unix
@pytest.mark.parametrize("code", [0, 1])
def test_the_watchdog_ends_the_process_with_its_threads_and_children(code: int):
    program = textwrap.dedent(HANGING).format(code=code, seconds=0.1)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == code
    assert (shutdown.STUCK in ended.stderr) == bool(code)
    child = int(ended.stdout)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
