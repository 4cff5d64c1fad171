"""The fair queue, in virtual time."""

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
    """Return settings with one worker, and without the limits that are not given."""
    return Settings(_env_file=None, **NO_LIMITS | {"workers": 1} | settings)


LIMITS = limits()
WORK_SECONDS = 0.9


class Run:
    """A queue of voice notes, and the order in which they are served."""

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
    """Let all requests come at once, in this order, and wait until they are served."""

    async def main() -> None:
        await asyncio.gather(*(run_.ask(name, requester) for name, requester in asked))

    run(main())
    assert (run_.queue.waiting, run_.queue.running) == (0, 0)
    return run_


def line(letters: str, **requester: int | None) -> list[tuple[str, Requester]]:
    """Return named requests in order: a person for each letter, in a server of their own."""
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
def test_servers_and_direct_conversations_are_served_round_robin_and_each_in_order(
    asked: list[tuple[str, Requester]], served: str
):
    assert whole_run(Run(), *asked).served == served.split()


def test_positions_are_reported_to_those_who_wait():
    run_ = whole_run(Run(), *line("nnnnnnn"))
    assert run_.positions["n0"] == run_.positions["n1"] == []
    assert REPORT_SECONDS == 2.0
    assert run_.positions["n5"] == [3, 1]  # after 2 s "n2" is at work, after 4 s "n4"


def test_a_full_queue_refuses_at_once():
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
def test_one_server_cannot_fill_the_queue_nor_one_person_a_servers_part(
    limit: dict[str, int], asked: list[tuple[str, Requester]], refused: list[str]
):
    run_ = Run(limits(max_waiting_notes=5, **limit))
    assert whole_run(run_, *asked).refused == refused


@in_virtual_time
async def test_a_person_who_asks_too_often_is_refused_with_the_time_to_wait():
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
async def test_a_servers_rate_limit_costs_its_people_no_tokens():
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
async def test_a_request_that_is_cancelled_leaves_the_queue_and_one_that_fails_frees_its_slot():
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
async def test_a_request_that_is_cancelled_when_its_slot_is_granted_frees_it():
    run_ = Run()
    tasks = [asyncio.create_task(run_.ask(name, requester)) for name, requester in line("nnn")]
    await asyncio.sleep(WORK_SECONDS / 2)
    tasks[0].cancel()
    await asyncio.sleep(0)  # the second was just granted the slot, and does not run yet
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
                    assert by[server] <= 1, "it had two slots while another one waited"
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
async def test_a_position_is_the_number_of_requests_that_are_served_until_then(servers: list[int]):
    """No other request comes meanwhile."""

    run_ = Run()
    tasks = [
        asyncio.create_task(run_.ask(str(number), Requester(server, server)))
        for number, server in enumerate(servers)
    ]
    await asyncio.sleep(REPORT_SECONDS + WORK_SECONDS / 2)
    at_work = int(
        REPORT_SECONDS / WORK_SECONDS
    )  # the number that was running when the positions were reported
    told = {name: positions[-1] for name, positions in run_.positions.items() if positions}
    await asyncio.gather(*tasks)
    for name, position in told.items():
        assert position == run_.served.index(name) - at_work
