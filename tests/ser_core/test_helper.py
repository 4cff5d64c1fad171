"""A helper does what this process would do, and its end is told in a sentence."""

import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from ser_core import helper
from ser_core.errors import WorkerError
from ser_core.helper import Helper, done_by, helping, result_of
from tests.virtual_microphones import PROJECT

needs_two_cores = pytest.mark.skipif(
    sys.platform != "linux" or helper.cpu_count() < 2, reason="two cores and a Linux to fork on"
)

ORPHAN = """
import os, signal, sys, time
from ser_core.helper import helping
with helping() as helper:
    print(helper.ask(os.getpid).result(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""

BOTH_WAYS = """
import io, resource
import numpy as np, soundfile
from ser_core.helper import helping
from ser_core.timeline import trace
from tests.voices import SAMPLE_RATE, silence, talk

file = io.BytesIO()
pitches = (110.0, 150.0, 210.0, 260.0)
parts = [part for pitch in pitches for part in (talk(9.0, pitch=pitch), silence(3.0))]
soundfile.write(file, np.concatenate(parts), SAMPLE_RATE, format="WAV")
with helping() as helper:
    helped = trace(file.getvalue(), helper=helper)
spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
alone = trace(file.getvalue())
print(len(alone.segments), helped == alone, spent > 0.05)
"""


def ask_for_ever(one: Helper) -> None:
    while True:
        result_of(done_by(one, time.sleep, 0.1))


def test_without_a_helper_jobs_are_done_at_once_and_here():
    assert result_of(done_by(None, os.getpid)) == os.getpid()


@needs_two_cores
class TestHelping:
    @pytest.fixture(autouse=True)
    def alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let threads that other tests left behind be none of ours."""
        monkeypatch.setattr(threading, "active_count", lambda: 1)

    def test_a_helper_is_another_process_and_ends_with_the_block(self) -> None:
        with helping() as one:
            assert one is not None
            other = one.ask(os.getpid).result()
            assert other != os.getpid()
            assert psutil.pid_exists(other)
        assert not psutil.pid_exists(other)

    def test_who_has_two_jobs_is_not_free_and_the_third_is_done_here(self) -> None:
        with helping() as one:
            assert one is not None
            slow = [done_by(one, time.sleep, 1.0) for _ in range(2)]
            assert not one.is_free
            assert result_of(done_by(one, os.getpid)) == os.getpid()
            for job in slow:
                result_of(job)
            assert one.is_free

    def test_what_fails_there_fails_here(self) -> None:
        with helping() as one:
            with pytest.raises(ValueError, match="invalid literal"):
                result_of(done_by(one, int, "seven"))
            assert result_of(done_by(one, int, "7")) == 7

    def test_a_helper_that_dies_is_a_sentence(self) -> None:
        with helping() as one:
            assert isinstance(one, Helper)
            os.kill(one.ask(os.getpid).result(), signal.SIGKILL)
            with pytest.raises(WorkerError, match=r"--jobs 1"):
                ask_for_ever(one)

    def test_ctrl_c_is_not_for_the_helper(self) -> None:
        with helping() as one:
            assert one is not None
            other = one.ask(os.getpid).result()
            os.kill(other, signal.SIGINT)
            assert one.ask(os.getpid).result() == other

    def test_a_helper_does_not_outlive_who_it_helps(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", ORPHAN],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL
        process = int(done.stdout)
        deadline = time.monotonic() + 30
        while psutil.pid_exists(process) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not psutil.pid_exists(process)

    def test_a_timeline_is_the_same_with_a_helper_who_did_work(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", BOTH_WAYS],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
        )
        count, is_same, was_helped = done.stdout.split()
        assert int(count) >= 4
        assert (is_same, was_helped) == ("True", "True")

    def test_nobody_is_forked_where_there_are_other_threads(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(threading, "active_count", lambda: 2)
        with helping() as one:
            assert one is None

    def test_nobody_is_forked_where_nobody_is_wanted(self) -> None:
        with helping(wanted=False) as one:
            assert one is None
