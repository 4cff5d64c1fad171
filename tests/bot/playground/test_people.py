"""What people do to messages: forward, delete, reply in threads; and what the bot hears."""

from typing import Any

import discord
import pytest

from bot.playground import Playground, PlaygroundError, Upload
from tests.bot.playground.conftest import Bot

VOICE = Upload(
    filename="a.ogg", data=b"OggS", content_type="audio/ogg", duration=1.5, waveform="AA=="
)


async def test_a_forwarded_message_shows_all_but_its_author(
    playground: Playground, bot: Bot, channel_id: int
) -> None:
    world = playground.world
    sent = await playground.say(channel_id, "listen", voice=VOICE)
    direct = world.direct_channel(world.friend.id)
    await playground.forward(sent.id, direct, person=world.friend)
    message = await bot.hear(2)

    assert (message.content, message.attachments, message.author.id) == ("", [], world.friend.id)
    assert message.reference is not None
    assert message.reference.type is discord.MessageReferenceType.forward
    assert (message.reference.message_id, message.reference.channel_id) == (sent.id, channel_id)
    assert message.flags.value == 0
    [snapshot] = message.message_snapshots
    assert snapshot.content == "listen"
    assert snapshot.created_at == sent.created_at
    assert snapshot.flags.voice
    [attachment] = snapshot.attachments
    assert (attachment.duration, attachment.waveform) == (1.5, b"\x00")
    await playground.delete(sent.id)
    assert await attachment.read() == b"OggS"  # it outlives the message that it was in first


async def test_without_the_intent_a_forward_is_hidden_in_the_server(
    playground: Playground, log_in: Any, channel_id: int
) -> None:
    bot = await log_in(intents=discord.Intents.default())
    sent = await playground.say(channel_id, "listen", voice=VOICE)
    general = playground.world.channel_named("general")
    await playground.forward(sent.id, general)
    [snapshot] = (await bot.hear(2)).message_snapshots
    assert (snapshot.content, snapshot.attachments) == ("", [])


async def test_a_reply_has_the_message_that_it_replies_to(bot: Bot, channel_id: int) -> None:
    channel = bot.get_channel(channel_id)
    assert isinstance(channel, discord.TextChannel)
    first = await channel.send("first")
    reply = await first.reply("second")
    assert reply.reference is not None
    assert isinstance(reply.reference.resolved, discord.Message)
    assert reply.reference.resolved.content == "first"
    await first.delete()
    fetched = await channel.fetch_message(reply.id)
    assert fetched.reference is not None
    assert isinstance(fetched.reference.resolved, discord.DeletedReferencedMessage)


async def test_a_message_is_deleted_by_its_author_and_by_moderators_alone(
    playground: Playground, bot: Bot, channel_id: int
) -> None:
    world = playground.world
    sent = await playground.say(channel_id, "hello")
    with pytest.raises(PlaygroundError, match="Missing Permissions"):
        await playground.delete(sent.id, person=world.friend)
    await playground.delete(sent.id, person=world.moderator)
    await bot.until(lambda: "MESSAGE_DELETE" in bot.events)
    own = await playground.say(channel_id, "mine", author=world.friend)
    await playground.delete(own.id, person=world.friend)
    direct = world.direct_channel(world.friend.id)
    private = await playground.say(direct.id, "private", author=world.friend)
    with pytest.raises(PlaygroundError, match="no such message"):
        await playground.delete(private.id, person=world.moderator)


async def test_a_thread_is_begun_put_away_and_locked(
    playground: Playground, bot: Bot, channel_id: int
) -> None:
    world = playground.world
    thread = world.add_thread(channel_id, "about that")
    await bot.until(lambda: bot.guilds[0].get_thread(thread.id))
    seen = bot.guilds[0].get_thread(thread.id)
    assert seen is not None
    assert (seen.name, seen.parent_id) == ("about that", channel_id)
    await playground.say(thread.id, "in here")
    assert (await bot.hear()).channel == seen
    sent = await seen.send("yes")
    world.put_away(thread.id)
    with pytest.raises(discord.HTTPException) as refused:
        await sent.edit(content="no")
    assert (refused.value.status, refused.value.code) == (400, 50083)
    await seen.send("that takes it out again")
    assert not world.channel(thread.id).archived
    world.put_away(thread.id, locked=True)
    with pytest.raises(discord.HTTPException) as refused:
        await seen.send("not this time")
    assert refused.value.code == 50083
    world.put_away(thread.id, archived=False)
    playground.faults.deny(channel_id, "send_messages_in_threads")
    with pytest.raises(discord.Forbidden):
        await seen.send("the channel does not let me")


async def test_a_whisper_reaches_the_bot_apart_from_the_server(
    playground: Playground, bot: Bot, channel_id: int
) -> None:
    tree: discord.app_commands.CommandTree[Bot] = discord.app_commands.CommandTree(bot)

    @tree.command(name="hear", description="Hears.")
    async def hear(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.send_message("psst", ephemeral=True)

    await tree.sync()
    raw: list[Any] = []
    bot._connection.parsers["MESSAGE_CREATE"] = raw.append
    await (await playground.slash("hear")).answer()
    await bot.until(lambda: raw)
    assert raw[0]["flags"] == 64
    assert not {"guild_id", "member"} & set(raw[0])
    assert raw[0]["channel_id"] == str(channel_id)
