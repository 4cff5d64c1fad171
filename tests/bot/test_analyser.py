"""The worker processes: what they hear, what befalls them, and what that costs."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio

from bot.analyser import Analyser
from bot.commands.accuracy import table_of
from bot.errors import AnalyserError, WorkerFaultError
from bot.languages import ENGLISH
from bot.settings import Settings
from bot.trials import trial_recording
from ser_core.errors import AudioError, AudioTooLongError, ModelError
from tests.bot.recordings import silence
from tests.bot_process import running_analyser

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = Settings(
    _env_file=None, max_file_bytes=2**20, max_audio_seconds=60, analysis_timeout_seconds=60
)
MOST_MEMORY = 350 * 2**20  # bytes resident that a worker may take
PATIENCE = 30.0  # seconds after which a test gives up waiting


def changed(**settings: Any) -> Settings:
    return SETTINGS.model_copy(update=settings)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def analyser() -> AsyncIterator[Analyser]:
    """Give an analyser with two warm workers."""
    async with running_analyser(SETTINGS) as analyser:
        yield analyser


@pytest.fixture
def hasty(analyser: Analyser) -> Iterator[Analyser]:
    """Give the same analyser with a time-out of a second."""
    analyser.settings = changed(analysis_timeout_seconds=1.0)
    yield analyser
    analyser.settings = SETTINGS


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - processes set no event
            await asyncio.sleep(0.02)


async def all_ready(analyser: Analyser) -> tuple[int, ...]:
    """Wait until each worker is there and idle, and give their process ids."""
    await until(lambda: analyser._idle.qsize() == SETTINGS.workers)
    return analyser.process_ids


def is_gone(process_id: int) -> bool:
    """Tell whether a process has ended, reaped or not."""
    try:
        return psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def start_a_helper_and_hang(report: str) -> None:
    """Do in a worker what a decoder that hangs does: start a program, and wait for it."""
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(report).write_text(str(helper.pid))
    time.sleep(600)


async def test_a_recording_is_heard(analyser: Analyser):
    hearing = await analyser.analyse(trial_recording())
    assert hearing.duration == pytest.approx(1.2, abs=0.01)
    assert sum(probability for _, probability in hearing.ranked) == pytest.approx(1.0)
    assert 0 < hearing.speech_share <= 1


async def test_a_bad_recording_costs_a_sentence_and_no_worker(analyser: Analyser):
    before = await all_ready(analyser)
    with pytest.raises(AudioError, match=r"\w\.$"):
        await analyser.analyse(b"this is not audio at all")
    assert await all_ready(analyser) == before


async def test_the_limit_on_length_holds_whatever_the_sender_says():
    async with running_analyser(changed(max_audio_seconds=1.0, workers=1)) as analyser:
        with pytest.raises(AudioTooLongError):
            await analyser.analyse(silence(seconds=1.5).data)


async def test_the_event_loop_goes_on_while_a_worker_works(analyser: Analyser):
    work = asyncio.create_task(analyser._run(time.sleep, (0.3,)))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 3


async def test_two_recordings_are_heard_at_the_same_time(analyser: Analyser):
    barrier_of_processes = await asyncio.gather(
        analyser._run(_own_id_after_a_while, ()), analyser._run(_own_id_after_a_while, ())
    )
    assert len(set(barrier_of_processes)) == 2


def _own_id_after_a_while() -> int:
    time.sleep(0.3)
    return os.getpid()


async def test_a_worker_that_is_killed_at_work_costs_one_recording(analyser: Analyser):
    await all_ready(analyser)
    doomed = asyncio.create_task(analyser.analyse(trial_recording()))
    hanging = asyncio.create_task(analyser._run(time.sleep, (600,)))
    await doomed
    (busy,) = (
        worker.process_id
        for worker in analyser._workers
        if worker not in list(analyser._idle._queue)  # type: ignore[attr-defined]
    )
    os.kill(busy, signal.SIGKILL)
    with pytest.raises(OSError, match="Abnormal termination"):
        await hanging
    assert (await analyser.analyse(trial_recording())).ranked
    assert busy not in await all_ready(analyser)


async def test_an_analysis_that_takes_too_long_is_killed_and_told_in_a_sentence(
    hasty: Analyser, monkeypatch: pytest.MonkeyPatch
):
    before = await all_ready(hasty)
    monkeypatch.setattr("bot.analyser.analyse", _hang)
    with pytest.raises(AnalyserError, match="longer than 1 second,"):
        await hasty.analyse(trial_recording())
    monkeypatch.undo()
    after = await all_ready(hasty)
    (killed,) = set(before) - set(after)
    assert is_gone(killed)
    assert (await hasty.analyse(trial_recording())).ranked


def _hang(*_: object) -> None:
    time.sleep(600)


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no process groups")
async def test_what_a_worker_started_goes_with_it(hasty: Analyser, tmp_path: Path):
    report = tmp_path / "helper"
    with pytest.raises(TimeoutError):
        await hasty._run(start_a_helper_and_hang, (str(report),))
    await all_ready(hasty)
    await until(lambda: is_gone(int(report.read_text())))


async def test_workers_that_die_while_idle_cost_nothing(analyser: Analyser):
    before = await all_ready(analyser)
    for process_id in before:
        os.kill(process_id, signal.SIGKILL)
    assert (await analyser.analyse(trial_recording())).ranked
    assert set(before).isdisjoint(await all_ready(analyser))


async def test_an_analysis_that_nobody_waits_for_any_more_frees_its_worker(analyser: Analyser):
    before = await all_ready(analyser)
    abandoned = asyncio.create_task(analyser._run(time.sleep, (600,)))
    await until(lambda: analyser._idle.qsize() < SETTINGS.workers)
    abandoned.cancel()
    after = await all_ready(analyser)
    assert len(set(before) & set(after)) == SETTINGS.workers - 1


async def test_ctrl_c_and_sigterm_for_everybody_leave_the_workers_alone(analyser: Analyser):
    before = await all_ready(analyser)
    for process_id in before:
        os.kill(process_id, signal.SIGINT)
        os.kill(process_id, signal.SIGTERM)
    await asyncio.gather(*(analyser.analyse(trial_recording()) for _ in range(4)))
    assert await all_ready(analyser) == before


async def test_a_worker_is_small(analyser: Analyser):
    await asyncio.gather(*(analyser.analyse(trial_recording()) for _ in range(4)))
    for process_id in await all_ready(analyser):
        assert psutil.Process(process_id).memory_info().rss <= MOST_MEMORY


async def test_a_worker_cannot_take_all_the_memory_there_is(analyser: Analyser):
    with pytest.raises(MemoryError):
        await analyser._run(bytearray, (3 * 2**30,))
    await all_ready(analyser)


async def test_temporary_files_of_a_killed_worker_are_deleted(hasty: Analyser):
    folder = await hasty._run(tempfile.gettempdir, ())
    with pytest.raises(TimeoutError):
        await asyncio.gather(*(hasty._run(_litter_and_hang, ()) for _ in range(SETTINGS.workers)))
    await all_ready(hasty)
    await until(lambda: not os.path.exists(folder))


def _litter_and_hang() -> None:
    Path(tempfile.gettempdir(), "recording.wav").write_bytes(b"RIFF")
    time.sleep(600)


async def test_stopping_leaves_no_process_and_no_file(tmp_path: Path):
    analyser = Analyser(changed(workers=1))
    await analyser.start()
    (process_id,) = analyser.process_ids
    folder = await analyser._run(tempfile.gettempdir, ())
    await analyser.stop()
    assert is_gone(process_id)
    await until(lambda: not os.path.exists(folder))
    with pytest.raises(AnalyserError, match="switched off"):
        await analyser.analyse(trial_recording())


async def test_stopping_in_the_middle_of_a_replacement_leaves_nothing_either():
    analyser = Analyser(changed(workers=1))
    await analyser.start()
    (process_id,) = analyser.process_ids
    folder = await analyser._run(tempfile.gettempdir, ())
    abandoned = asyncio.create_task(analyser._run(time.sleep, (600,)))
    await until(lambda: analyser._idle.empty())
    psutil.Process(process_id).suspend()  # so that ending it takes a moment
    abandoned.cancel()
    await until(lambda: analyser._replacements)
    await asyncio.sleep(0.02)  # the replacement has begun
    await analyser.stop()
    assert is_gone(process_id)
    assert not await asyncio.to_thread(os.path.exists, folder)


async def test_a_model_that_cannot_be_used_stops_the_start_with_its_reason(tmp_path: Path):
    path = tmp_path / "model.joblib"
    path.write_bytes(b"not a model")
    analyser = Analyser(changed(model_path=path))
    with pytest.raises(ModelError, match=r"model\.joblib"):
        await analyser.start()
    await analyser.stop()
    assert analyser.process_ids == ()


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed differently there")
async def test_workers_do_not_outlive_a_bot_that_was_killed(tmp_path: Path):
    script = tmp_path / "doomed.py"
    script.write_text(
        textwrap.dedent("""
            import asyncio, os, pathlib, tempfile, time
            from bot.analyser import Analyser
            from bot.settings import Settings

            def work():
                folder = pathlib.Path(tempfile.gettempdir())
                pathlib.Path("at-work").write_text(f"{os.getpid()} {folder}")
                time.sleep(600)

            async def main():
                analyser = Analyser(Settings(_env_file=None, workers=1))
                await analyser.start()
                await analyser._run(work, ())

            if __name__ == "__main__":
                asyncio.run(main())
        """)
    )
    bot = await asyncio.create_subprocess_exec(sys.executable, str(script), cwd=tmp_path)
    report = tmp_path / "at-work"
    await until(lambda: report.exists() and len(report.read_text().split()) == 2)
    process_id, folder = report.read_text().split()
    assert not is_gone(int(process_id))
    bot.kill()
    await bot.wait()
    await until(lambda: is_gone(int(process_id)))
    await until(lambda: not Path(folder).exists())


async def test_a_worker_draws_a_table_of_verdicts(analyser: Analyser):
    drawn = await analyser.draw(table_of({("happy", "happy"): 3, ("happy", "sad"): 1}, ENGLISH))
    assert drawn.startswith(b"\x89PNG")


async def test_a_table_that_cannot_be_drawn_costs_no_worker(analyser: Analyser):
    before = analyser.process_ids
    with pytest.raises(WorkerFaultError):
        await analyser.draw(table_of({("no emotion", "sad"): 1}, ENGLISH))
    assert analyser.process_ids == before
