"""What the bot is at, and how it ends."""

import asyncio

from bot.in_flight import InFlight
from tests.virtual_time import run


def test_it_is_waited_for_until_all_is_done_also_what_began_meanwhile():
    async def scene() -> tuple[float, int]:
        under_way: InFlight[str] = InFlight()
        loop = asyncio.get_running_loop()
        began = loop.time()

        async def look_up() -> None:
            await asyncio.sleep(1.0)
            under_way.add(asyncio.create_task(asyncio.sleep(2.0)), "what it led to")

        under_way.add(asyncio.create_task(look_up()), "a look-up")
        await under_way.finish(10.0)
        return loop.time() - began, len(under_way)

    assert run(scene()) == (3.0, 0)


def test_what_is_not_done_in_time_is_given_up_and_told():
    async def scene() -> tuple[float, set[str], bool]:
        under_way: InFlight[str] = InFlight()
        hanging = asyncio.create_task(asyncio.sleep(1000.0))
        under_way.add(hanging, "hanging")
        under_way.add(asyncio.create_task(asyncio.sleep(1.0)), "quick")
        began = asyncio.get_running_loop().time()
        await under_way.finish(5.0)
        waited = asyncio.get_running_loop().time() - began
        unfinished = set(under_way.give_up().values())
        await asyncio.wait({hanging})
        return waited, unfinished, hanging.cancelled()

    assert run(scene()) == (5.0, {"hanging"}, True)


def test_with_nothing_under_way_the_end_takes_no_time():
    async def scene() -> float:
        under_way: InFlight[str] = InFlight()
        began = asyncio.get_running_loop().time()
        await under_way.finish(5.0)
        assert under_way.is_closing
        assert under_way.give_up() == {}
        return asyncio.get_running_loop().time() - began

    assert run(scene()) == 0.0
