"""Logging in, staying connected, and what the client is told not to do."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import discord
import pytest
import pytest_asyncio
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr
from yarl import URL

from bot.analyser import Analyser
from bot.answers.pipeline import Pipeline
from bot.answers.service import AnswerService
from bot.client import Address, Client, connect
from bot.downloads import ATTACHMENT_ORIGINS, Downloads
from bot.errors import ConnectionFailedError, LoginError
from bot.playground.world.channels import GENERAL_ID
from bot.settings import DEFAULT_API_URL, DEFAULT_GATEWAY_URL, Settings
from bot.storage import Storage
from tests.bot_process import PATIENCE, until
from tests.playground import Playground

DISCORD = Address(DEFAULT_API_URL, DEFAULT_GATEWAY_URL)
NOWHERE = Address("http://127.0.0.1:9/api/v10", "ws://127.0.0.1:9/gateway")
SETTINGS = Settings(_env_file=None)


@dataclass
class Clients:
    """Makes clients, and notes what becomes of them; none of these tests sends a voice note."""

    storage: Storage
    made: list[Client] = field(default_factory=list)
    asked_for_content: list[bool] = field(default_factory=list)
    logins: int = 0
    online: int = 0

    def make(self, message_content: bool) -> Client:
        self.asked_for_content.append(message_content)
        downloads = Downloads(0, 1.0, ATTACHMENT_ORIGINS)
        pipeline = Pipeline(SETTINGS, Analyser(SETTINGS), downloads)
        self.made.append(
            Client(
                AnswerService(pipeline, self.storage),
                message_content=message_content,
                on_login=self._note_login,
                on_online=self._note_online,
            )
        )
        return self.made[-1]

    async def _note_login(self) -> None:
        assert self.online == 0
        self.logins += 1

    def _note_online(self, _: Client) -> None:
        self.online += 1


@pytest_asyncio.fixture
async def playground() -> AsyncIterator[Playground]:
    async with Playground(port=0) as playground:
        Address(playground.api_url, playground.gateway_url).use()
        yield playground
    DISCORD.use()


@pytest_asyncio.fixture
async def clients(tmp_path: Path) -> AsyncIterator[Clients]:
    async with Storage.open(SecretStr(f"sqlite:///{tmp_path / 'undertone.db'}")) as storage:
        yield Clients(storage)


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


async def test_a_token_that_is_refused_is_told_in_a_sentence(
    playground: Playground, clients: Clients
):
    with pytest.raises(LoginError, match="does not accept DISCORD_TOKEN"):
        await connect(clients.make, "wrong.token")


async def test_a_token_that_is_withdrawn_meanwhile_is_told_in_a_sentence(
    playground: Playground, clients: Clients
):
    async with connected(clients, playground) as connection:
        playground.faults.close_gateway(4004)
        with pytest.raises(LoginError, match="does not accept DISCORD_TOKEN"):
            await connection


async def test_a_connection_that_discord_ends_for_good_is_told_in_a_sentence(
    clients: Clients,
    playground: Playground,
):
    async with connected(clients, playground) as connection:
        playground.faults.close_gateway(4012)
        with pytest.raises(ConnectionFailedError, match="try again later"):
            await connection


async def test_discord_out_of_reach_is_tried_again_and_then_told_in_a_sentence(
    clients: Clients, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("bot.client.LOGIN_PAUSES_SECONDS", (0, 0))
    NOWHERE.use()
    with pytest.raises(ConnectionFailedError, match="cannot be reached"):
        await connect(clients.make, "some.token")
    DISCORD.use()
    assert len(clients.made) == 3
    tries = [record for record in caplog.records if record.name == "bot.client"]
    assert ["trying again" in record.getMessage() for record in tries] == [True, True]


async def test_without_the_message_content_intent_it_connects_without(
    clients: Clients, playground: Playground, caplog: pytest.LogCaptureFixture
):
    playground.world.privileged_intents = type(playground.world.privileged_intents)(0)
    async with connected(clients, playground) as connection:
        assert not connection.done()
    assert clients.asked_for_content == [True, False]
    told = [record for record in caplog.records if "Message Content" in record.getMessage()]
    assert len(told) == 1


async def test_a_session_that_is_lost_begins_anew_and_what_is_done_once_is_not_repeated(
    clients: Clients, playground: Playground, monkeypatch: pytest.MonkeyPatch
):
    async def no_pause(*_: object, **__: object) -> None:
        """Do without discord.py's five seconds between sessions."""

    monkeypatch.setattr(Client, "before_identify_hook", no_pause)
    async with connected(clients, playground):
        playground.faults.invalidate_session()
        await until(lambda: clients.online == 2)
    assert clients.logins == 1


async def test_a_client_that_is_closed_passes_over_what_still_arrives(
    playground: Playground, clients: Clients
):
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


async def test_the_client_keeps_nobodys_messages(
    clients: Clients, playground: Playground, monkeypatch: pytest.MonkeyPatch
):
    heard: list[int] = []

    async def note(_: AnswerService, message: discord.Message, **__: int) -> None:
        heard.append(message.id)

    monkeypatch.setattr(AnswerService, "answer_message", note)
    async with connected(clients, playground):
        await playground.say(GENERAL_ID, "remember me")
        await playground.say(GENERAL_ID, "and me")
        await until(lambda: len(heard) == 2)
        assert list(clients.made[0].cached_messages) == []


async def test_a_handler_that_fails_is_logged_without_what_it_was_about(
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
    assert "ValueError" in caplog.text
    assert "what somebody wrote" not in "".join(
        record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG
    )


def test_the_addresses_are_discords_own_unless_told_otherwise():
    DISCORD.use()
    assert Route.BASE == "https://discord.com/api/v10"
    assert URL("wss://gateway.discord.gg/") == DiscordWebSocket.DEFAULT_GATEWAY
    assert DISCORD.attachment_origins == ATTACHMENT_ORIGINS


def test_elsewhere_attachments_come_from_where_the_api_is():
    elsewhere = Address("http://127.0.0.1:8765/api/v10/", "ws://127.0.0.1:8765/gateway")
    elsewhere.use()
    assert Route.BASE == "http://127.0.0.1:8765/api/v10"
    assert URL("ws://127.0.0.1:8765/gateway") == DiscordWebSocket.DEFAULT_GATEWAY
    assert elsewhere.attachment_origins == {URL("http://127.0.0.1:8765")}
    DISCORD.use()
