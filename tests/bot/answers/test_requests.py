"""Requests for an analysis: the Apps menu, /emotion, a mention in a reply."""

import asyncio
import json

import pytest

from bot.analysis.result import DrawTimeline
from bot.answers.in_flight import SWITCHED_OFF, UNFINISHED
from bot.answers.progress import position_text
from bot.answers.service import ANSWERED, NOTHING
from bot.i18n.languages import language_for
from bot.playground.world.channels import DIRECT_ID, GENERAL_ID
from bot.playground.world.messages import Message
from bot.policy.rules import LEFT_ALONE, UNCERTAIN, YOU_OPTED_OUT
from bot.views.reply import FORWARDED
from bot.views.trouble import UNFORESEEN
from tests.bot.harness import MENU, NOTE, Harness, Json, fail, ids
from tests.bot_process import PATIENCE, until
from tests.playground import Upload

GERMAN = language_for("de")
PICTURE = Upload(filename="cat.png", data=b"\x89PNG", content_type="image/png")


async def test_the_apps_menu_answers_for_all_to_see(harness: Harness):
    answer = await harness.menu(await harness.note())
    assert (answer.deferred, answer.ephemeral) == (True, False)
    assert "happy" in answer.message["embeds"][0]["title"].lower()
    assert harness.pipeline.analysed == ["note.ogg"]
    assert ids(answer.message)[0] == "undertone:details"


async def test_an_answer_is_as_the_servers_preferences_say(harness: Harness):
    await harness.storage.set_preferences(
        harness.guild_id, None, detail="compact", min_confidence=0.9, language="de", private=True
    )
    answer = await harness.menu(await harness.note())
    assert answer.ephemeral
    assert harness.playground.bot_messages() == []
    [options] = harness.pipeline.options
    assert (options.draw_timeline, options.min_confidence) == (DrawTimeline.NEVER, 0.9)
    assert dict(options.names)["happy"] == "fröhlich"
    assert answer.message["embeds"][0]["footer"]["text"].startswith("Eine Vermutung")


async def test_a_message_without_a_recording_is_answered_with_a_sentence(harness: Harness):
    harness.world.set_locale(harness.world.you.id, "de")
    answer = await harness.menu(await harness.note(PICTURE))
    assert (answer.ephemeral, answer.message["content"]) == (True, GERMAN.text(NOTHING))
    assert harness.pipeline.analysed == []


async def test_a_person_who_opted_out_is_not_analysed_whoever_asks(harness: Harness):
    note = await harness.note()
    await harness.storage.opt_out(harness.world.friend.id)
    for person in (harness.world.you, harness.world.moderator):
        answer = await harness.menu(note, person=person)
        assert (answer.ephemeral, answer.message["content"]) == (True, LEFT_ALONE)
    own = await harness.menu(note, person=harness.world.friend)
    assert own.message["content"] == YOU_OPTED_OUT
    file = await harness.slash("emotion", note=NOTE, person=harness.world.friend)
    assert file.message["content"] == YOU_OPTED_OUT
    assert harness.pipeline.analysed == []


async def test_where_opt_outs_are_unknown_nobody_is_analysed(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(harness.storage, "is_opted_out", fail)
    answer = await harness.menu(await harness.note())
    assert (answer.ephemeral, answer.message["content"]) == (True, UNCERTAIN)
    assert harness.pipeline.analysed == []


async def forwarded(harness: Harness) -> tuple[int, int]:
    """Forward a friend's voice note to another channel; return the ids of both messages."""
    note = await harness.note()
    return note, (await harness.playground.forward(note, GENERAL_ID)).id


async def test_a_forwarded_voice_note_is_answered_without_naming_a_person(harness: Harness):
    _, forward = await forwarded(harness)
    answer = await harness.menu(forward)
    assert harness.pipeline.analysed == ["note.ogg"]
    assert answer.message["content"] == FORWARDED
    told = json.dumps([answer.message["content"], answer.message["embeds"]])
    assert harness.world.you.name not in told
    assert str(harness.world.you.id) not in told


@pytest.mark.parametrize(
    ("original", "words"), [("there", LEFT_ALONE), ("slow", UNCERTAIN), ("gone", FORWARDED)]
)
async def test_a_person_who_opted_out_is_not_analysed_when_forwarded(
    harness: Harness, original: str, words: str
):
    await harness.storage.opt_out(harness.world.friend.id)
    note, forward = await forwarded(harness)
    if original == "slow":
        harness.playground.faults.delay("GET", "/messages/", seconds=5.0)
    elif original == "gone":
        harness.world.delete(harness.world.message(harness.channel_id, note))
    answer = await harness.menu(forward)
    assert answer.message["content"] == words
    assert answer.ephemeral == (original != "gone")
    assert harness.pipeline.analysed == (["note.ogg"] if original == "gone" else [])


async def test_the_position_of_a_command_is_shown_and_then_replaced_by_the_answer(harness: Harness):
    harness.pipeline.positions = [3]
    asked = await harness.playground.slash("emotion", note=NOTE)
    await asked.until(lambda one: one.message and one.message["content"])
    assert asked.message["content"] == position_text(3)
    harness.pipeline.may_answer.set()
    await asked.until(lambda one: one.message["embeds"])
    assert asked.message["content"] == ""
    assert harness.playground.bot_messages() == [asked.message]


async def test_emotion_answers_for_all_or_for_the_user_alone(harness: Harness):
    answer = await harness.slash("emotion", note=NOTE)
    assert not answer.ephemeral
    private = await harness.slash("emotion", note=NOTE, private=True)
    assert private.ephemeral
    assert "happy" in private.message["embeds"][0]["title"].lower()
    assert harness.pipeline.analysed == ["note.ogg", "note.ogg"]


async def test_it_is_there_in_conversations_too(harness: Harness):
    world = harness.world
    among = world.private_channel([world.you, world.friend])
    for channel in (world.channels[DIRECT_ID], among):
        answer = await harness.slash("emotion", note=NOTE, channel=channel)
        assert "happy" in answer.message["embeds"][0]["title"].lower()
        names = {one["name"] for one in harness.playground.client.commands(world.you, channel)}
        assert {MENU, "emotion", "optout", "privacy"} <= names
        assert not {"settings", "accuracy"} & names


async def test_an_error_is_one_sentence_that_only_the_user_sees(harness: Harness):
    harness.pipeline.error = RuntimeError("secret")
    harness.world.set_locale(harness.world.you.id, "de")
    asked = await harness.playground.slash("emotion", note=NOTE)
    await asked.until(lambda one: one.follow_ups)
    [told] = asked.follow_ups
    assert told["content"] == GERMAN.text(UNFORESEEN)
    assert harness.playground.bot_messages() == []
    assert told["id"] in {one["id"] for one in harness.playground.ephemeral_messages()}


async def test_an_error_with_a_message_is_logged(
    harness: Harness, caplog: pytest.LogCaptureFixture
):
    harness.pipeline.error = RuntimeError("secret")
    assert await harness.say(harness.mention, files=[NOTE]) == []
    assert "RuntimeError" in caplog.text
    assert "secret" not in "".join(record.getMessage() for record in caplog.records)


async def mention(harness: Harness, note: int, words: str = "") -> None:
    """Reply to a voice note with a mention of the bot, and wait until that is handled."""
    asked = harness.world.post(
        Message(
            channel_id=harness.channel_id,
            author_id=harness.world.you.id,
            content=words or harness.mention,
            reply_to=note,
        )
    )
    await until(lambda: asked.id in harness.service.seen)


def link_to(harness: Harness, answer: Json) -> str:
    return f"https://discord.com/channels/{harness.guild_id}/{harness.channel_id}/{answer['id']}"


async def test_two_mentions_at_once_are_answered_by_one_analysis_and_its_link(harness: Harness):
    note = await harness.note()
    harness.pipeline.positions = [1]  # so that the first is still at it when the second comes
    asked = [asyncio.create_task(mention(harness, note)) for _ in range(2)]
    await until(lambda: harness.playground.bot_messages())
    harness.pipeline.may_answer.set()
    await asyncio.gather(*asked)
    answer, other = sorted(harness.playground.bot_messages(), key=lambda one: not one["embeds"])
    assert harness.pipeline.analysed == ["note.ogg"]
    assert other["content"] == ANSWERED.format(link=link_to(harness, answer))


async def test_a_mention_links_to_the_answer_and_analyses_again_when_that_is_gone(harness: Harness):
    note = await harness.note()
    await mention(harness, note, f"{harness.mention} and?")
    [answer] = harness.playground.bot_messages()
    assert "happy" in answer["embeds"][0]["title"].lower()
    await mention(harness, note)
    assert harness.playground.bot_messages()[-1]["content"] == ANSWERED.format(
        link=link_to(harness, answer)
    )
    harness.world.delete(harness.world.message(harness.channel_id, int(answer["id"])))
    await until(lambda: harness.service.recent.reply_to(note) is None)
    await mention(harness, note)
    assert harness.playground.bot_messages()[-1]["embeds"] == answer["embeds"]


async def test_at_shutdown_a_command_is_answered_that_the_bot_is_being_switched_off(
    harness: Harness,
):
    await harness.service.finish(0.0)
    answer = await harness.slash("emotion", note=NOTE)
    assert (answer.ephemeral, answer.message["content"]) == (True, SWITCHED_OFF)
    note = await harness.note()
    await mention(harness, note)
    await harness.service.notify_unfinished(PATIENCE)
    [reply] = harness.playground.bot_messages()
    assert reply["content"] == UNFINISHED
    assert harness.pipeline.analysed == []


async def test_a_command_that_is_not_finished_at_shutdown_is_notified(harness: Harness):
    harness.pipeline.positions = [1]
    harness.world.set_locale(harness.world.you.id, "de")
    asked = await harness.playground.slash("emotion", note=NOTE)
    await asked.until(lambda one: one.message and one.message["content"])
    await harness.service.finish(0.0)
    await harness.service.notify_unfinished(PATIENCE)
    assert asked.message["content"] == GERMAN.text(SWITCHED_OFF)
    assert len(harness.service.in_flight) == 0


async def test_a_reply_without_a_mention_is_not_for_the_bot(harness: Harness):
    note = await harness.note()
    await mention(harness, note, "how sad")
    assert harness.playground.bot_messages() == []
    assert harness.pipeline.analysed == []


async def test_a_mention_does_not_analyse_a_person_who_opted_out(harness: Harness):
    note = await harness.note()
    await harness.storage.opt_out(harness.world.friend.id)
    await mention(harness, note)
    [reply] = harness.playground.bot_messages()
    assert reply["content"] == LEFT_ALONE
    assert harness.pipeline.analysed == []
