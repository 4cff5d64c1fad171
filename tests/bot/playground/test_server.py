"""The playground as a whole: an unmodified discord.py client lives in it."""

import io

import discord
import numpy as np
import pytest
import soundfile

from bot.playground import Playground, Upload
from tests.bot.playground.conftest import Bot, PageSocket


def tone(seconds: float = 1.5, rate: int = 44_100) -> bytes:
    """A WAV file of a tone that swells."""
    times = np.arange(int(seconds * rate)) / rate
    wave = 0.5 * times / seconds * np.sin(2 * np.pi * 440 * times)
    wav = io.BytesIO()
    soundfile.write(wav, wave, rate, format="WAV", subtype="PCM_16")
    return wav.getvalue()


async def test_a_voice_message_is_heard_and_answered(
    playground: Playground, bot: Bot, page: PageSocket
) -> None:
    channel = playground.world.channel_named("voice-notes")
    sent = await playground.say(channel.id, voice=Upload(filename="x.wav", data=tone()))

    message = await bot.hear()
    assert message.id == sent.id
    assert message.flags.voice
    [attachment] = message.attachments
    assert attachment.is_voice_message()
    assert attachment.duration == pytest.approx(1.5, abs=0.05)
    data = await attachment.read()
    assert len(data) == attachment.size
    info = soundfile.info(io.BytesIO(data))
    assert (info.samplerate, info.channels, info.subtype) == (48_000, 1, "OPUS")

    async with message.channel.typing():
        typing = await page.next("typing")
    picture = discord.File(io.BytesIO(PNG), filename="bars.png")
    embed = discord.Embed(title="happy", colour=0xF1C40F).set_image(url="attachment://bars.png")
    reply = await message.reply(embed=embed, file=picture, mention_author=False)

    assert typing == {
        "type": "typing",
        "channel_id": str(channel.id),
        "user_id": str(playground.world.bot.id),
    }
    shown = await playground.wait_for_reply(sent.id)
    assert shown["id"] == str(reply.id)
    assert shown["embeds"][0]["title"] == "happy"
    assert shown["embeds"][0]["image"]["width"] == 3
    assert shown["mentions"] == []


def _png() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (3, 2)).save(out, "PNG")
    return out.getvalue()


PNG = _png()
