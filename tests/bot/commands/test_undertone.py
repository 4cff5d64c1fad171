"""The commands of the whole bot, with worker processes that really listen."""

import pytest

from bot.playground.messages import Draft
from tests.bot.conftest import PATIENCE, Undertone
from tests.bot.recordings import broken, silence, voice

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_emotion_hears_a_recording(undertone: Undertone):
    asked = await undertone.playground.slash("emotion", note=voice())
    answer = await asked.answer(PATIENCE)
    assert answer.deferred
    [embed] = answer.message["embeds"]
    assert embed["title"]
    assert embed["footer"]["text"].startswith("A guess")


async def test_silence_and_a_broken_file_are_told_as_what_they_are(undertone: Undertone):
    answer = await (await undertone.playground.slash("emotion", note=silence())).answer(PATIENCE)
    assert answer.message["embeds"] or answer.message["content"]
    answer = await (await undertone.playground.slash("emotion", note=broken())).answer(PATIENCE)
    assert answer.message["content"].endswith(".")


async def test_a_mention_in_a_reply_hears_the_other_message(undertone: Undertone):
    world = undertone.world
    note = await undertone.send(voice())
    await undertone.reply_to(note)
    asked = world.post(
        Draft(
            channel_id=undertone.server,
            author_id=world.friend.id,
            content=undertone.mention,
            reply_to=note,
        )
    )
    reply = await undertone.reply_to(asked.id)
    assert reply["embeds"][0]["footer"]["text"].startswith("A guess")
