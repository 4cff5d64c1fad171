"""A playground on a free port, an ordinary discord.py client in it, and an open page."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.playground.world.channels import VOICE_NOTES_ID
from tests.playground import Playground

INTENTS = discord.Intents.default() | discord.Intents(message_content=True)
PATIENCE_SECONDS = 30.0  # for anything to happen on a busy machine

Json = dict[str, Any]


class Bot(discord.Client):
    """discord.py's own client, which notes what it receives."""

    def __init__(self, intents: discord.Intents = INTENTS) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.02, enable_debug_events=False)
        self.heard: list[discord.Message] = []
        self.events: list[str] = []

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do without the pause that discord.py makes between two logins."""

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            self.heard.append(message)

    async def on_socket_event_type(self, event: str) -> None:
        self.events.append(event)

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():  # noqa: ASYNC110 - what the tests wait for sets no event
                await asyncio.sleep(0.005)

    async def hear(self, count: int = 1) -> discord.Message:
        """Wait for so many messages, and return the last."""
        await self.until(lambda: len(self.heard) >= count)
        return self.heard[count - 1]


class Tree(app_commands.CommandTree[Bot]):
    """A command tree whose one command does what the test wants, and which keeps its errors."""

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self.seen: list[discord.Interaction[Bot]] = []
        self.errors: list[Any] = []
        self.is_done = False

    async def on_error(
        self, interaction: discord.Interaction[Bot], error: app_commands.AppCommandError, /
    ) -> None:
        self.errors.append(getattr(error, "original", error))

    async def does(self, handle: Callable[..., Any]) -> None:
        """Register a command ``hear`` that does what the test wants."""

        @self.command(name="hear", description="Does what the test wants.")
        async def command(interaction: discord.Interaction[Bot]) -> None:
            self.seen.append(interaction)
            await handle(interaction)
            self.is_done = True

        await self.sync()

    async def finish(self) -> None:
        """Wait until the command has done what the test wants, and check that nothing failed."""
        await self.client.until(lambda: self.is_done or self.errors)
        assert self.errors == []


class Api:
    """A bare client of the REST API, for what discord.py would never send."""

    def __init__(self, playground: Playground, http: aiohttp.ClientSession) -> None:
        self._playground = playground
        self._http = http
        self.headers: Mapping[str, str] = {}  # of the last response

    async def request(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Send a request with the bot's token, and return the status and the JSON body."""
        headers = {"Authorization": f"Bot {self._playground.token}"} | options.pop("headers", {})
        url = self._playground.api_url + path
        async with self._http.request(method, url, headers=headers, **options) as response:
            self.headers = response.headers
            return response.status, await response.json()


class PageEvents:
    """What an open page is told."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def next(self, kind: str) -> Json:
        """Wait for the next event of a kind, passing over others."""
        while (event := await self._socket.receive_json(timeout=PATIENCE_SECONDS))["type"] != kind:
            pass
        return event


@contextmanager
def refused(status: int, code: int) -> Iterator[None]:
    """Check that the REST API refuses what is done, with HTTP's status and Discord's code."""
    with pytest.raises(discord.HTTPException) as caught:
        yield
    assert (caught.value.status, caught.value.code) == (status, code)


LogIn = Callable[..., Awaitable[Bot]]


@pytest.fixture
async def playground(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Playground]:
    async with Playground(port=0) as running:
        running.lift_rate_limits()
        monkeypatch.setattr(Route, "BASE", running.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(running.gateway_url))
        yield running


@pytest.fixture
async def log_in(playground: Playground) -> AsyncIterator[LogIn]:
    """Return a function that logs a client in, and waits until it is ready."""
    running: list[tuple[Bot, asyncio.Task[None]]] = []

    async def log_in(intents: discord.Intents = INTENTS) -> Bot:
        bot = Bot(intents)
        task = asyncio.create_task(bot.start(playground.token))
        running.append((bot, task))
        await bot.until(lambda: task.done() or (bot.is_ready() and "GUILD_CREATE" in bot.events))
        if task.done():
            task.result()
        return bot

    yield log_in
    for bot, task in running:
        await bot.close()
        task.cancel()
        with suppress(asyncio.CancelledError, discord.DiscordException):
            await task


@pytest.fixture
async def bot(log_in: LogIn) -> Bot:
    return await log_in()


@pytest.fixture
async def tree(bot: Bot) -> Tree:
    return Tree(bot)


@pytest.fixture
def channel(bot: Bot) -> discord.TextChannel:
    """Return the channel that tests write in, as the bot sees it."""
    return bot.get_channel(VOICE_NOTES_ID)  # type: ignore[return-value]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def api(playground: Playground, http: aiohttp.ClientSession) -> Api:
    return Api(playground, http)


@pytest.fixture
async def page_events(
    playground: Playground, http: aiohttp.ClientSession
) -> AsyncIterator[PageEvents]:
    async with http.ws_connect(f"{playground.page_url}/playground/events") as socket:
        yield PageEvents(socket)
