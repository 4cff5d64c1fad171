"""A helper process: its results are those of this one, and its death is a sentence."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from ser_core.concurrency.processes import Helper, done_by, process_pool, result_of
from ser_core.errors import WorkerError
from tests.conftest import PROJECT
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

ORPHAN = """
import os, signal
from ser_core.concurrency.processes import process_pool
if __name__ == "__main__":
    with process_pool(1) as pool:
        print(pool.schedule(os.getpid).result(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def ask_elsewhere(helper):
    """Wait until the helper is ready; return its process id."""
    while (found := result_of(helper.do(os.getpid))) == os.getpid():
        time.sleep(0.05)
    return found


def test_without_a_helper_jobs_are_done_at_once_and_here():
    assert result_of(done_by(None, os.getpid)) == os.getpid()


@pytest.fixture
def helper():
    """Return a helper that is ready, or skip the test."""
    if os.cpu_count() == 1:
        pytest.skip("there is one core")
    with Helper(worth_after=1) as helper:
        ask_elsewhere(helper)
        yield helper


@pytest.mark.skipif(os.cpu_count() == 1, reason="there is one core")
def test_a_helper_is_another_process_once_there_was_enough_to_do_and_ends_with_the_block():
    with Helper(worth_after=3) as helper:
        assert [result_of(helper.do(os.getpid)) for _ in range(2)] == 2 * [os.getpid()]
        other = ask_elsewhere(helper)
        assert psutil.pid_exists(other)
    wait_for(lambda: not psutil.pid_exists(other))


def test_who_has_two_jobs_is_not_free_and_the_third_is_done_here(helper):
    slow = [helper.do(time.sleep, 1.0) for _ in range(2)]
    assert result_of(helper.do(os.getpid)) == os.getpid()
    for job in slow:
        result_of(job)
    assert result_of(helper.do(os.getpid)) != os.getpid()


def test_what_fails_there_fails_here(helper):
    with pytest.raises(ValueError, match="invalid literal"):
        result_of(helper.do(int, "seven"))


def test_a_helper_that_dies_is_a_sentence(helper):
    with pytest.raises(WorkerError, match=r"--jobs 1"):
        result_of(helper.do(os.kill, ask_elsewhere(helper), signal.SIGKILL))


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_ctrl_c_is_not_for_the_helper(helper):
    other = ask_elsewhere(helper)
    os.kill(other, signal.SIGINT)
    assert ask_elsewhere(helper) == other


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_a_process_does_not_outlive_who_started_it(tmp_path):
    program = tmp_path / "orphan.py"
    program.write_text(ORPHAN)
    done = subprocess.run(
        [sys.executable, program],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    wait_for(lambda: not psutil.pid_exists(int(done.stdout)))


def test_a_pool_closes_without_waiting_for_what_is_not_done():
    began = time.monotonic()
    with process_pool(1) as pool:
        pool.schedule(time.sleep, args=(600.0,))
    assert time.monotonic() - began < 100
