"""/emotion and the details of the whole bot, with real worker processes."""

import pytest

from tests.bot.conftest import Undertone
from tests.bot.recordings import broken, voice
from tests.bot_process import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_emotion_answers_a_recording_and_refuses_a_broken_one(undertone: Undertone):
    heard = await (await undertone.playground.slash("emotion", note=voice())).answer(PATIENCE)
    assert heard.message["embeds"][0]["title"]
    refused = await (await undertone.playground.slash("emotion", note=broken())).answer(PATIENCE)
    assert refused.message["content"].endswith(".")


async def test_details_of_a_short_note_have_an_image(undertone: Undertone):
    answer = await undertone.ask(voice=voice())
    pressed = await undertone.playground.press(answer["id"], "undertone:details")
    details = await pressed.answer(PATIENCE)
    assert details.ephemeral
    assert details.message["embeds"][0]["title"] == answer["embeds"][0]["title"]
    await details.until(lambda asked: "image" in asked.message["embeds"][0], PATIENCE)
