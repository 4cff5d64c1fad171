"""The same audio is heard once, and remembered for a while, in virtual time."""

import asyncio

import pytest

from bot.analysis import cache as hearings_module
from bot.analysis.cache import HASHED_AT_ONCE, HearingCache
from bot.analysis.result import NO_WISHES, Drawing, Wishes
from bot.errors import AnalyserError
from tests.virtual_time import in_virtual_time

SECONDS = 60.0


class Ear:
    """Hears how long a recording is, which takes a second, and notes how often it was asked."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.wished: list[Wishes] = []
        self.fails = False
        self.finished = 0

    async def hear(self, recording: bytes, wishes: Wishes) -> int:
        self.heard.append(recording)
        self.wished.append(wishes)
        await asyncio.sleep(1.0)
        self.finished += 1
        if self.fails:
            raise AnalyserError("It failed.")
        return len(recording)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def hearings(ear: Ear) -> HearingCache:
    return HearingCache(ear.hear, seconds=SECONDS)


@in_virtual_time
async def test_the_same_audio_is_heard_once_and_another_one_again(ear: Ear, hearings: HearingCache):
    heard = [await hearings.hear(one, NO_WISHES) for one in (b"a", b"a", b"bb", b"a")]
    assert heard == [1, 1, 2, 1]
    assert ear.heard == [b"a", b"bb"]


@in_virtual_time
async def test_the_same_audio_is_heard_again_for_other_wishes(ear: Ear, hearings: HearingCache):
    german = Wishes(drawing=Drawing.LONG, names=(("happy", "fröhlich"),))
    polish = Wishes(drawing=Drawing.LONG, names=(("happy", "radość"),))
    for wishes in (NO_WISHES, german, polish, german, NO_WISHES):
        await hearings.hear(b"a", wishes)
    assert ear.wished == [NO_WISHES, german, polish]


@in_virtual_time
async def test_at_once_the_same_audio_is_heard_once_if_nothing_is_remembered(ear: Ear):
    hearings = HearingCache(ear.hear, seconds=0)
    assert await asyncio.gather(*(hearings.hear(b"a", NO_WISHES) for _ in range(5))) == [1] * 5
    assert ear.heard == [b"a"]
    assert hearings._under_way == {} == hearings._waiting
    await hearings.hear(b"a", NO_WISHES)
    assert (len(ear.heard), len(hearings)) == (2, 0)


@in_virtual_time
async def test_what_was_heard_is_forgotten_after_its_time(ear: Ear, hearings: HearingCache):
    await hearings.hear(b"a", NO_WISHES)
    await asyncio.sleep(SECONDS - 1)
    await hearings.hear(b"a", NO_WISHES)
    assert (len(ear.heard), len(hearings)) == (1, 1)
    await asyncio.sleep(2)
    assert len(hearings) == 0
    await hearings.hear(b"a", NO_WISHES)
    assert len(ear.heard) == 2


@in_virtual_time
async def test_no_more_than_so_many_are_remembered_and_those_asked_for_lately_are(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hearings_module, "MAX_HEARINGS", 2)
    hearings = HearingCache(ear.hear, seconds=SECONDS)
    for one in (b"a", b"bb", b"a", b"ccc", b"a", b"bb"):
        await hearings.hear(one, NO_WISHES)
    assert ear.heard == [b"a", b"bb", b"ccc", b"bb"]
    assert len(hearings) == 2


@in_virtual_time
async def test_what_fails_is_told_to_all_who_wait_and_tried_again(ear: Ear, hearings: HearingCache):
    ear.fails = True
    answers = await asyncio.gather(
        *(hearings.hear(b"a", NO_WISHES) for _ in range(3)), return_exceptions=True
    )
    assert [str(answer) for answer in answers] == ["It failed."] * 3
    ear.fails = False
    assert await hearings.hear(b"a", NO_WISHES) == 1
    assert len(ear.heard) == 2


@pytest.mark.parametrize("who_leaves", [0, 1])
@in_virtual_time
async def test_who_gives_up_takes_nothing_from_the_other(
    ear: Ear, hearings: HearingCache, who_leaves: int
):
    tasks = [asyncio.create_task(hearings.hear(b"a", NO_WISHES)) for _ in range(2)]
    await asyncio.sleep(0.5)
    tasks[who_leaves].cancel()
    assert await tasks[1 - who_leaves] == 1
    assert (len(ear.heard), ear.finished) == (1, 1)


@in_virtual_time
async def test_when_nobody_waits_it_is_not_heard_to_the_end(ear: Ear, hearings: HearingCache):
    tasks = [asyncio.create_task(hearings.hear(b"a", NO_WISHES)) for _ in range(2)]
    await asyncio.sleep(0.5)
    for task in tasks:
        task.cancel()
    await asyncio.sleep(1.0)
    assert ear.finished == 0
    assert await hearings.hear(b"a", NO_WISHES) == 1


async def test_a_large_recording_is_told_from_another_too():
    async def length(recording: bytes, wishes: Wishes) -> int:
        return len(recording)

    hearings = HearingCache(length, seconds=SECONDS)
    for size in (HASHED_AT_ONCE + 1, HASHED_AT_ONCE + 2):
        assert await hearings.hear(bytes(size), NO_WISHES) == size
    assert len(hearings) == 2
