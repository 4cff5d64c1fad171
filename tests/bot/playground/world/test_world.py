"""The world: what happens in it is told to whoever listens, and to nobody else."""

import io
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from discord import TextChannel
from discord.utils import snowflake_time

from bot.playground.errors import ApiError
from bot.playground.world import Channel, Message, World, events
from bot.playground.world.channels import FRIENDS_DIRECT_ID, GENERAL_ID, VOICE_NOTES_ID
from bot.playground.world.people import BOT, FRIEND, YOU
from tests.bot.playground.conftest import Bot, LogIn, refused
from tests.playground import Playground, Upload

VOICE = Upload(
    filename="a.ogg", data=b"OggS", content_type="audio/ogg", duration=1.5, waveform="AA=="
)


@pytest.fixture
def world() -> World:
    return World()


def draft(content: str = "hello", **options: Any) -> Message:
    return Message(channel_id=GENERAL_ID, author_id=YOU.id, content=content, **options)


def test_listeners_are_told_of_everything_in_order_until_they_leave(world: World):
    heard: list[events.Event] = []
    leave = world.subscribe(heard.append)
    sent = world.post(draft())
    edited = world.edit(sent, content="goodbye")
    world.start_typing(sent.channel_id, BOT.id)
    world.set_bot_online(True)
    world.set_bot_online(True)
    world.delete(edited)
    leave()
    leave()
    world.post(draft())

    assert heard == [
        events.MessageCreated(sent),
        events.MessageEdited(edited),
        events.TypingStarted(sent.channel_id, BOT.id),
        events.BotPresenceChanged(online=True),
        events.MessageDeleted(edited),
    ]


def test_what_is_refused_changes_nothing_and_is_told_to_nobody(world: World):
    heard: list[events.Event] = []
    world.subscribe(heard.append)
    with pytest.raises(ApiError, match="Unknown Message"):
        world.post(draft(reply_to=17), uploads=[VOICE])
    with pytest.raises(ApiError, match="Unknown Channel"):
        world.start_typing(17, BOT.id)
    assert heard == []
    assert world.attachments.size == 0


def test_ids_only_ever_grow_and_carry_their_moment(world: World):
    ids = [world.new_id() for _ in range(20_000)]
    assert ids == sorted(set(ids))
    assert abs(snowflake_time(ids[0]) - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_forwarded_message_shows_all_but_its_author(playground: Playground, bot: Bot):
    sent = await playground.say(VOICE_NOTES_ID, "listen", voice=VOICE)
    await playground.forward(sent.id, FRIENDS_DIRECT_ID, person=FRIEND)
    message = await bot.hear(2)

    assert (message.content, message.attachments, message.author.id) == ("", [], FRIEND.id)
    assert message.reference.type is discord.MessageReferenceType.forward
    assert message.reference.message_id == sent.id
    assert message.reference.channel_id == VOICE_NOTES_ID
    assert message.flags.value == 0
    [snapshot] = message.message_snapshots
    assert (snapshot.content, snapshot.created_at) == ("listen", sent.created_at)
    assert snapshot.flags.voice
    [attachment] = snapshot.attachments
    assert (attachment.duration, attachment.waveform) == (1.5, b"\x00")
    await playground.delete(sent.id)
    assert await attachment.read() == b"OggS"  # it outlives the message that it was in first


async def test_without_the_intent_a_forward_is_hidden(playground: Playground, log_in: LogIn):
    bot = await log_in(discord.Intents.default())
    sent = await playground.say(VOICE_NOTES_ID, "listen", voice=VOICE)
    await playground.forward(sent.id, GENERAL_ID)
    [snapshot] = (await bot.hear(2)).message_snapshots
    assert (snapshot.content, snapshot.attachments) == ("", [])


async def test_the_bot_is_in_a_thread_as_in_its_channel(playground: Playground, bot: Bot):
    thread_id = playground.world.new_id()
    playground.world.add_channel(
        Channel(id=thread_id, name="about that", kind="thread", parent_id=VOICE_NOTES_ID)
    )
    await bot.until(lambda: bot.guilds[0].get_thread(thread_id))
    seen = bot.guilds[0].get_thread(thread_id)
    assert (seen.name, seen.parent_id) == ("about that", VOICE_NOTES_ID)
    await playground.say(thread_id, "in here")
    assert (await bot.hear()).channel == (await seen.send("yes")).channel == seen


@pytest.mark.parametrize(
    ("permission", "codes"),
    [
        ("send_messages", [50013] * 3),
        ("embed_links", [None, 50013, None]),
        ("attach_files", [None, None, 50013]),
        ("view_channel", [50001] * 3),
    ],
)
async def test_without_a_permission_just_that_is_refused_and_the_bot_is_told(
    playground: Playground,
    bot: Bot,
    channel: TextChannel,
    permission: str,
    codes: list[int | None],
):
    playground.faults.deny(channel.id, permission)
    await bot.until(lambda: not getattr(channel.permissions_for(channel.guild.me), permission))
    file = discord.File(io.BytesIO(b"x"), "x")
    given = ({"content": "x"}, {"embed": discord.Embed(title="x")}, {"file": file})
    for message, code in zip(given, codes, strict=True):
        with refused(403, code) if code else nullcontext():
            await channel.send(**message)
    playground.faults.clear()
    await bot.until(lambda: channel.permissions_for(channel.guild.me).send_messages)


async def test_a_bot_that_is_removed_is_told_so_and_then_nothing(playground: Playground, bot: Bot):
    playground.faults.remove_bot()
    await bot.until(lambda: not bot.guilds)
    await playground.say(VOICE_NOTES_ID, "behind its back")
    playground.faults.invalidate_session()
    await bot.until(lambda: bot.events.count("READY") == 2)
    assert not bot.guilds
    playground.faults.let_bot_in()
    await bot.until(lambda: bot.guilds)
    await playground.say(VOICE_NOTES_ID, "welcome back")
    assert (await bot.hear()).content == "welcome back"


async def test_an_unavailable_server_is_not_left(playground: Playground, bot: Bot):
    [guild] = bot.guilds
    playground.faults.take_server_away()
    await bot.until(lambda: guild.unavailable)
    assert list(bot.guilds) == [guild]
    playground.faults.let_bot_in()
    await bot.until(lambda: not bot.guilds[0].unavailable)
