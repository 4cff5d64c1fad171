"""Hostile files by the thousand, through the door of a voice note, and what becomes of them."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import psutil

from bot.analyser import Analyser
from bot.errors import AnalyserError, BotError
from ser_core.errors import UndertoneError
from tests.fuzz.mutations import hostile

WARM_UP_FILES = 500  # after which a process has the memory that it needs
TREND_FILES = 500  # between two looks at the bot's memory
MOST_TOLD = 20  # files that went wrong, by name

Ask = Callable[[bytes], Awaitable[str]]


@dataclass
class Report:
    """What became of hostile files."""

    files: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest_seconds: float = 0.0
    slowest: str = ""
    wrong: list[str] = field(default_factory=list)
    memory_before: dict[str, float] = field(default_factory=dict)  # MiB
    memory_after: dict[str, float] = field(default_factory=dict)  # MiB
    memory_meanwhile: list[float] = field(default_factory=list)  # MiB, of the bot


async def attack(
    ask: Ask,
    seed: int,
    numbers: Iterable[int],
    *,
    side_by_side: int,
    most_seconds: float,
    memory: Callable[[], dict[str, float]],
) -> Report:
    """Ask about hostile files, so many at a time.

    Parameters
    ----------
    ask
        Gives what became of a file in a word; raises an error for what must not become of it.
    seed, numbers
        Which files.
    side_by_side
        How many at a time.
    most_seconds
        The longest that an answer may take.
    memory
        Tells the memory of processes by name, in MiB.
    """
    report, left = Report(), iter(numbers)

    async def go_on() -> None:
        for number in left:
            words, data = await asyncio.to_thread(hostile, seed, number)
            began = time.perf_counter()
            try:
                outcome = await ask(data)
            except Exception as error:
                outcome = f"wrong: {type(error).__name__}"
                report.wrong.append(f"{seed}/{number} {words}: {type(error).__name__}: {error}")
            seconds = time.perf_counter() - began
            report.files += 1
            report.outcomes[outcome] += 1
            if seconds > report.slowest_seconds:
                report.slowest_seconds, report.slowest = seconds, f"{seed}/{number} {words}"
            if seconds > most_seconds:
                report.wrong.append(f"{seed}/{number} {words}: answered after {seconds:.1f} s")
            if report.files == WARM_UP_FILES:
                report.memory_before = memory()
            if report.files % TREND_FILES == 0:
                report.memory_meanwhile.append(memory()["bot"])

    await asyncio.gather(*(go_on() for _ in range(side_by_side)))
    report.memory_after = memory()
    return report


async def ask_analyser(analyser: Analyser, data: bytes) -> str:
    """Ask the analyser: an answer, or an error that is a sentence."""
    try:
        hearing = await analyser.analyse(data)
    except (UndertoneError, BotError) as error:
        if not str(error).strip().endswith("."):
            raise AssertionError(f"no sentence: {error}") from error
        if type(error) is AnalyserError or type(error).__name__ == "WorkerFaultError":
            return f"{type(error).__name__}: {error}"
        return type(error).__name__
    return "heard" if hearing.ranked else "no speech"


def memory_of(bot: psutil.Process) -> dict[str, float]:
    """Tell the memory of a bot, and of its largest worker, in MiB."""
    mebibyte = 2.0**20
    children = [0]
    for child in bot.children(recursive=True):
        try:
            children.append(child.memory_info().rss)
        except psutil.Error:
            continue
    return {
        "bot": round(bot.memory_info().rss / mebibyte, 1),
        "largest worker": round(max(children) / mebibyte, 1),
    }
