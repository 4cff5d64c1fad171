"""Hearing what somebody points at: the Apps menu, /emotion, a mention in a reply."""

import asyncio
import json

import pytest

from bot.analysis.result import Drawing
from bot.answers.in_flight import FAREWELL, SWITCHED_OFF
from bot.answers.progress import waiting
from bot.answers.service import ANSWERED, NOTHING
from bot.i18n.languages import language_for
from bot.playground.world.channels import DIRECT_ID, GENERAL_ID
from bot.playground.world.messages import Message
from bot.policy.rules import LEFT_ALONE, UNCERTAIN, YOU_OPTED_OUT
from bot.views.reply import FORWARDED
from bot.views.trouble import UNFORESEEN
from tests.bot.scene import MENU, NOTE, Json, Scene, fail, ids
from tests.bot_process import PATIENCE, until
from tests.playground import Upload

GERMAN = language_for("de")
PICTURE = Upload(filename="cat.png", data=b"\x89PNG", content_type="image/png")


async def test_the_apps_menu_hears_a_voice_note_for_all_to_see(scene: Scene):
    answer = await scene.menu(await scene.note())
    assert (answer.deferred, answer.ephemeral) == (True, False)
    assert "happy" in answer.message["embeds"][0]["title"].lower()
    assert scene.pipeline.heard == ["note.ogg"]
    assert ids(answer.message)[0] == "undertone:details"


async def test_an_answer_is_as_the_server_wants_it(scene: Scene):
    await scene.storage.set_preferences(
        scene.guild_id, None, detail="compact", min_confidence=0.9, language="de", private=True
    )
    answer = await scene.menu(await scene.note())
    assert answer.ephemeral
    assert scene.playground.bot_messages() == []
    [wishes] = scene.pipeline.wishes
    assert (wishes.drawing, wishes.min_confidence) == (Drawing.NEVER, 0.9)
    assert dict(wishes.names)["happy"] == "fröhlich"
    assert answer.message["embeds"][0]["footer"]["text"].startswith("Eine Vermutung")


async def test_where_there_is_nothing_to_hear_one_sentence_says_so(scene: Scene):
    scene.world.set_locale(scene.world.you.id, "de")
    answer = await scene.menu(await scene.note(PICTURE))
    assert (answer.ephemeral, answer.message["content"]) == (True, GERMAN.text(NOTHING))
    assert scene.pipeline.heard == []


async def test_a_person_who_opted_out_is_not_heard_whoever_asks(scene: Scene):
    note = await scene.note()
    await scene.storage.opt_out(scene.world.friend.id)
    for person in (scene.world.you, scene.world.moderator):
        answer = await scene.menu(note, person=person)
        assert (answer.ephemeral, answer.message["content"]) == (True, LEFT_ALONE)
    own = await scene.menu(note, person=scene.world.friend)
    assert own.message["content"] == YOU_OPTED_OUT
    file = await scene.slash("emotion", note=NOTE, person=scene.world.friend)
    assert file.message["content"] == YOU_OPTED_OUT
    assert scene.pipeline.heard == []


async def test_where_opt_outs_are_unknown_nobody_is_heard(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scene.storage, "is_opted_out", fail)
    answer = await scene.menu(await scene.note())
    assert (answer.ephemeral, answer.message["content"]) == (True, UNCERTAIN)
    assert scene.pipeline.heard == []


async def forwarded(scene: Scene) -> tuple[int, int]:
    """Forward a friend's voice note to another channel; return the ids of both messages."""
    note = await scene.note()
    return note, (await scene.playground.forward(note, GENERAL_ID)).id


async def test_a_forwarded_voice_note_is_heard_and_is_nobodys(scene: Scene):
    _, forward = await forwarded(scene)
    answer = await scene.menu(forward)
    assert scene.pipeline.heard == ["note.ogg"]
    assert answer.message["content"] == FORWARDED
    told = json.dumps([answer.message["content"], answer.message["embeds"]])
    assert scene.world.you.name not in told
    assert str(scene.world.you.id) not in told


@pytest.mark.parametrize(
    ("original", "words"), [("there", LEFT_ALONE), ("slow", UNCERTAIN), ("gone", FORWARDED)]
)
async def test_who_opted_out_is_not_heard_when_forwarded(scene: Scene, original: str, words: str):
    await scene.storage.opt_out(scene.world.friend.id)
    note, forward = await forwarded(scene)
    if original == "slow":
        scene.playground.faults.delay("GET", "/messages/", seconds=5.0)
    elif original == "gone":
        scene.world.delete(scene.world.message(scene.channel_id, note))
    answer = await scene.menu(forward)
    assert answer.message["content"] == words
    assert answer.ephemeral == (original != "gone")
    assert scene.pipeline.heard == (["note.ogg"] if original == "gone" else [])


async def test_who_waits_for_a_command_is_told_their_place_where_the_answer_comes(scene: Scene):
    scene.pipeline.places = [3]
    asked = await scene.playground.slash("emotion", note=NOTE)
    await asked.until(lambda one: one.message and one.message["content"])
    assert asked.message["content"] == waiting(3)
    scene.pipeline.told.set()
    await asked.until(lambda one: one.message["embeds"])
    assert asked.message["content"] == ""
    assert scene.playground.bot_messages() == [asked.message]


async def test_emotion_hears_a_file_for_all_or_for_one(scene: Scene):
    answer = await scene.slash("emotion", note=NOTE)
    assert not answer.ephemeral
    private = await scene.slash("emotion", note=NOTE, private=True)
    assert private.ephemeral
    assert "happy" in private.message["embeds"][0]["title"].lower()
    assert scene.pipeline.heard == ["note.ogg", "note.ogg"]


async def test_it_is_there_in_conversations_too(scene: Scene):
    world = scene.world
    among = world.private_channel([world.you, world.friend])
    for channel in (world.channels[DIRECT_ID], among):
        answer = await scene.slash("emotion", note=NOTE, channel=channel)
        assert "happy" in answer.message["embeds"][0]["title"].lower()
        names = {one["name"] for one in scene.playground.client.commands(world.you, channel)}
        assert {MENU, "emotion", "optout", "privacy"} <= names
        assert not {"settings", "accuracy"} & names


async def test_what_goes_wrong_is_one_sentence_that_only_who_asks_sees(scene: Scene):
    scene.pipeline.trouble = RuntimeError("secret")
    scene.world.set_locale(scene.world.you.id, "de")
    asked = await scene.playground.slash("emotion", note=NOTE)
    await asked.until(lambda one: one.follow_ups)
    [told] = asked.follow_ups
    assert told["content"] == GERMAN.text(UNFORESEEN)
    assert scene.playground.bot_messages() == []
    assert told["id"] in {one["id"] for one in scene.playground.ephemeral_messages()}


async def test_what_goes_wrong_with_a_message_is_logged(
    scene: Scene, caplog: pytest.LogCaptureFixture
):
    scene.pipeline.trouble = RuntimeError("secret")
    assert await scene.say(scene.mention, files=[NOTE]) == []
    assert "RuntimeError" in caplog.text
    assert "secret" not in "".join(record.getMessage() for record in caplog.records)


async def mention(scene: Scene, note: int, words: str = "") -> None:
    """Reply to a voice note with a mention of the bot, and wait until it has seen to that."""
    asked = scene.world.post(
        Message(
            channel_id=scene.channel_id,
            author_id=scene.world.you.id,
            content=words or scene.mention,
            reply_to=note,
        )
    )
    await until(lambda: asked.id in scene.answers.seen)


def link_to(scene: Scene, answer: Json) -> str:
    return f"https://discord.com/channels/{scene.guild_id}/{scene.channel_id}/{answer['id']}"


async def test_two_mentions_at_once_are_answered_by_one_hearing_and_its_link(scene: Scene):
    note = await scene.note()
    scene.pipeline.places = [1]  # so that the first is still at it when the second comes
    asked = [asyncio.create_task(mention(scene, note)) for _ in range(2)]
    await until(lambda: scene.playground.bot_messages())
    scene.pipeline.told.set()
    await asyncio.gather(*asked)
    answer, other = sorted(scene.playground.bot_messages(), key=lambda one: not one["embeds"])
    assert scene.pipeline.heard == ["note.ogg"]
    assert other["content"] == ANSWERED.format(link=link_to(scene, answer))


async def test_a_mention_leads_to_the_answer_and_hears_again_when_that_is_gone(scene: Scene):
    note = await scene.note()
    await mention(scene, note, f"{scene.mention} and?")
    [answer] = scene.playground.bot_messages()
    assert "happy" in answer["embeds"][0]["title"].lower()
    await mention(scene, note)
    assert scene.playground.bot_messages()[-1]["content"] == ANSWERED.format(
        link=link_to(scene, answer)
    )
    scene.world.delete(scene.world.message(scene.channel_id, int(answer["id"])))
    await until(lambda: scene.answers.recent.about(note) is None)
    await mention(scene, note)
    assert scene.playground.bot_messages()[-1]["embeds"] == answer["embeds"]


async def test_near_the_end_a_command_is_told_to_come_again(scene: Scene):
    await scene.answers.finish(0.0)
    answer = await scene.slash("emotion", note=NOTE)
    assert (answer.ephemeral, answer.message["content"]) == (True, SWITCHED_OFF)
    note = await scene.note()
    await mention(scene, note)
    await scene.answers.hand_back(PATIENCE)
    [reply] = scene.playground.bot_messages()
    assert reply["content"] == FAREWELL
    assert scene.pipeline.heard == []


async def test_what_is_under_way_at_the_end_is_handed_back(scene: Scene):
    scene.pipeline.places = [1]
    scene.world.set_locale(scene.world.you.id, "de")
    asked = await scene.playground.slash("emotion", note=NOTE)
    await asked.until(lambda one: one.message and one.message["content"])
    await scene.answers.finish(0.0)
    await scene.answers.hand_back(PATIENCE)
    assert asked.message["content"] == GERMAN.text(SWITCHED_OFF)
    assert len(scene.answers.in_flight) == 0


async def test_a_reply_without_a_mention_is_not_for_the_bot(scene: Scene):
    note = await scene.note()
    await mention(scene, note, "how sad")
    assert scene.playground.bot_messages() == []
    assert scene.pipeline.heard == []


async def test_nor_does_a_mention_make_heard_who_opted_out(scene: Scene):
    note = await scene.note()
    await scene.storage.opt_out(scene.world.friend.id)
    await mention(scene, note)
    [reply] = scene.playground.bot_messages()
    assert reply["content"] == LEFT_ALONE
    assert scene.pipeline.heard == []
