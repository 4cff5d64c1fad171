"""The gateway: logging in, hearing, coming back, and being turned away."""

import asyncio
import json
import logging
import zlib
from typing import Any

import aiohttp
import discord
import pytest

from bot.playground.gateway.gateway import MAX_MESSAGES_PER_MINUTE
from bot.playground.gateway.session import MAX_REPLAYED_EVENTS
from bot.playground.world.channels import DIRECT_ID, GENERAL_ID, VOICE_NOTES_ID
from tests.bot.playground.conftest import Bot, LogIn, PageEvents
from tests.playground import Playground, Upload

Json = dict[str, Any]

SOON = 0.05  # seconds; a heartbeat interval that passes at once
INTENTS = discord.Intents.default().value | discord.Intents.message_content.flag


def said(bot: Bot) -> list[str]:
    return [message.content for message in bot.heard]


# Logging in


async def test_the_bot_knows_the_server_its_channels_and_what_it_may_do(
    playground: Playground, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    [guild] = bot.guilds
    assert guild.name == "Undertone playground"
    assert [channel.name for channel in guild.text_channels] == ["voice-notes", "general"]
    assert guild.member_count == 4
    assert guild.owner_id == playground.world.moderator.id
    assert bot.user is not None
    assert (bot.user.name, bot.user.bot) == ("undertone", True)
    assert guild.me.top_role.is_bot_managed()
    for channel in guild.text_channels:
        permissions = channel.permissions_for(guild.me)
        assert permissions.send_messages
        assert permissions.embed_links
        assert permissions.attach_files
        assert permissions.read_message_history
        assert not permissions.administrator
        assert not permissions.mention_everyone
    assert bot.application_flags.gateway_message_content_limited
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_the_page_is_told_when_the_bot_comes_and_goes(
    playground: Playground, page_events: PageEvents, log_in: LogIn
) -> None:
    assert not (await page_events.next("state"))["bot_online"]
    bot = await log_in()
    assert (await page_events.next("presence"))["bot_online"]
    assert playground.world.bot_online
    await bot.close()
    assert not (await page_events.next("presence"))["bot_online"]
    assert not playground.world.bot_online


async def test_a_wrong_token_is_turned_away_by_the_api_and_the_gateway(
    playground: Playground, log_in: LogIn
) -> None:
    stranger = Bot()
    with pytest.raises(discord.LoginFailure):
        await stranger.login("wrong")
    await stranger.close()
    async with raw(playground) as gateway:
        await gateway.identify(token="wrong")  # noqa: S106
        assert await gateway.close_code() == 4004
    bot = await log_in()
    assert bot.http.token == playground.token


async def test_an_intent_that_is_not_switched_on_closes_the_gateway(
    playground: Playground, log_in: LogIn
) -> None:
    playground.world.privileged_intents = discord.Intents.none()
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await log_in()


# What it hears


async def test_without_the_intent_content_is_hidden_but_for_mentions_and_conversations(
    playground: Playground, log_in: LogIn
) -> None:
    bot = await log_in(intents=discord.Intents.default())
    voice = Upload(filename="a.ogg", data=b"OggS")
    await playground.say(VOICE_NOTES_ID, "secret", files=[voice])
    await playground.say(VOICE_NOTES_ID, "@Undertone listen", files=[voice])
    await playground.say(DIRECT_ID, "psst", files=[voice])

    await bot.hear(3)
    hidden, mention, direct = bot.heard
    assert (hidden.content, hidden.attachments) == ("", [])
    assert hidden.author.id == playground.world.you.id
    assert mention.content == f"<@{playground.world.bot.id}> listen"
    assert bot.user in mention.mentions
    assert len(mention.attachments) == 1
    assert (direct.content, len(direct.attachments)) == ("psst", 1)


async def test_the_bot_hears_of_edits_and_deletions(playground: Playground, bot: Bot) -> None:
    sent = await playground.say(VOICE_NOTES_ID, "frist")
    await bot.hear()
    sent = playground.world.edit(sent, content="first")
    edited = await bot.wait_for("raw_message_edit", timeout=30)
    playground.world.delete(sent)
    deleted = await bot.wait_for("raw_message_delete", timeout=30)

    assert edited.message.content == "first"
    assert edited.message.edited_at is not None
    assert (deleted.message_id, deleted.channel_id) == (sent.id, VOICE_NOTES_ID)


async def test_the_bot_hears_nothing_from_where_it_may_not_look(
    playground: Playground, bot: Bot
) -> None:
    playground.faults.deny(VOICE_NOTES_ID, "view_channel")
    await playground.say(VOICE_NOTES_ID, "not for you")
    await playground.say(GENERAL_ID, "for you")

    assert (await bot.hear()).content == "for you"
    channel = bot.get_channel(VOICE_NOTES_ID)
    assert isinstance(channel, discord.TextChannel)
    assert not channel.permissions_for(channel.guild.me).view_channel


async def test_a_bot_hears_only_what_its_intents_cover(playground: Playground) -> None:
    async with raw(playground) as gateway:
        await gateway.identify(intents=discord.Intents(dm_messages=True).value)
        await gateway.until("READY")
        playground.world.start_typing(VOICE_NOTES_ID, playground.world.you.id)
        await playground.say(VOICE_NOTES_ID, "to all")
        direct = DIRECT_ID
        playground.world.start_typing(direct, playground.world.you.id)
        await playground.say(direct, "to you")
        assert (await gateway.next())["d"]["content"] == "to you"


# Coming back


async def test_after_a_dropped_socket_nothing_is_lost_and_nothing_comes_twice(
    playground: Playground, bot: Bot
) -> None:
    await playground.say(VOICE_NOTES_ID, "before")
    await bot.hear()
    playground.faults.drop_socket()
    for number in range(5):
        await playground.say(VOICE_NOTES_ID, f"while away {number}")
    await bot.until(lambda: "RESUMED" in bot.events)
    await playground.say(VOICE_NOTES_ID, "after")
    await bot.hear(7)

    assert said(bot) == ["before", *(f"while away {number}" for number in range(5)), "after"]
    assert bot.events.count("READY") == 1


@pytest.mark.parametrize("code", [1000, 4000, 4009])
async def test_the_bot_comes_back_after_the_gateway_closed(
    playground: Playground, bot: Bot, code: int
) -> None:
    playground.faults.close_gateway(code)
    await playground.say(VOICE_NOTES_ID, "meanwhile")
    await bot.hear()
    assert said(bot) == ["meanwhile"]
    assert bot.events.count("READY") == 1


async def test_the_bot_reconnects_when_it_is_asked_to(playground: Playground, bot: Bot) -> None:
    playground.faults.ask_to_reconnect()
    await bot.until(lambda: "RESUMED" in bot.events)
    await playground.say(VOICE_NOTES_ID, "still there?")
    await bot.hear()
    assert bot.events.count("READY") == 1


async def test_the_bot_identifies_anew_when_its_session_is_invalid(
    playground: Playground, bot: Bot
) -> None:
    playground.faults.invalidate_session()
    await bot.until(lambda: bot.events.count("GUILD_CREATE") == 2)
    await playground.say(VOICE_NOTES_ID, "hello again")
    await bot.hear()
    assert said(bot) == ["hello again"]
    assert "RESUMED" not in bot.events


async def test_the_bot_resumes_an_invalid_session_that_may_be(
    playground: Playground, bot: Bot
) -> None:
    playground.faults.invalidate_session(resumable=True)
    await bot.until(lambda: "RESUMED" in bot.events)
    assert bot.events.count("READY") == 1


async def test_a_forgotten_session_is_begun_anew(playground: Playground, bot: Bot) -> None:
    playground.gateway.forget()
    playground.faults.drop_socket()
    await bot.until(lambda: bot.events.count("GUILD_CREATE") == 2)
    await playground.say(VOICE_NOTES_ID, "hello again")
    await bot.hear()
    assert said(bot) == ["hello again"]


async def test_acknowledged_heartbeats_give_the_bot_its_latency(
    playground: Playground, log_in: LogIn
) -> None:
    bot = await log_in()
    await bot.until(lambda: bot.latency < float("inf"))
    assert bot.latency >= 0


async def test_a_bot_that_gives_no_sign_of_life_is_cut_off(playground: Playground) -> None:
    playground.gateway.heartbeat_seconds = SOON
    async with raw(playground) as gateway:
        await gateway.identify()
        await gateway.until("READY")
        assert await gateway.close_code() == 4009
    assert not playground.world.bot_online


async def test_what_is_older_than_the_buffer_cannot_be_replayed(playground: Playground) -> None:
    async with raw(playground) as gateway:
        await gateway.identify()
        ready = await gateway.until("READY")
    for _ in range(MAX_REPLAYED_EVENTS + 1):
        playground.world.start_typing(VOICE_NOTES_ID, playground.world.you.id)
    async with raw(playground) as gateway:
        await gateway.resume(ready["d"]["session_id"], ready["s"])
        assert await gateway.next() == {"op": 9, "d": False}


async def test_a_bot_that_takes_its_leave_cannot_come_back_to_its_session(
    playground: Playground,
) -> None:
    async with raw(playground) as gateway:
        await gateway.identify()
        ready = await gateway.until("READY")
        await gateway.socket.close(code=1000)
    async with raw(playground) as gateway:
        await gateway.resume(ready["d"]["session_id"], ready["s"])
        assert await gateway.next() == {"op": 9, "d": False}


async def test_a_number_that_was_never_sent_ends_the_session(playground: Playground) -> None:
    async with raw(playground) as gateway:
        await gateway.identify()
        ready = await gateway.until("READY")
    async with raw(playground) as gateway:
        await gateway.resume(ready["d"]["session_id"], 1_000)
        assert await gateway.close_code() == 4007


async def test_one_session_has_one_connection(playground: Playground) -> None:
    async with raw(playground) as first, raw(playground) as second:
        await first.identify()
        ready = await first.until("READY")
        await second.resume(ready["d"]["session_id"], ready["s"])
        await second.until("RESUMED")
        await first.until("GUILD_CREATE")
        assert await first.close_code() == 4009
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
async def test_nonsense_closes_the_connection_with_discords_code(
    playground: Playground, sent: str, code: int
) -> None:
    async with raw(playground) as gateway:
        await gateway.socket.send_str(sent)
        assert await gateway.close_code() == code


@pytest.mark.parametrize(
    ("intents", "code"), [(-1, 4013), (1 << 40, 4013), ("all", 4013), (2, 4014)]
)
async def test_intents_that_are_none_or_not_switched_on_are_refused(
    playground: Playground, intents: Any, code: int
) -> None:
    async with raw(playground) as gateway:
        await gateway.identify(intents=intents)
        assert await gateway.close_code() == code


async def test_identifying_twice_is_refused(playground: Playground) -> None:
    async with raw(playground) as gateway:
        await gateway.identify()
        await gateway.identify()
        assert await gateway.close_code() == 4005


async def test_a_bot_that_chatters_is_cut_off(playground: Playground) -> None:
    async with raw(playground) as gateway:
        for _ in range(MAX_MESSAGES_PER_MINUTE + 1):
            await gateway.socket.send_json({"op": 1, "d": None})
        assert await gateway.close_code() == 4008


@pytest.mark.parametrize("query", ["", "v=9&encoding=json", "v=10&encoding=etf"])
async def test_other_versions_and_encodings_are_refused(playground: Playground, query: str) -> None:
    async with raw(playground, query=query, greeted=False) as gateway:
        assert await gateway.close_code() == 4012


async def test_an_unknown_compression_is_refused(playground: Playground) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with raw(playground, query="v=10&encoding=json&compress=rle"):
            pass
    assert refused.value.status == 400


async def test_a_stream_is_compressed_as_one(playground: Playground) -> None:
    query = "v=10&encoding=json&compress=zlib-stream"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{playground.gateway_url}?{query}") as socket,
    ):
        stream = zlib.decompressobj()
        hello = json.loads(stream.decompress(await socket.receive_bytes(timeout=30)))
        await socket.send_json({"op": 1, "d": None})
        ack = json.loads(stream.decompress(await socket.receive_bytes(timeout=30)))
    assert hello["d"]["heartbeat_interval"] == 41_250
    assert ack == {"op": 11}


class raw:  # noqa: N801 it is used like a function
    """A bare web socket to the gateway, for what discord.py would never do."""

    def __init__(
        self, playground: Playground, *, query: str = "v=10&encoding=json", greeted: bool = True
    ) -> None:
        self._playground = playground
        self._query = query
        self._greeted = greeted

    async def __aenter__(self) -> "raw":
        self._session = aiohttp.ClientSession()
        try:
            self.socket = await self._session.ws_connect(
                f"{self._playground.gateway_url}?{self._query}"
            )
        except BaseException:
            await self._session.close()
            raise
        if self._greeted:
            assert (await self.next())["op"] == 10
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close(code=4000)
        await self._session.close()

    async def identify(self, *, token: str | None = None, intents: Any = INTENTS) -> None:
        token = token or self._playground.token
        data = {"token": token, "intents": intents, "properties": {}}
        await self.socket.send_json({"op": 2, "d": data})

    async def resume(self, session_id: str, sequence: int) -> None:
        data = {"token": self._playground.token, "session_id": session_id, "seq": sequence}
        await self.socket.send_json({"op": 6, "d": data})

    async def next(self) -> Json:
        return json.loads(await self.socket.receive_str(timeout=30))

    async def until(self, event: str) -> Json:
        while True:
            payload = await self.next()
            if payload.get("t") == event:
                return payload

    async def close_code(self) -> int | None:
        async with asyncio.timeout(30):
            async for _ in self.socket:
                pass
        return self.socket.close_code
