"""Discord unwell, on demand: what discord.py does about it shows that the fault is real."""

import asyncio
import io

import aiohttp
import discord
import pytest

from bot.playground import Playground, PlaygroundError, Upload, bad_downloads
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


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_any_request_can_fail_a_few_times(
    playground: Playground, channel: discord.TextChannel, status: int
) -> None:
    fault = playground.faults.break_api(status, times=1)
    if status == 503:
        with pytest.raises(discord.DiscordServerError):
            await channel.typing()
    else:
        await channel.typing()
    assert fault.hits == 1
    await channel.typing()


async def test_one_route_or_all_can_be_too_fast(
    playground: Playground, channel: discord.TextChannel
) -> None:
    fault = playground.faults.limit_rate(0.01, method="POST", path_part="/typing", times=1)
    await channel.send("not this one")
    assert fault.hits == 0
    await channel.typing()
    everything = playground.faults.limit_rate(0.01, everywhere=True)
    await channel.send("waits")
    assert (fault.hits, everything.hits) == (1, 1)


async def test_while_the_gateway_is_down_events_wait_for_the_bot(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    playground.faults.close_down_gateway()
    await bot.until(lambda: not playground.world.bot_online)
    for number in range(3):
        await playground.say(channel.id, f"while away {number}")
    playground.faults.open_gateway()
    await bot.hear(3)
    assert [one.content for one in bot.heard] == [f"while away {number}" for number in range(3)]
    assert bot.events.count("READY") == 1
    assert "RESUMED" in bot.events


async def test_a_session_that_cannot_be_resumed_has_missed_what_happened(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    playground.faults.close_down_gateway(resumable=False)
    await bot.until(lambda: not playground.world.bot_online)
    await playground.say(channel.id, "missed")
    playground.faults.open_gateway()
    await bot.until(lambda: bot.events.count("READY") == 2)
    await playground.say(channel.id, "heard")
    await bot.hear()
    assert [one.content for one in bot.heard] == ["heard"]


async def test_a_person_who_blocks_the_bot_gets_nothing(playground: Playground, bot: Bot) -> None:
    world = playground.world
    friend, moderator = (
        await bot.fetch_user(world.friend.id),
        await bot.fetch_user(world.moderator.id),
    )
    playground.faults.block(world.friend)
    with pytest.raises(discord.Forbidden) as refused:
        await friend.send("hello?")
    assert refused.value.code == 50007
    await moderator.send("hello!")
    playground.faults.clear()
    await friend.send("hello again")


@pytest.mark.parametrize(
    ("permission", "refused"),
    [
        ("send_messages", (50013,) * 3),
        ("embed_links", (None, 50013, None)),
        ("attach_files", (None, None, 50013)),
        ("view_channel", (50001,) * 3),
    ],
)
async def test_without_a_permission_just_that_is_refused(
    playground: Playground,
    channel: discord.TextChannel,
    permission: str,
    refused: tuple[int | None, ...],
) -> None:
    playground.faults.deny(channel.id, permission)
    codes: list[int | None] = []
    for given in (
        {"content": "x"},
        {"embed": discord.Embed(title="x")},
        {"file": discord.File(io.BytesIO(b"x"), "x")},
    ):
        try:
            await channel.send(**given)  # type: ignore[arg-type]
            codes.append(None)
        except discord.Forbidden as error:
            codes.append(error.code)
    assert tuple(codes) == refused


async def test_without_history_there_is_none_and_nothing_to_reply_to(
    playground: Playground, channel: discord.TextChannel
) -> None:
    sent = await channel.send("x")
    playground.faults.deny(channel.id, "read_message_history")
    assert [one async for one in channel.history()] == []
    with pytest.raises(discord.Forbidden) as refused:
        await sent.reply("y")
    assert refused.value.code == 160002


DATA = bytes(range(256)) * 40


async def fetch(
    bot: Bot, playground: Playground, channel: discord.TextChannel
) -> discord.Attachment:
    await playground.say(channel.id, files=[Upload(filename="a.ogg", data=DATA)])
    return (await bot.hear()).attachments[0]


async def test_a_download_can_hang_and_be_slow(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    attachment = await fetch(bot, playground, channel)
    fault = playground.faults.spoil_downloads(bad_downloads.hanging(after_bytes=100))
    reading = asyncio.create_task(attachment.read())
    await bot.until(lambda: fault.hits)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await asyncio.shield(reading)
    reading.cancel()
    playground.faults.spoil_downloads(bad_downloads.slow(bytes_per_second=len(DATA) * 10))
    assert await attachment.read() == DATA


async def test_a_download_can_have_the_wrong_length(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    attachment = await fetch(bot, playground, channel)
    playground.faults.spoil_downloads(bad_downloads.cut_short(missing_bytes=100))
    with pytest.raises(aiohttp.ClientPayloadError):
        await attachment.read()
    playground.faults.spoil_downloads(bad_downloads.too_long(extra_bytes=3000))
    longer = await attachment.read()
    assert (len(longer), longer[: len(DATA)]) == (len(DATA) + 3000, DATA)
    assert await attachment.read() == DATA


async def test_a_bot_that_is_removed_from_the_server_is_told_so_and_then_nothing(
    playground: Playground, bot: Bot, channel_id: int
) -> None:
    left: list[int] = []

    async def on_guild_remove(guild: discord.Guild) -> None:
        left.append(guild.id)

    bot.event(on_guild_remove)
    (guild,) = bot.guilds
    playground.faults.remove_bot()
    await bot.until(lambda: left)
    assert (left, list(bot.guilds)) == ([guild.id], [])
    await playground.say(channel_id, "behind its back")
    playground.faults.let_bot_in()
    await bot.until(lambda: bot.guilds)
    await playground.say(channel_id, "welcome back")
    assert (await bot.hear()).content == "welcome back"


async def test_a_server_that_is_unavailable_for_a_while_is_not_left(
    playground: Playground, bot: Bot
) -> None:
    left: list[int] = []

    async def on_guild_remove(guild: discord.Guild) -> None:
        left.append(guild.id)

    bot.event(on_guild_remove)
    (guild,) = bot.guilds
    playground.faults.take_server_away()
    await bot.until(lambda: guild.unavailable)
    playground.faults.let_bot_in()
    await bot.until(lambda: not bot.guilds[0].unavailable)
    assert left == []


async def test_a_bot_that_was_removed_meanwhile_logs_in_to_no_server(
    playground: Playground, bot: Bot
) -> None:
    playground.faults.remove_bot()
    await bot.until(lambda: not bot.guilds)
    playground.faults.invalidate_session()
    await bot.until(lambda: bot.events.count("READY") == 2)
    assert list(bot.guilds) == []
