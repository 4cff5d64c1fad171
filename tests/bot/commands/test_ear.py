"""Hearing what somebody points at: the Apps menu, /emotion, a mention in a reply."""

import json

import pytest

from bot.commands.ear import ANSWERED, NOTHING
from bot.errors import StorageError
from bot.farewells import FAREWELL
from bot.house_rules import LEFT_ALONE, UNCERTAIN, YOU_OPTED_OUT
from bot.languages import language_for
from bot.manner import Detail
from bot.notices import waiting
from bot.playground.world.channels import DIRECT_ID, GENERAL_ID
from bot.playground.world.messages import Message
from bot.playground.world.people import Person
from bot.replies import FORWARDED
from bot.requests import SWITCHED_OFF
from bot.troubles import UNFORESEEN
from tests.bot.commands.conftest import MENU, NOTE, Scene
from tests.bot.conftest import PATIENCE, until
from tests.playground import Upload

GERMAN = language_for("de")
PICTURE = Upload(filename="cat.png", data=b"\x89PNG", content_type="image/png")


async def test_the_apps_menu_hears_a_voice_note_for_all_to_see(scene: Scene):
    answer = await scene.menu(await scene.note())
    assert answer.deferred
    assert not answer.ephemeral
    assert "happy" in answer.message["embeds"][0]["title"].lower()
    assert scene.ears.heard == ["note.ogg"]
    ids = [one["custom_id"] for row in answer.message["components"] for one in row["components"]]
    assert ids[0] == "undertone:details"


async def test_where_the_server_prefers_it_only_who_asks_sees_the_answer(scene: Scene):
    await scene.storage.set_preferences(scene.guild_id, None, private=True)
    answer = await scene.menu(await scene.note())
    assert answer.ephemeral
    assert scene.playground.bot_messages() == []


async def test_an_answer_is_as_the_server_wants_it(scene: Scene):
    await scene.storage.set_preferences(
        scene.guild_id, None, detail="compact", min_confidence=0.9, language="de"
    )
    answer = await scene.menu(await scene.note())
    [manner] = scene.ears.manners
    assert (manner.detail, manner.min_confidence) == (Detail.COMPACT, 0.9)
    assert manner.language.code == "de"
    assert answer.message["embeds"][0]["footer"]["text"].startswith("Eine Vermutung")


async def test_where_there_is_nothing_to_hear_one_sentence_says_so(scene: Scene):
    scene.world.set_locale(scene.world.you.id, "de")
    answer = await scene.menu(await scene.note(PICTURE))
    assert answer.ephemeral
    assert answer.message["content"] == GERMAN.text(NOTHING)
    assert scene.ears.heard == []


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
    assert scene.ears.heard == []


async def test_where_opt_outs_cannot_be_looked_up_nobody_is_heard(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    async def failing(user_id: int) -> bool:
        raise StorageError("The database is gone.")

    monkeypatch.setattr(scene.storage, "is_opted_out", failing)
    answer = await scene.menu(await scene.note())
    assert (answer.ephemeral, answer.message["content"]) == (True, UNCERTAIN)
    assert scene.ears.heard == []


async def forwarded(scene: Scene, *, by: Person) -> int:
    note = await scene.note()
    general = scene.world.channels[GENERAL_ID]
    return int((await scene.playground.forward(note, general, person=by)).id)


async def test_a_forwarded_voice_note_is_heard_and_is_nobodys(scene: Scene):
    you = scene.world.you
    answer = await scene.menu(await forwarded(scene, by=you))
    assert scene.ears.heard == ["note.ogg"]
    assert answer.message["content"] == FORWARDED
    told = json.dumps([answer.message["content"], answer.message["embeds"]])
    assert you.name not in told
    assert str(you.id) not in told


async def test_who_opted_out_is_not_heard_when_somebody_forwards_them(scene: Scene):
    await scene.storage.opt_out(scene.world.friend.id)
    answer = await scene.menu(await forwarded(scene, by=scene.world.you))
    assert (answer.ephemeral, answer.message["content"]) == (True, LEFT_ALONE)
    assert scene.ears.heard == []


async def test_where_the_original_cannot_be_looked_at_just_now_nobody_is_heard(scene: Scene):
    note = await forwarded(scene, by=scene.world.you)
    scene.playground.faults.delay("GET", "/messages/", seconds=5.0)
    answer = await scene.menu(note)
    assert (answer.ephemeral, answer.message["content"]) == (True, UNCERTAIN)
    assert scene.ears.heard == []


async def test_a_forward_of_what_is_gone_is_heard_as_nobodys(scene: Scene):
    await scene.storage.opt_out(scene.world.friend.id)
    note = await scene.note()
    general = scene.world.channels[GENERAL_ID]
    forward = await scene.playground.forward(note, general, person=scene.world.you)
    scene.world.delete(scene.world.message(scene.channel_id, note))
    answer = await scene.menu(int(forward.id))
    assert scene.ears.heard == ["note.ogg"]
    assert answer.message["content"] == FORWARDED


async def test_whoever_waits_for_a_command_is_told_their_place_where_the_answer_comes(
    scene: Scene,
):
    scene.ears.places = [3]
    asked = await scene.playground.slash("emotion", note=NOTE)
    await asked.until(lambda one: one.message and one.message["content"])
    assert asked.message["content"] == waiting(3)
    scene.ears.told.set()
    await asked.until(lambda one: one.message["embeds"])
    assert asked.message["content"] == ""
    assert scene.playground.bot_messages() == [asked.message]


async def test_emotion_hears_a_file_for_all_or_for_one(scene: Scene):
    answer = await scene.slash("emotion", note=NOTE)
    assert not answer.ephemeral
    private = await scene.slash("emotion", note=NOTE, private=True)
    assert private.ephemeral
    assert "happy" in private.message["embeds"][0]["title"].lower()
    assert scene.ears.heard == ["note.ogg", "note.ogg"]


async def test_it_is_there_in_conversations_too(scene: Scene):
    world = scene.world
    direct = world.channels[DIRECT_ID]
    among = world.private_channel([world.you, world.friend])
    for channel in (direct, among):
        answer = await scene.slash("emotion", note=NOTE, channel=channel)
        assert "happy" in answer.message["embeds"][0]["title"].lower()
        names = {one["name"] for one in scene.playground.client.commands(world.you, channel)}
        assert {MENU, "emotion", "optout", "privacy"} <= names
        assert not {"settings", "accuracy"} & names


async def test_what_goes_wrong_is_one_sentence_that_only_who_asks_sees(scene: Scene):
    scene.ears.trouble = RuntimeError("secret")
    scene.world.set_locale(scene.world.you.id, "de")
    asked = await scene.playground.slash("emotion", note=NOTE)
    await asked.until(lambda one: one.follow_ups)
    [told] = asked.follow_ups
    assert told["content"] == GERMAN.text(UNFORESEEN)
    assert scene.playground.bot_messages() == []
    assert told["id"] in {one["id"] for one in scene.playground.ephemeral_messages()}


async def mention(scene: Scene, note: int, words: str) -> None:
    seen = len(scene.bot.mentions)
    scene.world.post(
        Message(
            channel_id=scene.channel_id,
            author_id=scene.world.you.id,
            content=words,
            reply_to=note,
        )
    )
    await until(lambda: len(scene.bot.mentions) > seen)


async def test_a_mention_in_a_reply_hears_what_it_replies_to(scene: Scene):
    note = await scene.note()
    await until(lambda: scene.bot.mentions == [False])  # the voice note itself is not for this
    await mention(scene, note, f"<@{scene.world.bot.id}> and?")
    assert scene.bot.mentions[-1]
    [reply] = scene.playground.bot_messages()
    assert "happy" in reply["embeds"][0]["title"].lower()


async def test_two_mentions_at_once_are_answered_by_one_hearing_and_by_where_it_stands(
    scene: Scene,
):
    note = await scene.note()
    await until(lambda: scene.bot.mentions == [False])
    scene.ears.places = [1]  # so that the first is still at it when the second comes
    words = f"<@{scene.world.bot.id}>"
    for _ in range(2):
        scene.world.post(
            Message(
                channel_id=scene.channel_id,
                author_id=scene.world.you.id,
                content=words,
                reply_to=note,
            )
        )
    await until(lambda: scene.playground.bot_messages())
    scene.ears.told.set()
    await until(lambda: scene.bot.mentions == [False, True, True])
    replies = scene.playground.bot_messages()
    [answer] = [one for one in replies if one["embeds"]]
    [other] = [one for one in replies if not one["embeds"]]
    assert scene.ears.heard == ["note.ogg"]
    assert other["content"].endswith(f"/{scene.channel_id}/{answer['id']}")
    assert other["content"].startswith(ANSWERED.format(link="https://"))


async def test_a_mention_of_which_discord_tells_twice_is_answered_once(scene: Scene):
    note = await scene.note()
    await until(lambda: scene.bot.mentions == [False])
    await mention(scene, note, f"<@{scene.world.bot.id}>")
    [reply] = scene.playground.bot_messages()
    asked = await scene.bot.get_channel(scene.channel_id).fetch_message(
        int(reply["message_reference"]["message_id"])
    )
    assert await scene.bot.commands.hear_mention(asked)
    assert scene.playground.bot_messages() == [reply]


async def test_near_the_end_a_command_is_told_to_come_again(scene: Scene):
    await scene.requests.finish(0.0)
    answer = await scene.slash("emotion", note=NOTE)
    assert (answer.ephemeral, answer.message["content"]) == (True, SWITCHED_OFF)
    note = await scene.note()
    await until(lambda: scene.bot.mentions == [False])
    await mention(scene, note, f"<@{scene.world.bot.id}>")
    [reply] = scene.playground.bot_messages()
    assert reply["content"] == FAREWELL
    assert scene.ears.heard == []


async def test_what_is_under_way_at_the_end_is_handed_back(scene: Scene):
    scene.ears.places = [1]
    scene.world.set_locale(scene.world.you.id, "de")
    asked = await scene.playground.slash("emotion", note=NOTE)
    await asked.until(lambda one: one.message and one.message["content"])
    await scene.requests.finish(0.0)
    await scene.requests.hand_back(PATIENCE)
    assert asked.message["content"] == GERMAN.text(SWITCHED_OFF)
    assert len(scene.requests) == 0


async def test_a_reply_without_a_mention_is_not_for_the_bot(scene: Scene):
    note = await scene.note()
    await until(lambda: scene.bot.mentions == [False])
    await mention(scene, note, "how sad")
    assert not scene.bot.mentions[-1]
    assert scene.ears.heard == []


async def test_nor_does_a_mention_make_heard_who_opted_out(scene: Scene):
    note = await scene.note()
    await until(lambda: scene.bot.mentions == [False])
    await scene.storage.opt_out(scene.world.friend.id)
    await mention(scene, note, f"<@{scene.world.bot.id}>")
    [reply] = scene.playground.bot_messages()
    assert reply["content"] == LEFT_ALONE
    assert scene.ears.heard == []
