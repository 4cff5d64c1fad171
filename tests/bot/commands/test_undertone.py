"""The commands of the whole bot, with worker processes that really listen."""

import pytest

from bot.commands.ear import ANSWERED
from bot.playground.world.channels import GUILD_ID
from bot.playground.world.messages import Message
from tests.bot.conftest import PATIENCE, Json, Undertone
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


async def mention(undertone: Undertone, note: int) -> Json:
    asked = undertone.world.post(
        Message(
            channel_id=undertone.server,
            author_id=undertone.world.friend.id,
            content=undertone.mention,
            reply_to=note,
        )
    )
    return await undertone.reply_to(asked.id)


async def test_a_mention_in_a_reply_hears_the_other_message(undertone: Undertone):
    await undertone.storage.set_preferences(GUILD_ID, None, automatic=False)
    try:
        note = await undertone.send(voice())
        reply = await mention(undertone, note)
    finally:
        await undertone.storage.forget_guild(GUILD_ID)
    assert reply["embeds"][0]["footer"]["text"].startswith("A guess")


async def test_a_mention_in_a_reply_to_what_was_answered_leads_there(undertone: Undertone):
    note = await undertone.send(voice())
    answer = await undertone.reply_to(note)
    link = f"https://discord.com/channels/{GUILD_ID}/{undertone.server}/{answer['id']}"
    assert (await mention(undertone, note))["content"] == ANSWERED.format(link=link)
    undertone.world.delete(undertone.world.message(undertone.server, int(answer["id"])))
    await undertone.ask(voice=voice())  # by then the bot knows that it is gone
    again = await mention(undertone, note)
    assert again["embeds"] == answer["embeds"], "nothing is left to lead to"
