"""The limits of a worker, tried from within one."""

import asyncio
import ctypes
import errno
import os
import resource
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pebble
import pytest
import pytest_asyncio

from bot.analysis import confinement
from bot.analysis.confinement import CPU_SPARE_SECONDS, FILE_LIMIT, MEMORY_LIMIT, OPEN_FILES_LIMIT
from bot.analysis.pool import Analyser
from bot.analysis.trial_recordings import trial_recording
from bot.analysis.worker import AnalysisResult, analyse
from bot.errors import AnalyserError
from bot.settings import Settings
from tests.bot_process import running_analyser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of this"),
]

SECONDS = 60.0  # that an analysis may take
SETTINGS = Settings(_env_file=None, workers=1, analysis_timeout_seconds=SECONDS)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def analyser() -> AsyncIterator[Analyser]:
    async with running_analyser(SETTINGS) as analyser:
        yield analyser


@pytest.mark.parametrize(
    ("name", "most"),
    [("CORE", 0), ("DATA", MEMORY_LIMIT), ("FSIZE", FILE_LIMIT), ("NOFILE", OPEN_FILES_LIMIT)],
)
async def test_memory_files_and_core_dumps_are_limited(analyser: Analyser, name: str, most: int):
    kind = getattr(resource, f"RLIMIT_{name}")
    assert await analyser._run(resource.getrlimit, (kind,)) == (most, most)


async def test_each_call_has_cpu_time_of_its_own(analyser: Analyser):
    """A worker runs thousands of calls: the sum of their CPU time must not end it."""
    await analyser._run(_burn, (0.5,))
    used = await analyser._run(time.process_time, ())
    soft, _ = await analyser._run(resource.getrlimit, (resource.RLIMIT_CPU,))
    assert used + SECONDS + CPU_SPARE_SECONDS <= soft + 1
    assert soft <= used + SECONDS + CPU_SPARE_SECONDS + 2


def _burn(seconds: float) -> None:
    while time.process_time() < seconds:
        pass


async def test_a_worker_that_uses_up_its_cpu_time_is_ended_by_the_kernel(analyser: Analyser):
    with pytest.raises(pebble.ProcessExpired):
        await analyser._run(_use_up_cpu_time, ())
    assert (await analyser.analyse(trial_recording())).ranked


def _use_up_cpu_time() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1, hard))
    while True:
        pass


async def test_temporary_files_are_for_the_worker_alone(analyser: Analyser):
    name, mode_of_folder, mode_of_file = await analyser._run(_temporary_file, ())
    assert name.startswith("undertone-")
    assert (mode_of_folder, mode_of_file) == (0o700, 0o600)


def _temporary_file() -> tuple[str, int, int]:
    folder = Path(tempfile.gettempdir())
    path = folder / "new"
    path.write_text("")
    return folder.name, folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777


async def test_a_worker_reaches_no_network(analyser: Analyser):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert _connect(port) == ""
        refused = await analyser._run(_connect, (port,))
    if not refused:
        pytest.skip("this kernel lets a process give up the network by no means")
    assert refused in ("ENETUNREACH", "EACCES")


def _connect(port: int) -> str:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "?")
    return ""


async def test_where_there_are_no_namespaces_landlock_forbids_tcp():
    with socket.create_server(("127.0.0.1", 0)) as server, pebble.ProcessPool(1) as pool:
        forbidden = pool.schedule(_forbid_and_connect, args=(server.getsockname()[1],))
        ready, refused = await asyncio.wrap_future(forbidden)
    if not ready:
        pytest.skip("this kernel's Landlock knows no network")
    assert refused == "EACCES"


def _forbid_and_connect(port: int) -> tuple[bool, str]:
    return confinement.forbid_tcp(ctypes.CDLL(None, use_errno=True)), _connect(port)


def _be_killed(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _crash(*_: object) -> None:
    os.abort()


def _take_all_memory(*arguments: object) -> AnalysisResult:
    """Fail as `analyse` does when a recording needs more memory than there is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "bot.analysis.worker._analyse", lambda *_: [bytearray(2**28) for _ in range(64)]
        )
        return analyse(*arguments)  # type: ignore[arg-type]


def _take_all_memory_in_c(*_: object) -> None:
    """Crash as a C library does that does not check the result of malloc."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.malloc.argtypes = [ctypes.c_size_t]
    assert libc.malloc(2 * MEMORY_LIMIT) is None
    ctypes.memset(0, 0, 1)


@pytest.mark.parametrize("fault", [_be_killed, _crash, _take_all_memory, _take_all_memory_in_c])
async def test_a_worker_that_crashes_costs_one_note_and_the_next_is_analysed(
    analyser: Analyser, monkeypatch: pytest.MonkeyPatch, fault: Callable[..., object]
):
    with monkeypatch.context() as patch:
        patch.setattr("bot.analysis.pool.analyse", fault)
        with pytest.raises(AnalyserError, match=r"^[A-Z][^\n]+\.$"):
            await analyser.analyse(trial_recording())
    assert (await analyser.analyse(trial_recording())).ranked
    assert len(analyser.process_ids) == 1


async def test_where_memory_runs_out_the_kernel_kills_a_worker_before_the_bot(analyser: Analyser):
    await analyser.analyse(trial_recording())
    (worker,) = analyser.process_ids
    assert _oom_score(worker) > _oom_score(os.getpid())


def _oom_score(process_id: int) -> int:
    return int(Path(f"/proc/{process_id}/oom_score_adj").read_text())
