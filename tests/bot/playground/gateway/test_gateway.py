"""The gateway: logging in, hearing, coming back, and being turned away."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
import discord
import discord.utils
import pytest
from aiohttp import ClientSession
from discord import TextChannel

from bot.playground.gateway.compression import compressor
from bot.playground.gateway.gateway import MAX_MESSAGES_PER_MINUTE as MAX_MESSAGES
from bot.playground.gateway.session import MAX_REPLAYED_EVENTS
from bot.playground.world.channels import DIRECT_ID, GENERAL_ID, VOICE_NOTES_ID
from tests.bot.playground.conftest import INTENTS, Bot, LogIn
from tests.playground import Faults, Playground, Upload

Json = dict[str, Any]

SOON = 0.05  # seconds; a heartbeat interval that passes at once
HEARTBEAT, IDENTIFY, RESUME, HELLO = 1, 2, 6, 10
INVALID_SESSION = {"op": 9, "d": False}


class Gateway:
    """A bare web socket to the gateway, for what discord.py would never do."""

    def __init__(self, token: str, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._token = token
        self.socket = socket

    async def send(self, op: int, **data: Any) -> None:
        """Send a message, with the token in it."""
        await self.socket.send_json({"op": op, "d": {"token": self._token} | data})

    async def identify(self, **data: Any) -> None:
        await self.send(IDENTIFY, **{"intents": INTENTS.value, "properties": {}} | data)

    async def log_in(self, **data: Any) -> Json:
        """Identify, and return the event READY as what is needed to resume."""
        await self.identify(**data)
        ready = await self.until("READY")
        return {"session_id": ready["d"]["session_id"], "seq": ready["s"]}

    async def next(self) -> Json:
        payload: Json = await self.socket.receive_json(timeout=30)
        return payload

    async def until(self, event: str) -> Json:
        while (payload := await self.next()).get("t") != event:
            pass
        return payload

    async def close_code(self) -> int | None:
        while not self.socket.closed:
            await self.socket.receive(timeout=30)
        return self.socket.close_code


@asynccontextmanager
async def connected(playground: Playground) -> AsyncIterator[Gateway]:
    url = f"{playground.gateway_url}?v=10&encoding=json"
    async with ClientSession() as session, session.ws_connect(url) as socket:
        gateway = Gateway(playground.token, socket)
        assert (await gateway.next())["op"] == HELLO
        yield gateway
        await socket.close(code=4000)  # which does not end the session


@pytest.fixture
async def gateway(playground: Playground) -> AsyncIterator[Gateway]:
    async with connected(playground) as gateway:
        yield gateway


# Logging in


async def test_the_bot_knows_the_server_its_channels_and_what_it_may_do(
    playground: Playground, bot: Bot, caplog: pytest.LogCaptureFixture
):
    [guild] = bot.guilds
    assert guild.name == "Undertone playground"
    assert [channel.name for channel in guild.text_channels] == ["voice-notes", "general"]
    assert (guild.member_count, guild.owner_id) == (4, playground.world.moderator.id)
    assert (bot.user.name, bot.user.bot) == ("undertone", True)
    assert guild.me.top_role.is_bot_managed()
    needed = ("send_messages", "embed_links", "attach_files", "read_message_history")
    for channel in guild.text_channels:
        granted = {name for name, is_granted in channel.permissions_for(guild.me) if is_granted}
        assert granted.issuperset(needed)
        assert granted.isdisjoint(("administrator", "mention_everyone"))
    assert bot.application_flags.gateway_message_content_limited
    await bot.until(lambda: bot.latency < float("inf"))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


# What it hears


async def test_without_the_intent_most_content_is_hidden(playground: Playground, log_in: LogIn):
    bot = await log_in(discord.Intents.default())
    voice = Upload(filename="a.ogg", data=b"OggS")
    await playground.say(VOICE_NOTES_ID, "secret", files=[voice])
    await playground.say(VOICE_NOTES_ID, "@Undertone listen", files=[voice])
    await playground.say(DIRECT_ID, "psst", files=[voice])

    await bot.hear(3)
    hidden, mention, direct = bot.heard
    assert (hidden.content, hidden.attachments) == ("", [])
    assert hidden.author.id == playground.world.you.id
    assert (mention.content, mention.mentions) == (f"<@{bot.user.id}> listen", [bot.user])
    assert len(mention.attachments) == 1
    assert (direct.content, len(direct.attachments)) == ("psst", 1)


async def test_the_bot_hears_of_edits_and_deletions(playground: Playground, bot: Bot):
    sent = await playground.say(VOICE_NOTES_ID, "frist")
    await bot.hear()
    sent = playground.world.edit(sent, content="first")
    edited = await bot.wait_for("raw_message_edit", timeout=30)
    playground.world.delete(sent)
    deleted = await bot.wait_for("raw_message_delete", timeout=30)

    assert (edited.message.content, edited.message.edited_at) == ("first", sent.edited_at)
    assert (deleted.message_id, deleted.channel_id) == (sent.id, VOICE_NOTES_ID)


async def test_a_hidden_channel_is_silent(playground: Playground, bot: Bot, channel: TextChannel):
    playground.faults.deny(VOICE_NOTES_ID, "view_channel")
    await playground.say(VOICE_NOTES_ID, "not for you")
    await playground.say(GENERAL_ID, "for you")
    assert (await bot.hear()).content == "for you"
    assert not channel.permissions_for(channel.guild.me).view_channel


async def test_a_bot_hears_only_what_its_intents_cover(playground: Playground, gateway: Gateway):
    await gateway.log_in(intents=discord.Intents(dm_messages=True).value)
    for channel, words in ((VOICE_NOTES_ID, "to all"), (DIRECT_ID, "to you")):
        playground.world.start_typing(channel, playground.world.you.id)
        await playground.say(channel, words)
    assert (await gateway.next())["d"]["content"] == "to you"


# Coming back


@pytest.mark.parametrize(
    "fault",
    [
        Faults.drop_socket,
        Faults.ask_to_reconnect,
        partial(Faults.invalidate_session, resumable=True),
        *(partial(Faults.close_gateway, code=code) for code in (1000, 4000, 4009)),
    ],
)
async def test_a_bot_that_comes_back_has_missed_nothing(
    playground: Playground, bot: Bot, fault: Any
):
    await playground.say(VOICE_NOTES_ID, "before")
    await bot.hear()
    fault(playground.faults)
    for number in range(5):
        await playground.say(VOICE_NOTES_ID, f"while away {number}")
    await bot.until(lambda: "RESUMED" in bot.events)
    await playground.say(VOICE_NOTES_ID, "after")
    await bot.hear(7)
    said = [message.content for message in bot.heard]
    assert said == ["before", *(f"while away {number}" for number in range(5)), "after"]
    assert bot.events.count("READY") == 1


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_forgotten_session_is_begun_anew(playground: Playground, bot: Bot, is_told: bool):
    if is_told:
        playground.faults.invalidate_session()
    else:
        playground.gateway.forget_all_sessions()
        playground.faults.drop_socket()
    await bot.until(lambda: bot.events.count("GUILD_CREATE") == 2)
    await playground.say(VOICE_NOTES_ID, "hello again")
    assert (await bot.hear()).content == "hello again"
    assert "RESUMED" not in bot.events


async def test_a_bot_that_gives_no_sign_of_life_is_cut_off(playground: Playground):
    playground.gateway.heartbeat_seconds = SOON
    async with connected(playground) as gateway:
        await gateway.log_in()
        assert await gateway.close_code() == 4009
    assert not playground.world.bot_online


@pytest.mark.parametrize(("close_code", "missed"), [(4000, MAX_REPLAYED_EVENTS + 1), (1000, 0)])
async def test_who_has_missed_too_much_or_had_taken_their_leave_cannot_resume(
    playground: Playground, gateway: Gateway, close_code: int, missed: int
):
    async with connected(playground) as before:
        ready = await before.log_in()
        await before.socket.close(code=close_code)
    for _ in range(missed):
        playground.world.start_typing(VOICE_NOTES_ID, playground.world.you.id)
    await gateway.send(RESUME, **ready)
    assert await gateway.next() == INVALID_SESSION


async def test_a_number_never_sent_ends_the_session(playground: Playground, gateway: Gateway):
    async with connected(playground) as before:
        ready = await before.log_in()
    await gateway.send(RESUME, **ready | {"seq": 1_000})
    assert await gateway.close_code() == 4007


async def test_one_session_has_one_connection(playground: Playground, gateway: Gateway):
    ready = await gateway.log_in()
    async with connected(playground) as second:
        await second.send(RESUME, **ready)
        await second.until("RESUMED")
        assert await gateway.close_code() == 4009
        assert playground.world.bot_online


# Nonsense


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("{", 4002),
        ("[]", 4002),
        ('{"op": "1"}', 4002),
        ('{"op": 2}', 4002),
        ('{"op": 42, "d": {}}', 4001),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 8, "d": {}}', 4003),
        ("[" * 2_000, 4002),
        ("x" * 5_000, 1009),
    ],
)
async def test_nonsense_is_answered_with_a_close_code(gateway: Gateway, sent: str, code: int):
    await gateway.socket.send_str(sent)
    assert await gateway.close_code() == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"token": "wrong"}, 4004),
        ({"intents": -1}, 4013),
        ({"intents": 1 << 40}, 4013),
        ({"intents": "all"}, 4013),
        ({"intents": discord.Intents(members=True).value}, 4014),
    ],
)
async def test_who_may_not_log_in_is_turned_away(gateway: Gateway, data: Json, code: int):
    await gateway.identify(**data)
    assert await gateway.close_code() == code


@pytest.mark.parametrize(
    ("op", "times", "code"), [(IDENTIFY, 2, 4005), (HEARTBEAT, MAX_MESSAGES + 1, 4008)]
)
async def test_who_says_too_much_is_cut_off(gateway: Gateway, op: int, times: int, code: int):
    for _ in range(times):
        await gateway.send(op, intents=0)
    assert await gateway.close_code() == code


@pytest.mark.parametrize("query", ["", "v=9&encoding=json", "v=10&encoding=etf"])
async def test_other_protocols_are_refused(playground: Playground, http: ClientSession, query: str):
    async with http.ws_connect(f"{playground.gateway_url}?{query}") as socket:
        assert (await socket.receive(timeout=30)).data == 4012


# Compression: discord.py asks for zlib before Python 3.14, and all other tests so use it


async def test_an_unknown_compression_is_refused(playground: Playground, http: ClientSession):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await http.ws_connect(f"{playground.gateway_url}?v=10&encoding=json&compress=rle")
    assert refused.value.status == 400


def test_zstd_is_read_back_where_python_knows_it():
    compress, stream = compressor("zstd-stream"), discord.utils._ActiveDecompressionContext()
    if compress is None or stream.COMPRESSION_TYPE != "zstd-stream":
        pytest.skip("zstd comes with Python 3.14, or with the package zstandard")
    messages = [json.dumps({"text": "é" * length}) for length in (0, 1, 5_000, 1)]
    assert [stream.decompress(compress(message)) for message in messages] == messages
