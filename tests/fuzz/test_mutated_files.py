"""Some hostile files; ``make fuzz`` sends thousands."""

import functools
from collections.abc import AsyncIterator

import psutil
import pytest
import pytest_asyncio

from bot.analysis.pool import Analyser
from bot.settings import Settings
from tests.bot_process import running_analyser
from tests.fuzz.campaign import ask_analyser, attack
from tests.fuzz.mutations import MUTATIONS, hostile, originals

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

FILES = 100
SEED = 1  # not that of `make fuzz`
PATIENCE = 60.0  # seconds for one file; the machine may be busy


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def analyser() -> AsyncIterator[Analyser]:
    settings = Settings(_env_file=None, analysis_timeout_seconds=PATIENCE / 2)
    async with running_analyser(settings) as analyser:
        yield analyser


async def test_there_is_a_real_file_of_every_container_and_each_is_heard(analyser: Analyser):
    files = originals()
    for name in ("wav-16", "flac-16", "mp3", "ogg-opus-voice", "m4a", "webm", "adts", "amr"):
        assert await ask_analyser(analyser, files[name]) in ("heard", "no speech")


async def test_the_same_number_gives_the_same_file_and_every_change_comes_up():
    files = [hostile(SEED, number) for number in range(FILES)]
    assert files == [hostile(SEED, number) for number in range(FILES)]
    words = " ".join(name for name, _ in files)
    assert all(mutation.__name__ in words for mutation in MUTATIONS)


async def test_every_hostile_file_is_answered_and_no_worker_dies(analyser: Analyser):
    before = set(analyser.process_ids)
    ask = functools.partial(ask_analyser, analyser)
    report = await attack(ask, SEED, range(FILES), most_seconds=PATIENCE, bot=psutil.Process())
    assert report.wrong == []
    assert report.outcomes.total() == FILES
    assert set(report.outcomes) <= {
        "heard",
        "no speech",
        "DamagedAudioError",
        "EmptyAudioError",
        "NoAudioStreamError",
        "UnsupportedAudioError",
        "AudioTooLargeError",
        "AudioTooLongError",
    }
    assert set(analyser.process_ids) == before
