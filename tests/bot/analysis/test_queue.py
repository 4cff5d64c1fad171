"""Whose turn it is, in virtual time."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.analysis.queue import REPORT_SECONDS, Queue, Requester
from bot.errors import AnalyserBusyError, RateLimitedError
from bot.settings import Settings
from tests.bot_process import NO_LIMITS
from tests.virtual_time import in_virtual_time, run


def limits(**settings: int) -> Settings:
    """Return settings with one turn at a time, and none of the limits that are not given."""
    return Settings(_env_file=None, **NO_LIMITS | {"workers": 1} | settings)


LIMITS = limits()
WORK_SECONDS = 0.9


class Run:
    """Voice notes that come and go, and the order in which they had their turns."""

    def __init__(self, settings: Settings = LIMITS) -> None:
        self.queue = Queue(settings, prefetched=0)
        self.served: list[str] = []
        self.positions: dict[str, list[int]] = {}
        self.refused: list[str] = []

    async def ask(self, name: str, requester: Requester) -> None:
        positions = self.positions.setdefault(name, [])
        try:
            async with self.queue.slot(requester, on_position=positions.append):
                self.served.append(name)
                await asyncio.sleep(WORK_SECONDS)
        except AnalyserBusyError:
            self.refused.append(name)


def whole_run(run_: Run, *asked: tuple[str, Requester]) -> Run:
    """Let all ask at once, in this order, and wait until all is done."""

    async def main() -> None:
        await asyncio.gather(*(run_.ask(name, requester) for name, requester in asked))

    run(main())
    assert (run_.queue.waiting, run_.queue.running) == (0, 0)
    return run_


def line(letters: str, **requester: int | None) -> list[tuple[str, Requester]]:
    """Return who asks, in this order: a person for each letter, in a server of their own."""
    return [
        (
            f"{letter}{letters[:number].count(letter)}",
            Requester(**{"user_id": ord(letter), "guild_id": ord(letter)} | requester),
        )
        for number, letter in enumerate(letters)
    ]


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        (line("aaaaab"), "a0 a1 b0 a2 a3 a4"),
        (line("aaabbbccc"), "a0 a1 b0 c0 a2 b1 c1 b2 c2"),
        (line("aaab", guild_id=None), "a0 a1 b0 a2"),
        (line("abcabc", guild_id=9), "a0 b0 c0 a1 b1 c1"),
    ],
    ids=["a busy server and a quiet one", "three servers", "direct", "one server"],
)
def test_servers_and_direct_conversations_take_turns_and_within_one_who_came_first_is_first(
    asked: list[tuple[str, Requester]], served: str
):
    assert whole_run(Run(), *asked).served == served.split()


def test_who_waits_is_told_their_place_and_who_need_not_wait_is_told_nothing():
    run_ = whole_run(Run(), *line("nnnnnnn"))
    assert run_.positions["n0"] == run_.positions["n1"] == []
    assert REPORT_SECONDS == 2.0
    assert run_.positions["n5"] == [3, 1]  # after 2 s "n2" is at work, after 4 s "n4"


def test_without_room_one_is_refused_at_once_and_with_room_again_one_is_not():
    run_ = whole_run(Run(limits(max_waiting_notes=2)), *line("nnnnn"))
    assert (run_.served, run_.refused) == (["n0", "n1", "n2"], ["n3", "n4"])
    whole_run(run_, *line("l"))
    assert run_.served[-1] == "l0"


@pytest.mark.parametrize(
    ("limit", "asked", "refused"),
    [
        ({"max_waiting_notes_of_server": 3}, line("aaaaaabb"), ["a4", "a5"]),
        ({"max_waiting_notes_of_person": 1}, line("aaab", guild_id=9), ["a2"]),
    ],
)
def test_one_server_cannot_take_all_the_room_nor_one_person_all_of_a_server(
    limit: dict[str, int], asked: list[tuple[str, Requester]], refused: list[str]
):
    run_ = Run(limits(max_waiting_notes=5, **limit))
    assert whole_run(run_, *asked).refused == refused


@in_virtual_time
async def test_who_asks_too_often_is_told_for_how_long_to_wait():
    queue = Queue(limits(workers=9, notes_per_minute_of_person=2))
    for _ in range(2):
        async with queue.slot(Requester(user_id=1)):
            pass
    with pytest.raises(RateLimitedError, match=r"you have room for .* in 30 seconds\.$"):
        async with queue.slot(Requester(user_id=1)):
            pass
    async with queue.slot(Requester(user_id=2)):
        pass


@in_virtual_time
async def test_a_server_that_asks_too_often_costs_none_of_its_people_their_own_tokens():
    queue = Queue(limits(notes_per_minute_of_server=1, notes_per_minute_of_person=2))
    async with queue.slot(Requester(user_id=1, guild_id=9)):
        pass
    for _ in range(3):
        with pytest.raises(RateLimitedError, match="this server has room for"):
            async with queue.slot(Requester(user_id=1, guild_id=9)):
                pass
    async with queue.slot(Requester(user_id=1)):
        pass


@in_virtual_time
async def test_who_gives_up_waiting_leaves_the_line_and_who_fails_gives_the_turn_back():
    run_ = Run()
    tasks = [asyncio.create_task(run_.ask(name, requester)) for name, requester in line("nnnn")]
    await asyncio.sleep(WORK_SECONDS / 2)
    tasks[1].cancel()  # waits
    tasks[0].cancel()  # is at work
    await asyncio.wait(tasks)
    assert run_.served == ["n0", "n2", "n3"]
    assert (run_.queue.waiting, run_.queue.running) == (0, 0)
    with pytest.raises(ZeroDivisionError):
        async with run_.queue.slot(Requester(1)):
            raise ZeroDivisionError
    assert run_.queue.running == 0


@in_virtual_time
async def test_who_gives_up_in_the_very_moment_of_the_turn_gives_it_back():
    run_ = Run()
    tasks = [asyncio.create_task(run_.ask(name, requester)) for name, requester in line("nnn")]
    await asyncio.sleep(WORK_SECONDS / 2)
    tasks[0].cancel()
    await asyncio.sleep(0)  # the turn has just gone to the second, who does not know yet
    tasks[1].cancel()
    await asyncio.wait(tasks)
    assert run_.served == ["n0", "n2"]
    assert (run_.queue.waiting, run_.queue.running) == (0, 0)


arrivals = st.lists(
    st.tuples(st.integers(0, 4), st.floats(0.0, 3.0)), min_size=1, max_size=40
)  # of which server, so many seconds after the one before


@settings(deadline=None)
@given(arrivals, st.integers(1, 3))
@in_virtual_time
async def test_no_server_is_overtaken_twice(asked: list[tuple[int, float]], at_a_time: int):
    queue = Queue(limits(workers=at_a_time), prefetched=0)
    overtaken: dict[int, dict[int, int]] = {}  # since a server began to wait, by whom

    async def ask(server: int) -> None:
        waits = queue.running >= at_a_time
        if waits:
            overtaken.setdefault(server, {})
        async with queue.slot(Requester(server, server)):
            for waiting, by in overtaken.items():
                if waiting != server:
                    by[server] = by.get(server, 0) + 1
                    assert by[server] <= 1, "it had two turns while another one waited"
            waits_still = ("server", server) in queue._lines
            overtaken.pop(server, None)
            if waits_still:
                overtaken[server] = {}
            await asyncio.sleep(WORK_SECONDS)

    tasks: list[asyncio.Task[None]] = []
    for server, pause in asked:
        await asyncio.sleep(pause)
        tasks.append(asyncio.create_task(ask(server)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert (queue.waiting, queue.running) == (0, 0)


@settings(deadline=None)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=30))
@in_virtual_time
async def test_the_place_that_is_told_is_the_number_of_turns_until_ones_own(servers: list[int]):
    """Nobody else comes meanwhile."""

    run_ = Run()
    tasks = [
        asyncio.create_task(run_.ask(str(number), Requester(server, server)))
        for number, server in enumerate(servers)
    ]
    await asyncio.sleep(REPORT_SECONDS + WORK_SECONDS / 2)
    at_work = int(REPORT_SECONDS / WORK_SECONDS)  # by number, when the places were told
    told = {name: positions[-1] for name, positions in run_.positions.items() if positions}
    await asyncio.gather(*tasks)
    for name, position in told.items():
        assert position == run_.served.index(name) - at_work
