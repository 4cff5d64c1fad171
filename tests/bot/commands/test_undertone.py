"""The commands of the whole bot, with worker processes that really listen."""

import pytest

from tests.bot.conftest import PATIENCE, Undertone
from tests.bot.recordings import broken, silence, voice

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_emotion_hears_a_recording_silence_and_a_broken_file(undertone: Undertone):
    for note in (voice(), silence(), broken()):
        asked = await undertone.playground.slash("emotion", note=note)
        answer = await asked.answer(PATIENCE)
        assert answer.deferred
        if note.filename == "broken.mp3":
            assert answer.message["content"].endswith(".")
        else:
            assert answer.message["embeds"][0]["title"]


async def test_details_of_a_short_note_have_a_picture(undertone: Undertone):
    answer = await undertone.ask(voice=voice())
    pressed = await undertone.playground.press(answer["id"], "undertone:details")
    details = await pressed.answer(PATIENCE)
    assert details.ephemeral
    assert details.message["embeds"][0]["title"] == answer["embeds"][0]["title"]
    await details.until(lambda asked: "image" in asked.message["embeds"][0], PATIENCE)
