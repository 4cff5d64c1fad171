"""``python -m bot`` as a process of its own, and its replies, for tests and benchmarks."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bot.analysis.pool import Analyser
from bot.answers.progress import waiting
from bot.lifecycle.shutdown import STUCK
from bot.playground.world.events import Event, MessageCreated
from bot.playground.world.messages import Message
from bot.settings import Settings
from tests.playground import Playground

PROJECT = str(Path(__file__).resolve().parent.parent)
PATIENCE = 60.0  # seconds after which a test gives up waiting; the machine may be busy
ROOMY = 10**6  # messages that the playground keeps, so that none is gone before it is answered

NO_LIMITS = {
    "max_waiting_notes": 1000,
    "max_waiting_notes_of_server": 1000,
    "max_waiting_notes_of_person": 1000,
    "notes_per_minute_of_server": 0,
    "notes_per_minute_of_person": 0,
    "remember_seconds": 0,
}
"""Settings under which one person is not limited, and no result is cached."""

_NOTICE = re.compile(
    "|".join(re.sub(r"\d+", r"\\d+", re.escape(waiting(place))) for place in (1, 2, 3))
)


def is_notice(content: str | None) -> bool:
    """Return whether a message is a notice about the queue, and no answer."""
    return bool(_NOTICE.fullmatch(content or ""))


async def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what the tests wait for sets no event
            await asyncio.sleep(0.02)


def is_gone(process_id: int) -> bool:
    """Return whether a process has ended, reaped or not."""
    try:
        return psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def workers_of(process: psutil.Process) -> list[psutil.Process]:
    """Return the worker processes of a bot: each leads a group of its own."""
    return [
        child
        for child in process.children(recursive=True)
        if not is_gone(child.pid) and os.getpgid(child.pid) == child.pid
    ]


async def at_work(process: psutil.Process) -> psutil.Process:
    """Wait until a worker of a bot is in the middle of an analysis, and return it."""
    before = {worker.pid: worker.cpu_times().user for worker in workers_of(process)}
    async with asyncio.timeout(PATIENCE):
        while True:
            for worker in workers_of(process):
                if worker.cpu_times().user > before.get(worker.pid, 0.0) + 0.1:
                    return worker
            await asyncio.sleep(0.02)


@dataclass
class BotProcess:
    """``python -m bot``, as a person starts it."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reading = asyncio.gather(
            _collect(self.process.stdout, self.lines), _collect(self.process.stderr, self.errors)
        )

    async def says(self, words: str) -> str:
        """Wait for a line of its output that has some words in it, and return it."""
        await until(
            lambda: any(words in line for line in self.lines) or self.process.returncode is not None
        )
        found = [line for line in self.lines if words in line]
        assert found, f"no {words!r} in {self.lines}; it logged {self.errors}"
        return found[0]

    async def ends(self, number: signal.Signals | None = None) -> int:
        """Wait until it has ended, after a signal if one is given, and return its exit code."""
        if number is not None:
            self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            await self._reading
            return await self.process.wait()

    @property
    def as_psutil(self) -> psutil.Process:
        return psutil.Process(self.process.pid)

    @property
    def troubles(self) -> list[str]:
        """Lines on standard error of a traceback or a stuck event loop."""
        return [line for line in self.errors if "Traceback" in line or STUCK in line]


async def _collect(stream: asyncio.StreamReader | None, lines: list[str]) -> None:
    assert stream is not None
    async for line in stream:
        lines.append(line.decode().rstrip("\r\n"))


@contextlib.asynccontextmanager
async def started_bot(
    folder: Path, *arguments: str, **settings: object
) -> AsyncIterator[BotProcess]:
    """Run ``python -m bot`` in a folder, with only the settings given; kill it at the end."""
    names = {name.upper() for name in Settings.model_fields}
    bare = {name: value for name, value in os.environ.items() if name not in names}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *arguments),
        cwd=folder,
        env=bare
        | {"PYTHONPATH": PROJECT}
        | {name.upper(): str(value) for name, value in settings.items()},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    bot = BotProcess(process)
    try:
        yield bot
    finally:
        if process.returncode is None:
            process.kill()
        await bot.ends()


def in_playground(playground: Playground) -> dict[str, object]:
    """Return the settings with which ``python -m bot`` connects to a playground."""
    return {
        "discord_token": playground.token,
        "discord_api_url": playground.api_url,
        "discord_gateway_url": playground.gateway_url,
    }


@contextlib.asynccontextmanager
async def running_bot(
    folder: Path, **settings: object
) -> AsyncIterator[tuple[Playground, psutil.Process]]:
    """Run the bot in an empty folder, in a playground without rate limits."""
    async with Playground(port=0) as playground:
        playground.world.max_messages = ROOMY
        playground.lift_rate_limits()
        given = NO_LIMITS | in_playground(playground) | {"log_level": "WARNING", **settings}
        async with started_bot(folder, **given) as bot:
            await bot.says("is ready")
            yield playground, bot.as_psutil
            with contextlib.suppress(ProcessLookupError):
                await bot.ends(signal.SIGTERM)
        print(*bot.errors, sep="\n", end="", file=sys.stderr)


@contextlib.asynccontextmanager
async def running_analyser(settings: Settings) -> AsyncIterator[Analyser]:
    """Run the bot's worker processes alone."""
    analyser = Analyser(settings)
    try:
        await analyser.start()
        yield analyser
    finally:
        await analyser.stop()


class Replies:
    """Waits for the bot's replies in a playground, many at a time."""

    def __init__(self, playground: Playground) -> None:
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self.stop = playground.world.subscribe(self._note)

    def to(self, message_id: int) -> "asyncio.Future[Message]":
        """Expect the reply to a message that was sent just now."""
        return self._waiting.setdefault(message_id, asyncio.get_running_loop().create_future())

    def _note(self, event: Event) -> None:
        if not isinstance(event, MessageCreated) or event.message.reply_to is None:
            return
        if not is_notice(event.message.content):
            expected = self.to(int(event.message.reply_to))
            if not expected.done():
                expected.set_result(event.message)
