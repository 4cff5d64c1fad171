"""The playground as a whole: an unmodified discord.py client lives in it."""

import asyncio
import io

import aiohttp
import discord
import pytest
from aiohttp import ClientSession
from discord import TextChannel

from bot.playground import PlaygroundError
from bot.playground.world.channels import VOICE_NOTES_ID
from tests.bot.playground.conftest import Bot, PageEvents
from tests.bot.playground.recordings import png, wav
from tests.playground import Playground, Upload


async def test_the_page_sees_the_bot_type_and_answer_with_a_picture(
    playground: Playground, bot: Bot, page_events: PageEvents
):
    sent = await playground.say(VOICE_NOTES_ID, voice=Upload(filename="mine.wav", data=wav()))
    message = await bot.hear()
    async with message.channel.typing():
        typing = await page_events.next("typing")
    embed = discord.Embed(title="Happy", description="81 %", colour=0xF1C40F)
    embed.add_field(name="Sad", value="▂").set_image(url="attachment://bars.png")
    picture = discord.File(io.BytesIO(png()), filename="bars.png", description="A bar")
    reply = await message.reply(embed=embed, file=picture)

    assert typing["channel_id"] == str(VOICE_NOTES_ID)
    assert typing["user_id"] == str(playground.world.bot.id)
    shown = (await page_events.next("message_create"))["message"]
    assert shown["id"] == str(reply.id)
    assert shown["message_reference"]["message_id"] == str(sent.id)
    assert shown["referenced_message"]["id"] == str(sent.id)
    assert shown["attachments"] == []  # the picture is in the embed, and nowhere else
    [seen] = shown["embeds"]
    assert (seen["title"], seen["color"], seen["fields"][0]["name"]) == ("Happy", 0xF1C40F, "Sad")
    assert seen["image"]["description"] == "A bar"
    assert await playground.wait_for_reply(sent.id) == shown
    assert playground.bot_messages() == playground.bot_messages(VOICE_NOTES_ID) == [shown]


async def test_a_port_in_use_is_said_with_the_setting_that_changes_it(playground: Playground):
    port = int(playground.page_url.rpartition(":")[2])
    with pytest.raises(PlaygroundError, match=f"{port}.*uses it already.*PLAYGROUND_PORT"):
        await Playground(port=port).start()


@pytest.mark.parametrize("port", [70_000, -1])
async def test_a_port_that_does_not_exist_is_said(port: int):
    with pytest.raises(PlaygroundError, match="PLAYGROUND_PORT"):
        await Playground(port=port).start()


async def test_it_can_stop_and_start_again_says_goodbye_and_leaves_nothing_running():
    before = asyncio.all_tasks()
    playground = Playground(port=0)
    for _ in range(2):
        await playground.start()
        async with (
            ClientSession() as session,
            session.ws_connect(f"{playground.page_url}/playground/events") as page,
            session.ws_connect(f"{playground.gateway_url}?v=10&encoding=json") as gateway,
        ):
            stopping = asyncio.create_task(playground.stop())
            for socket in (page, gateway):
                async for _ in socket:
                    pass
                assert socket.close_code == aiohttp.WSCloseCode.GOING_AWAY
            await stopping
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(playground.page_url)
    await playground.stop()
    assert asyncio.all_tasks() == before


async def test_it_stops_amid_slow_requests(playground: Playground, bot: Bot, channel: TextChannel):
    fault = playground.faults.delay("POST", "/messages", seconds=3600)
    sending = asyncio.create_task(channel.send("slow"))
    await bot.until(lambda: fault.hits)
    await playground.stop()

    with pytest.raises((aiohttp.ClientError, OSError)):
        await sending
    assert playground.world.messages(VOICE_NOTES_ID) == []
