"""The pool of worker processes: results, time-outs, crashes, replacement."""

import asyncio
import functools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio

from bot.analysis.pool import Analyser
from bot.analysis.trial_recordings import trial_recording
from bot.analysis.worker import warm_up
from bot.cogs.accuracy import table_of
from bot.errors import AnalyserError, WorkerFaultError
from bot.i18n.languages import ENGLISH
from bot.settings import Settings
from ser_core.errors import AudioError, AudioTooLongError
from ser_core.models import load_model
from tests.bot.recordings import silence
from tests.bot_process import is_gone, running_analyser, until

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SETTINGS = Settings(
    _env_file=None, max_file_bytes=2**20, max_audio_seconds=60, analysis_timeout_seconds=60
)
MOST_MEMORY = 350 * 2**20  # bytes resident that a worker may take


def changed(**settings: Any) -> Settings:
    return SETTINGS.model_copy(update=settings)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def analyser() -> AsyncIterator[Analyser]:
    """Yield an analyser with two warm workers."""
    async with running_analyser(SETTINGS) as analyser:
        yield analyser


async def all_ready(analyser: Analyser) -> tuple[int, ...]:
    """Wait until all workers are idle, and return their process ids."""
    await until(lambda: analyser._idle.qsize() == SETTINGS.workers)
    return analyser.process_ids


async def test_a_recording_is_analysed(analyser: Analyser):
    result = await analyser.analyse(trial_recording())
    assert result.duration == pytest.approx(1.2, abs=0.01)
    assert sum(probability for _, probability in result.ranked) == pytest.approx(1.0)
    assert 0 < result.speech_share <= 1


async def test_the_model_that_answers_is_known_from_the_start(analyser: Analyser):
    assert analyser.model == warm_up()
    assert (await analyser.analyse(trial_recording())).model == load_model().name


async def test_a_bad_recording_costs_a_sentence_and_no_worker(analyser: Analyser):
    before = await all_ready(analyser)
    with pytest.raises(AudioError, match=r"\w\.$"):
        await analyser.analyse(b"this is not audio at all")
    assert await all_ready(analyser) == before


async def test_the_limit_on_length_holds_whatever_the_sender_says():
    async with running_analyser(changed(max_audio_seconds=1.0, workers=1)) as analyser:
        with pytest.raises(AudioTooLongError):
            await analyser.analyse(silence(seconds=1.5).data)


async def test_two_recordings_are_analysed_at_the_same_time(analyser: Analyser):
    at_work = (analyser._run(_own_id_after_a_while, ()) for _ in range(2))
    assert len(set(await asyncio.gather(*at_work))) == 2


def _own_id_after_a_while() -> int:
    time.sleep(0.3)
    return os.getpid()


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="there are no process groups")
async def test_an_analysis_that_takes_too_long_is_killed_with_all_that_it_started_and_wrote(
    analyser: Analyser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    before, report = await all_ready(analyser), tmp_path / "report"
    with monkeypatch.context() as patch:
        patch.setattr(analyser, "settings", changed(analysis_timeout_seconds=1.0))
        patch.setattr(
            "bot.analysis.pool.analyse", functools.partial(_start_a_helper_and_hang, report)
        )
        with pytest.raises(AnalyserError, match="longer than 1 second,"):
            await analyser.analyse(trial_recording())
    helper, folder = report.read_text().split()
    (killed,) = set(before) - set(await all_ready(analyser))
    assert is_gone(killed)
    await until(lambda: is_gone(int(helper)) and not os.path.exists(folder))
    assert (await analyser.analyse(trial_recording())).ranked


def _start_a_helper_and_hang(report: Path, *_: object) -> None:
    """Start a program and wait for it, as a decoder that hangs does."""
    Path(tempfile.gettempdir(), "recording.wav").write_bytes(b"RIFF")
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    report.write_text(f"{helper.pid} {tempfile.gettempdir()}")
    time.sleep(600)


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


@pytest.mark.alone  # the fork server must be the bot's, and none that other tests have started
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


@pytest.mark.parametrize("is_being_replaced", [False, True])
async def test_stopping_leaves_no_process_and_no_file(is_being_replaced: bool):
    analyser = Analyser(changed(workers=1))
    await analyser.start()
    (process_id,) = analyser.process_ids
    folder = await analyser._run(tempfile.gettempdir, ())
    if is_being_replaced:
        abandoned = asyncio.create_task(analyser._run(time.sleep, (600,)))
        await until(lambda: analyser._idle.empty())
        psutil.Process(process_id).suspend()  # so that ending it takes a moment
        abandoned.cancel()
        await until(lambda: analyser._replacements)
        await asyncio.sleep(0.02)  # the replacement has begun
    await analyser.stop()
    assert is_gone(process_id)
    assert not await asyncio.to_thread(os.path.exists, folder)
    with pytest.raises(AnalyserError, match="switched off"):
        await analyser.analyse(trial_recording())


async def test_a_table_of_verdicts_that_cannot_be_drawn_costs_no_worker(analyser: Analyser):
    before = await all_ready(analyser)
    drawn = await analyser.draw(table_of({("happy", "happy"): 3, ("happy", "sad"): 1}, ENGLISH))
    assert drawn.startswith(b"\x89PNG")
    with pytest.raises(WorkerFaultError):
        await analyser.draw(table_of({("no emotion", "sad"): 1}, ENGLISH))
    assert await all_ready(analyser) == before
