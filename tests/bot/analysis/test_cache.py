"""The cache of results, in virtual time."""

import asyncio

import pytest

from bot.analysis import cache as cache_module
from bot.analysis.cache import HASHED_AT_ONCE, ResultCache
from bot.analysis.result import WITHOUT_IMAGE, AnalysisOptions, DrawTimeline
from bot.errors import AnalyserError
from tests.virtual_time import in_virtual_time

SECONDS = 60.0


class FakeAnalyser:
    """Returns the length of a recording after a second, and records its calls."""

    def __init__(self) -> None:
        self.analysed: list[bytes] = []
        self.options: list[AnalysisOptions] = []
        self.fails = False
        self.finished = 0

    async def analyse(self, recording: bytes, options: AnalysisOptions) -> int:
        self.analysed.append(recording)
        self.options.append(options)
        await asyncio.sleep(1.0)
        self.finished += 1
        if self.fails:
            raise AnalyserError("It failed.")
        return len(recording)


@pytest.fixture
def analyser() -> FakeAnalyser:
    return FakeAnalyser()


@pytest.fixture
def cache(analyser: FakeAnalyser) -> ResultCache:
    return ResultCache(analyser.analyse, seconds=SECONDS)


@in_virtual_time
async def test_the_same_audio_is_analysed_once(analyser: FakeAnalyser, cache: ResultCache):
    analysed = [await cache.analyse(one, WITHOUT_IMAGE) for one in (b"a", b"a", b"bb", b"a")]
    assert analysed == [1, 1, 2, 1]
    assert analyser.analysed == [b"a", b"bb"]


@in_virtual_time
async def test_the_same_audio_is_analysed_again_with_other_options(
    analyser: FakeAnalyser, cache: ResultCache
):
    german = AnalysisOptions(draw_timeline=DrawTimeline.LONG, names=(("happy", "fröhlich"),))
    polish = AnalysisOptions(draw_timeline=DrawTimeline.LONG, names=(("happy", "radość"),))
    for options in (WITHOUT_IMAGE, german, polish, german, WITHOUT_IMAGE):
        await cache.analyse(b"a", options)
    assert analyser.options == [WITHOUT_IMAGE, german, polish]


@in_virtual_time
async def test_at_the_same_time_the_same_audio_is_analysed_once_without_a_cache(
    analyser: FakeAnalyser,
):
    cache = ResultCache(analyser.analyse, seconds=0)
    assert await asyncio.gather(*(cache.analyse(b"a", WITHOUT_IMAGE) for _ in range(5))) == [1] * 5
    assert analyser.analysed == [b"a"]
    assert cache._running == {} == cache._waiting
    await cache.analyse(b"a", WITHOUT_IMAGE)
    assert (len(analyser.analysed), len(cache)) == (2, 0)


@in_virtual_time
async def test_a_result_is_dropped_after_its_time(analyser: FakeAnalyser, cache: ResultCache):
    await cache.analyse(b"a", WITHOUT_IMAGE)
    await asyncio.sleep(SECONDS - 1)
    await cache.analyse(b"a", WITHOUT_IMAGE)
    assert (len(analyser.analysed), len(cache)) == (1, 1)
    await asyncio.sleep(2)
    assert len(cache) == 0
    await cache.analyse(b"a", WITHOUT_IMAGE)
    assert len(analyser.analysed) == 2


@in_virtual_time
async def test_the_number_of_results_is_limited_to_the_most_recently_used(
    analyser: FakeAnalyser, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cache_module, "MAX_RESULTS", 2)
    cache = ResultCache(analyser.analyse, seconds=SECONDS)
    for one in (b"a", b"bb", b"a", b"ccc", b"a", b"bb"):
        await cache.analyse(one, WITHOUT_IMAGE)
    assert analyser.analysed == [b"a", b"bb", b"ccc", b"bb"]
    assert len(cache) == 2


@in_virtual_time
async def test_an_error_is_raised_for_all_who_wait_and_not_cached(
    analyser: FakeAnalyser, cache: ResultCache
):
    analyser.fails = True
    answers = await asyncio.gather(
        *(cache.analyse(b"a", WITHOUT_IMAGE) for _ in range(3)), return_exceptions=True
    )
    assert [str(answer) for answer in answers] == ["It failed."] * 3
    analyser.fails = False
    assert await cache.analyse(b"a", WITHOUT_IMAGE) == 1
    assert len(analyser.analysed) == 2


@pytest.mark.parametrize("who_leaves", [0, 1])
@in_virtual_time
async def test_a_caller_that_is_cancelled_does_not_cancel_the_other(
    analyser: FakeAnalyser, cache: ResultCache, who_leaves: int
):
    tasks = [asyncio.create_task(cache.analyse(b"a", WITHOUT_IMAGE)) for _ in range(2)]
    await asyncio.sleep(0.5)
    tasks[who_leaves].cancel()
    assert await tasks[1 - who_leaves] == 1
    assert (len(analyser.analysed), analyser.finished) == (1, 1)


@in_virtual_time
async def test_when_all_callers_are_cancelled_the_analysis_is_cancelled(
    analyser: FakeAnalyser, cache: ResultCache
):
    tasks = [asyncio.create_task(cache.analyse(b"a", WITHOUT_IMAGE)) for _ in range(2)]
    await asyncio.sleep(0.5)
    for task in tasks:
        task.cancel()
    await asyncio.sleep(1.0)
    assert analyser.finished == 0
    assert await cache.analyse(b"a", WITHOUT_IMAGE) == 1


async def test_large_recordings_have_different_digests_too():
    async def length(recording: bytes, options: AnalysisOptions) -> int:
        return len(recording)

    cache = ResultCache(length, seconds=SECONDS)
    for size in (HASHED_AT_ONCE + 1, HASHED_AT_ONCE + 2):
        assert await cache.analyse(bytes(size), WITHOUT_IMAGE) == size
    assert len(cache) == 2
