"""The login, the connection, and the client's options."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.answers.downloads import ATTACHMENT_ORIGINS
from bot.answers.service import AnswerService
from bot.client import Address, Client, connect
from bot.errors import BotError, ConnectionFailedError, LoginError
from bot.playground.world.channels import GENERAL_ID
from bot.settings import DEFAULT_API_URL, DEFAULT_GATEWAY_URL
from bot.storage import Storage
from tests.bot.harness import FakePipeline
from tests.bot_process import PATIENCE, until
from tests.playground import Playground

pytestmark = pytest.mark.usefixtures("playground")

DISCORD = Address(DEFAULT_API_URL, DEFAULT_GATEWAY_URL)
NOWHERE = Address("http://127.0.0.1:9/api/v10", "ws://127.0.0.1:9/gateway")


@dataclass
class Clients:
    """Makes clients, and counts their logins and sessions; no test here sends a voice note."""

    storage: Storage
    made: list[Client] = field(default_factory=list)
    asked_for_content: list[bool] = field(default_factory=list)
    logins: int = 0
    online: int = 0

    def make(self, message_content: bool) -> Client:
        self.asked_for_content.append(message_content)
        self.made.append(
            Client(
                AnswerService(FakePipeline(), self.storage),
                message_content=message_content,
                on_login=self._note_login,
                on_online=self._note_online,
            )
        )
        return self.made[-1]

    async def _note_login(self, _: Client) -> None:
        assert self.online == 0
        self.logins += 1

    def _note_online(self, _: Client) -> None:
        self.online += 1


@pytest.fixture
def clients(storage: Storage) -> Clients:
    return Clients(storage)


@contextlib.asynccontextmanager
async def connected(
    clients: Clients, playground: Playground
) -> AsyncIterator["asyncio.Task[None]"]:
    """Stay connected while a test does something."""
    task = asyncio.create_task(connect(clients.make, playground.token))
    await until(lambda: clients.online or task.done())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=PATIENCE)


async def test_a_token_that_is_refused_is_an_error_with_a_sentence(clients: Clients):
    with pytest.raises(LoginError, match="does not accept DISCORD_TOKEN"):
        await connect(clients.make, "wrong.token")


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        (4004, LoginError, "does not accept DISCORD_TOKEN"),
        (4012, ConnectionFailedError, "try again later"),
    ],
)
async def test_a_connection_that_discord_ends_for_good_is_an_error_with_a_sentence(
    clients: Clients, playground: Playground, code: int, error: type[BotError], words: str
):
    async with connected(clients, playground) as connection:
        playground.faults.close_gateway(code)
        with pytest.raises(error, match=words):
            await connection


async def test_discord_out_of_reach_is_tried_again_before_it_is_an_error(
    clients: Clients, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("bot.client.LOGIN_PAUSES_SECONDS", (0, 0))
    NOWHERE.use()
    with pytest.raises(ConnectionFailedError, match="cannot be reached"):
        await connect(clients.make, "some.token")
    assert len(clients.made) == 3
    tries = [record.getMessage() for record in caplog.records if record.name == "bot.client"]
    assert ["trying again" in message for message in tries] == [True, True]


async def test_without_the_message_content_intent_it_connects_without(
    clients: Clients, playground: Playground, caplog: pytest.LogCaptureFixture
):
    playground.world.privileged_intents = type(playground.world.privileged_intents)(0)
    async with connected(clients, playground) as connection:
        assert not connection.done()
    assert clients.asked_for_content == [True, False]
    assert sum("Message Content" in message for message in caplog.messages) == 1


async def test_a_session_that_is_lost_begins_anew_and_what_is_done_once_is_not_repeated(
    clients: Clients, playground: Playground, monkeypatch: pytest.MonkeyPatch
):
    async def no_pause(*_: object, **__: object) -> None:
        """Skip discord.py's five seconds between sessions."""

    monkeypatch.setattr(Client, "before_identify_hook", no_pause)
    async with connected(clients, playground):
        playground.faults.invalidate_session()
        await until(lambda: clients.online == 2)
    assert clients.logins == 1


async def test_a_closed_client_ignores_events(playground: Playground, clients: Clients):
    async with connected(clients, playground):
        pass
    assert clients.made[0].is_closed()
    clients.made[0].dispatch("ready")
    await asyncio.sleep(0)
    assert clients.online == 1


async def test_the_client_asks_for_what_it_needs_and_pings_nobody(clients: Clients):
    client = clients.make(True)
    asked = {name for name, wanted in client.intents if wanted}
    assert asked == {"guilds", "guild_messages", "dm_messages", "message_content"}
    assert client.allowed_mentions is not None
    assert client.allowed_mentions.to_dict() == discord.AllowedMentions.none().to_dict()


async def test_a_handler_that_fails_is_logged_without_messages_and_no_message_is_kept(
    clients: Clients,
    playground: Playground,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    async def fail(*_: object, **__: object) -> None:
        raise ValueError("what somebody wrote")

    monkeypatch.setattr(AnswerService, "answer_message", fail)
    async with connected(clients, playground):
        await playground.say(GENERAL_ID, "what somebody wrote")
        await until(lambda: "on_message" in caplog.text)
        assert list(clients.made[0].cached_messages) == []
    assert "ValueError" in caplog.text
    assert "what somebody wrote" not in "".join(
        record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG
    )


@pytest.mark.parametrize(
    ("address", "api_url", "origins"),
    [
        (DISCORD, "https://discord.com/api/v10", ATTACHMENT_ORIGINS),
        (NOWHERE, "http://127.0.0.1:9/api/v10", {URL("http://127.0.0.1:9")}),
    ],
)
def test_attachments_come_from_discords_own_hosts_or_from_where_else_the_api_is(
    address: Address, api_url: str, origins: set[URL]
):
    address.use()
    assert api_url == Route.BASE
    assert URL(address.gateway_url) == DiscordWebSocket.DEFAULT_GATEWAY
    assert address.attachment_origins == origins
