"""Discord unwell, on demand: what discord.py does about it shows that the fault is real."""

import asyncio

import discord
import pytest

from bot.playground import Playground, PlaygroundError, Upload
from tests.bot.playground.conftest import Bot


@pytest.fixture
def channel(bot: Bot, channel_id: int) -> discord.TextChannel:
    """Give the channel that tests write in, as the bot sees it."""
    channel = bot.get_channel(channel_id)
    assert isinstance(channel, discord.TextChannel)
    return channel


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_bot_that_is_too_fast_is_told_to_wait_and_succeeds(
    playground: Playground, channel: discord.TextChannel, everywhere: bool
) -> None:
    fault = playground.faults.fail(
        "POST", "/messages", status=429, times=2, retry_after=0.05, everywhere=everywhere
    )
    sent = await channel.send("patience")
    assert fault.hits == 2
    assert [message.id for message in playground.world.messages(channel.id)] == [sent.id]


async def test_a_server_error_is_retried(
    playground: Playground, channel: discord.TextChannel
) -> None:
    fault = playground.faults.fail("POST", "/messages", status=500)
    sent = await channel.send("again")
    assert fault.hits == 1
    assert [message.id for message in playground.world.messages(channel.id)] == [sent.id]


@pytest.mark.parametrize(
    ("status", "code", "error", "words"),
    [
        (403, 50013, discord.Forbidden, "Missing Permissions"),
        (403, 90001, discord.Forbidden, "Reaction was blocked"),
        (404, 10008, discord.NotFound, "Unknown Message"),
        (503, 0, discord.DiscordServerError, "Service Unavailable"),
        (418, 7, discord.HTTPException, "I'm a Teapot"),
    ],
)
async def test_a_refusal_has_discords_code_and_words(
    playground: Playground,
    channel: discord.TextChannel,
    status: int,
    code: int,
    error: type[discord.HTTPException],
    words: str,
) -> None:
    playground.faults.fail("POST", "/messages", status=status, code=code)
    with pytest.raises(error, match=words) as refused:
        await channel.send("no")
    assert (refused.value.status, refused.value.code) == (status, code)
    assert playground.world.messages(channel.id) == []
    await channel.send("yes")


async def test_a_fault_meets_only_what_it_is_meant_for(
    playground: Playground, channel: discord.TextChannel
) -> None:
    fault = playground.faults.fail("post", "/typing", status=403, code=50013, times=None)
    await channel.send("fine")
    for _ in range(2):
        with pytest.raises(discord.Forbidden):
            await channel.typing()
    assert fault.hits == 2
    playground.faults.clear()
    await channel.typing()


async def test_an_attachment_can_be_gone(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    playground.faults.fail("GET", "/attachments/", status=404)
    await playground.say(channel.id, files=[Upload(filename="a.ogg", data=b"OggS")])
    [attachment] = (await bot.hear()).attachments
    with pytest.raises(discord.NotFound):
        await attachment.read()
    assert await attachment.read() == b"OggS"


async def test_a_slow_answer_holds_up_nothing_else(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    fault = playground.faults.delay("GET", f"/channels/{channel.id}", seconds=3600)
    slow = asyncio.create_task(channel.guild.fetch_channel(channel.id))
    await bot.until(lambda: fault.hits)
    await channel.send("quick")
    assert not slow.done()
    slow.cancel()
    fault = playground.faults.delay("GET", f"/channels/{channel.id}", seconds=0.01)
    assert (await channel.guild.fetch_channel(channel.id)).id == channel.id
    assert fault.hits == 1


async def test_a_permission_that_is_taken_is_told_to_the_bot(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    playground.faults.deny(channel.id, "send_messages", "embed_links")
    await bot.until(lambda: "CHANNEL_UPDATE" in bot.events)
    permissions = channel.permissions_for(channel.guild.me)
    assert not permissions.send_messages
    assert not permissions.embed_links
    assert permissions.view_channel
    playground.faults.clear()
    await bot.until(lambda: channel.permissions_for(channel.guild.me).send_messages)


async def test_a_permission_that_does_not_exist_is_said(
    playground: Playground, channel_id: int
) -> None:
    with pytest.raises(PlaygroundError, match=r"no permission 'fly'.*send_messages"):
        playground.faults.deny(channel_id, "fly")
