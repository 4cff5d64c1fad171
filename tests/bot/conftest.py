"""The real bot, in a playground over loopback.

`undertone` is one bot for the whole session, started as the command line does, with real worker
processes. `start_bot` starts ``python -m bot`` as a process of its own.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio

from bot.client import Address
from bot.ending import LastResort
from bot.playground.world.channels import DIRECT_ID, VOICE_NOTES_ID
from bot.playground.world.world import World
from bot.runner import serve
from bot.settings import DEFAULT_API_URL, DEFAULT_GATEWAY_URL, Settings
from tests.notices import is_notice
from tests.playground import Playground, Upload

PATIENCE = 60.0  # seconds after which a test gives up waiting; the machine may be busy
MAX_FILE_BYTES = 9 * 2**20
MAX_AUDIO_SECONDS = 600.0

Json = dict[str, Any]
StartBot = Callable[..., Awaitable["BotProcess"]]


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what the tests wait for sets no event
            await asyncio.sleep(0.02)


def workers_of(process: psutil.Process) -> list[psutil.Process]:
    """Find the worker processes of a bot: each leads a group of its own."""
    return [
        child
        for child in process.children(recursive=True)
        if os.getpgid(child.pid) == child.pid and child.status() != psutil.STATUS_ZOMBIE
    ]


async def at_work(process: psutil.Process) -> psutil.Process:
    """Wait until a worker of a bot is in the middle of an analysis, and give it."""
    before = {worker.pid: worker.cpu_times().user for worker in workers_of(process)}
    async with asyncio.timeout(PATIENCE):
        while True:
            for worker in workers_of(process):
                if worker.cpu_times().user > before.get(worker.pid, 0.0) + 0.1:
                    return worker
            await asyncio.sleep(0.02)


@dataclass
class Undertone:
    """A running bot, and the playground around it."""

    playground: Playground
    said: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.playground.world

    @property
    def server(self) -> int:
        """The id of a channel in the server."""
        return VOICE_NOTES_ID

    @property
    def mention(self) -> str:
        """What one writes to name the bot."""
        return f"<@{self.world.bot.id}>"

    @property
    def direct(self) -> int:
        """The id of the conversation with the bot."""
        return DIRECT_ID

    async def send(self, *files: Upload, channel: int | None = None, **rest: Any) -> int:
        """Send a message as a person, and give its id."""
        message = await self.playground.say(channel or self.server, files=files, **rest)
        return message.id

    async def ask(self, *files: Upload, channel: int | None = None, **rest: Any) -> Json:
        """Send a message as a person, and give the bot's reply."""
        return await self.reply_to(await self.send(*files, channel=channel, **rest))

    async def reply_to(self, message_id: int) -> Json:
        """Wait for the bot's reply to a message, and pass over what it says to those who wait."""
        reply = await self.playground.wait_for_reply(message_id, PATIENCE)
        if is_notice(reply["content"]):
            await until(lambda: self.replies_to(message_id))
            (reply,) = self.replies_to(message_id)
        return reply

    def replies_to(self, message_id: int) -> list[Json]:
        """Give all that the bot has said so far to a message."""
        return [
            message
            for message in self.playground.bot_messages()
            if message.get("message_reference", {}).get("message_id") == str(message_id)
            and not is_notice(message["content"])
        ]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _undertone(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Undertone]:
    database = tmp_path_factory.mktemp("data") / "undertone.db"
    async with Playground(port=0) as playground:
        playground.lift_rate_limits()
        undertone = Undertone(playground)

        stop = asyncio.Event()
        settings = Settings(
            _env_file=None,
            discord_token=playground.token,
            discord_api_url=playground.api_url,
            discord_gateway_url=playground.gateway_url,
            max_file_bytes=MAX_FILE_BYTES,
            max_audio_seconds=MAX_AUDIO_SECONDS,
            workers=2,
            database_url=f"sqlite:///{database}",
            analysis_timeout_seconds=60,
            notes_per_minute_of_server=0,
            notes_per_minute_of_person=0,
        )
        bot = asyncio.create_task(serve(settings, undertone.said.append, stop, LastResort()))
        await until(lambda: undertone.said or bot.done())
        if bot.done():
            await bot
        yield undertone
        stop.set()
        async with asyncio.timeout(PATIENCE):
            await bot
    Address(DEFAULT_API_URL, DEFAULT_GATEWAY_URL).use()


@pytest.fixture
def undertone(_undertone: Undertone) -> Iterator[Undertone]:
    """Give the session's bot, with all well again after each test that makes it go wrong."""
    playground = _undertone.playground
    # Another module's test may have had its own playground meanwhile.
    Address(playground.api_url, playground.gateway_url).use()
    yield _undertone
    playground.faults.clear()


@dataclass
class BotProcess:
    """``python -m bot``, as a person starts it."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _readers: list["asyncio.Task[None]"] = field(default_factory=list)

    def read(self) -> None:
        """Begin to read what it says and logs."""
        for stream, lines in (
            (self.process.stdout, self.lines),
            (self.process.stderr, self.errors),
        ):
            assert stream is not None
            self._readers.append(asyncio.create_task(_collect(stream, lines)))

    async def says(self, words: str) -> str:
        """Wait for a line of its output that has some words in it, and give it."""
        await until(
            lambda: any(words in line for line in self.lines) or self.process.returncode is not None
        )
        found = [line for line in self.lines if words in line]
        assert found, f"no {words!r} in {self.lines}; it logged {self.errors}"
        return found[0]

    async def leaves(self) -> int:
        """Wait until it has ended, and give its exit code."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self._readers)
            return await self.process.wait()

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    @property
    def as_psutil(self) -> psutil.Process:
        return psutil.Process(self.process.pid)


async def _collect(stream: asyncio.StreamReader, lines: list[str]) -> None:
    async for line in stream:
        lines.append(line.decode().rstrip("\r\n"))


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(port=0) as playground:
        yield playground


@pytest_asyncio.fixture
async def start_bot(tmp_path: Path) -> AsyncIterator[StartBot]:
    """Give a function that starts ``python -m bot`` with settings given by name.

    It starts in an empty folder and with no settings but these, and with one worker unless told
    otherwise, which is there sooner; it is killed after the test if it has not ended by then.
    """
    names = {name.upper() for name in Settings.model_fields}
    bare = {name: value for name, value in os.environ.items() if name not in names}
    started: list[BotProcess] = []

    async def start(*arguments: str, **settings: object) -> BotProcess:
        given = {"workers": 1} | settings
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *arguments,
            cwd=tmp_path,
            env=bare | {name.upper(): str(value) for name, value in given.items()},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        bot = BotProcess(process)
        bot.read()
        started.append(bot)
        return bot

    yield start
    for bot in started:
        if bot.process.returncode is None:
            bot.process.kill()
        await bot.leaves()


def in_playground(playground: Playground) -> dict[str, str]:
    """Give the settings with which ``python -m bot`` connects to a playground of the test's own."""
    return {
        "discord_token": playground.token,
        "discord_api_url": playground.api_url,
        "discord_gateway_url": playground.gateway_url,
    }
