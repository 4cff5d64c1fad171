"""Thousands of hostile files, sent as voice notes are, and the outcome of each."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import psutil

from bot.analysis.pool import Analyser
from bot.errors import AnalyserError, BotError, WorkerFaultError
from ser_core.errors import UndertoneError
from tests.fuzz.mutations import hostile

WARM_UP_FILES = 500  # after which a process has the memory that it needs
SIDE_BY_SIDE = 2  # files that are analysed at once

Ask = Callable[[bytes], Awaitable[str]]


@dataclass
class Report:
    """Outcomes of hostile files."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")  # seconds, and of which file
    wrong: list[str] = field(default_factory=list)
    memory_before: dict[str, float] = field(default_factory=dict)  # MiB, by process
    memory_after: dict[str, float] = field(default_factory=dict)


async def attack(
    ask: Ask, seed: int, numbers: Iterable[int], *, most_seconds: float, bot: psutil.Process
) -> Report:
    """Have hostile files analysed, a few at a time.

    Parameters
    ----------
    ask
        Returns a file's outcome in a word; raises an error for an outcome that must not be.
    seed, numbers
        Which files.
    most_seconds
        Limit on the time of one answer.
    bot
        The process whose memory is measured, with its workers.
    """
    report, left = Report(), iter(numbers)

    async def go_on() -> None:
        for number in left:
            words, data = await asyncio.to_thread(hostile, seed, number)
            name = f"{seed}/{number} {words}"
            began = time.perf_counter()
            try:
                outcome = await ask(data)
            except Exception as error:
                outcome = f"wrong: {type(error).__name__}"
                report.wrong.append(f"{name}: {type(error).__name__}: {error}")
            seconds = time.perf_counter() - began
            report.outcomes[outcome] += 1
            report.slowest = max(report.slowest, (seconds, name))
            if seconds > most_seconds:
                report.wrong.append(f"{name}: answered after {seconds:.1f} s")
            if report.outcomes.total() == WARM_UP_FILES:
                report.memory_before = memory_of(bot)

    await asyncio.gather(*(go_on() for _ in range(SIDE_BY_SIDE)))
    report.memory_after = memory_of(bot)
    return report


async def ask_analyser(analyser: Analyser, data: bytes) -> str:
    """Return the outcome of one file: an answer, or the name of an error with a sentence."""
    try:
        hearing = await analyser.analyse(data)
    except (UndertoneError, BotError) as error:
        if not str(error).strip().endswith("."):
            raise AssertionError(f"no sentence: {error}") from error
        is_of_worker = type(error) in (AnalyserError, WorkerFaultError)
        return f"{type(error).__name__}: {error}" if is_of_worker else type(error).__name__
    return "heard" if hearing.ranked else "no speech"


def memory_of(bot: psutil.Process) -> dict[str, float]:
    """Return the memory of a bot, and of its largest worker, in MiB."""
    workers = [0]
    for child in bot.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            workers.append(child.memory_info().rss)
    sizes = {"bot": bot.memory_info().rss, "largest worker": max(workers)}
    return {name: round(size / 2**20, 1) for name, size in sizes.items()}
