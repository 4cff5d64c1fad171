"""The real bot, in a playground over loopback.

`undertone` is one bot for the whole session, started as the command line does, with real worker
processes. `start_bot` starts ``python -m bot`` as a process of its own. `harness` has the bot's own
client, with made-up results.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.app import serve
from bot.client import Address
from bot.lifecycle.shutdown import Watchdog
from bot.playground.world.channels import DIRECT_ID, VOICE_NOTES_ID
from bot.playground.world.world import World
from bot.settings import DEFAULT_API_URL, DEFAULT_GATEWAY_URL, Settings
from bot.storage import Storage
from tests.bot.harness import FakePipeline, Harness, Json, QuietAnswers, TestClient
from tests.bot_process import PATIENCE, BotProcess, in_playground, is_notice, started_bot, until
from tests.playground import Playground, Upload

MAX_FILE_BYTES = 9 * 2**20

StartBot = Callable[..., Awaitable[BotProcess]]


@dataclass
class Undertone:
    """A running bot, and the playground around it."""

    playground: Playground
    said: list[str] = field(default_factory=list)
    server: int = VOICE_NOTES_ID  # the id of a channel in it
    direct: int = DIRECT_ID  # the id of the conversation with the bot

    @property
    def world(self) -> World:
        return self.playground.world

    @property
    def mention(self) -> str:
        """A mention of the bot."""
        return f"<@{self.world.bot.id}>"

    async def send(self, *files: Upload, channel: int | None = None, **rest: Any) -> int:
        """Send a message as a person, and return its id."""
        message = await self.playground.say(channel or self.server, files=files, **rest)
        return message.id

    async def ask(self, *files: Upload, channel: int | None = None, **rest: Any) -> Json:
        """Send a message as a person, and return the bot's reply."""
        return await self.reply_to(await self.send(*files, channel=channel, **rest))

    async def reply_to(self, message_id: int) -> Json:
        """Wait for the bot's reply to a message that is not a position in the queue."""
        reply = await self.playground.wait_for_reply(message_id, PATIENCE)
        if is_notice(reply["content"]):
            await until(lambda: self.replies_to(message_id))
            (reply,) = self.replies_to(message_id)
        return reply

    def replies_to(self, message_id: int) -> list[Json]:
        """Return the bot's replies to a message so far, without positions in the queue."""
        return [
            message
            for message in self.playground.bot_messages()
            if message.get("message_reference", {}).get("message_id") == str(message_id)
            and not is_notice(message["content"])
        ]


@contextlib.asynccontextmanager
async def _open_playground() -> AsyncIterator[Playground]:
    """Open a playground that the clients in this process connect to."""
    async with Playground(port=0) as playground:
        Address(playground.api_url, playground.gateway_url).use()
        yield playground
    Address(DEFAULT_API_URL, DEFAULT_GATEWAY_URL).use()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _undertone(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Undertone]:
    database = tmp_path_factory.mktemp("data") / "undertone.db"
    async with _open_playground() as playground:
        playground.lift_rate_limits()
        undertone = Undertone(playground)
        stop = asyncio.Event()
        settings = Settings(
            _env_file=None,
            **in_playground(playground),
            max_file_bytes=MAX_FILE_BYTES,
            workers=2,
            database_url=f"sqlite:///{database}",
            analysis_timeout_seconds=60,
            notes_per_minute_of_server=0,
            notes_per_minute_of_person=0,
        )
        bot = asyncio.create_task(serve(settings, undertone.said.append, stop, Watchdog()))
        await until(lambda: undertone.said or bot.done())
        if bot.done():
            await bot
        yield undertone
        stop.set()
        async with asyncio.timeout(PATIENCE):
            await bot


@pytest.fixture
def undertone(_undertone: Undertone) -> Iterator[Undertone]:
    """Yield the session's bot; the playground's faults are cleared after each test."""
    playground = _undertone.playground
    # Another module's test may have had its own playground meanwhile.
    Address(playground.api_url, playground.gateway_url).use()
    yield _undertone
    playground.faults.clear()


@pytest.fixture
async def playground() -> AsyncIterator[Playground]:
    async with _open_playground() as playground:
        yield playground


@pytest.fixture
async def start_bot(tmp_path: Path) -> AsyncIterator[StartBot]:
    """Yield a function that starts ``python -m bot`` with settings given by name.

    It starts in an empty folder and with no settings but these, and with one worker by default,
    which starts sooner; it is killed after the test if it has not ended by then.
    """
    async with contextlib.AsyncExitStack() as stack:

        async def start(*arguments: str, **settings: object) -> BotProcess:
            given = {"workers": 1} | settings
            return await stack.enter_async_context(started_bot(tmp_path, *arguments, **given))

        yield start


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with Storage.open(SecretStr(f"sqlite:///{tmp_path / 'undertone.db'}")) as storage:
        yield storage


@pytest.fixture
async def harness(storage: Storage, playground: Playground) -> AsyncIterator[Harness]:
    pipeline = FakePipeline()
    service = QuietAnswers(pipeline, storage)
    bot = TestClient(service)
    running = asyncio.create_task(bot.start(playground.token))
    try:
        await until(lambda: bot.is_online.is_set() or running.done())
        if running.done():
            running.result()
        yield Harness(playground, storage, pipeline, service, bot)
    finally:
        await bot.close()
        await asyncio.wait({running})
