"""The playground as a whole: an unmodified discord.py client lives in it."""

import asyncio
import io
import socket

import aiohttp
import discord
import pytest
import soundfile

from bot.errors import BotError
from bot.playground import PlaygroundError
from bot.playground.world.channels import DIRECT_ID, VOICE_NOTES_ID
from tests.bot.playground.conftest import Bot, PageEvents
from tests.bot.playground.recordings import png, wav
from tests.playground import Playground, Upload


async def test_a_voice_message_reaches_the_bot_as_discord_delivers_one(
    playground: Playground, bot: Bot
) -> None:
    sent = await playground.say(VOICE_NOTES_ID, voice=Upload(filename="mine.wav", data=wav(1.5)))

    message = await bot.hear()
    [attachment] = message.attachments
    data = await attachment.read()
    assert message.id == sent.id
    assert message.flags.voice
    assert message.flags.value == 8192
    assert attachment.is_voice_message()
    assert attachment.filename == "voice-message.ogg"
    assert attachment.content_type == "audio/ogg"
    assert attachment.size == len(data)
    sound = soundfile.info(io.BytesIO(data))
    assert (sound.format, sound.subtype) == ("OGG", "OPUS")
    assert (sound.samplerate, sound.channels) == (48_000, 1)
    assert sound.duration == pytest.approx(attachment.duration, abs=0.05)
    assert attachment.waveform is not None
    assert 0 < len(attachment.waveform) <= 256


async def test_what_is_attached_reaches_the_bot_byte_for_byte(
    playground: Playground, bot: Bot
) -> None:
    files = [
        Upload(filename="ein lied.wav", data=wav(0.2)),
        Upload(filename="empty.mp3", data=b""),
    ]
    await playground.say(VOICE_NOTES_ID, "listen", files=files)

    message = await bot.hear()
    assert message.content == "listen"
    assert [await attachment.read() for attachment in message.attachments] == [
        file.data for file in files
    ]
    assert [attachment.filename for attachment in message.attachments] == [
        "ein_lied.wav",
        "empty.mp3",
    ]
    assert not any(attachment.is_voice_message() for attachment in message.attachments)


async def test_the_page_sees_the_bot_type_and_answer_with_a_picture(
    playground: Playground, bot: Bot, page_events: PageEvents
) -> None:
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
    async with aiohttp.ClientSession() as session, session.get(seen["image"]["url"]) as response:
        assert await response.read() == png()
    assert await playground.wait_for_reply(sent.id) == shown
    assert playground.bot_messages() == playground.bot_messages(VOICE_NOTES_ID) == [shown]


async def test_a_conversation_of_two_goes_both_ways(playground: Playground, bot: Bot) -> None:
    sent = await playground.say(DIRECT_ID, "psst")

    message = await bot.hear()
    await message.reply("yes?")
    assert message.guild is None
    assert isinstance(message.channel, discord.DMChannel)
    assert (await playground.wait_for_reply(sent.id))["content"] == "yes?"


async def test_a_voice_message_that_is_no_recording_is_sent_as_it_is(
    playground: Playground, bot: Bot
) -> None:
    lie = Upload(filename="voice-message.ogg", data=b"not audio", duration=3.5, waveform="AAAA")
    await playground.say(VOICE_NOTES_ID, voice=lie)

    [attachment] = (await bot.hear()).attachments
    assert attachment.is_voice_message()
    assert attachment.duration == 3.5
    assert await attachment.read() == b"not audio"


async def test_nothing_and_too_much_cannot_be_said(playground: Playground) -> None:
    with pytest.raises(PlaygroundError, match="nothing to send"):
        await playground.say(VOICE_NOTES_ID, "  \n ")
    with pytest.raises(PlaygroundError, match="2000 characters"):
        await playground.say(VOICE_NOTES_ID, "x" * 2001)
    with pytest.raises(PlaygroundError, match="Unknown Channel"):
        await playground.say(17, "anybody?")
    assert playground.world.messages(VOICE_NOTES_ID) == []


async def test_a_port_in_use_is_said_with_the_setting_that_changes_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BotError, match=f"{port}.*uses it already.*PLAYGROUND_PORT"):
            await Playground(port=port).start()


@pytest.mark.parametrize("port", [70_000, -1])
async def test_a_port_that_does_not_exist_is_said(port: int) -> None:
    with pytest.raises(PlaygroundError, match="PLAYGROUND_PORT"):
        await Playground(port=port).start()


async def test_it_can_stop_and_start_again_and_nothing_is_left_running() -> None:
    before = asyncio.all_tasks()
    playground = Playground(port=0)
    for _ in range(2):
        await playground.start()
        port = int(playground.page_url.rpartition(":")[2])
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{playground.page_url}/playground/events"),
            session.ws_connect(f"{playground.gateway_url}?v=10&encoding=json"),
        ):
            await playground.stop()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    await playground.stop()
    assert asyncio.all_tasks() == before


async def test_it_says_goodbye_to_the_page_and_the_bot(
    playground: Playground, http: aiohttp.ClientSession
) -> None:
    sockets = [
        await http.ws_connect(f"{playground.page_url}/playground/events"),
        await http.ws_connect(f"{playground.gateway_url}?v=10&encoding=json"),
    ]
    stopping = asyncio.create_task(playground.stop())
    for socket_ in sockets:
        async for _ in socket_:
            pass
        assert socket_.close_code == aiohttp.WSCloseCode.GOING_AWAY
    await stopping


async def test_it_stops_while_slow_requests_are_under_way(
    playground: Playground, bot: Bot, channel: discord.TextChannel
) -> None:
    fault = playground.faults.delay("POST", "/messages", seconds=3600)
    sending = asyncio.create_task(channel.send("slow"))
    await bot.until(lambda: fault.hits)
    await playground.stop()

    with pytest.raises((aiohttp.ClientError, OSError)):
        await sending
    assert playground.world.messages(VOICE_NOTES_ID) == []
