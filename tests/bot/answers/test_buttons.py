"""The buttons under answers, pressed in a playground where the bot's own client answers them."""

import pytest

from bot.answers.button_actions import GONE, NOT_YOURS, THANKED_BEFORE, THANKS, ButtonActions
from bot.answers.in_flight import SWITCHED_OFF
from bot.i18n.languages import language_for
from bot.storage import Storage
from bot.views.buttons import answer_buttons
from bot.views.reply import DEFAULT_MANNER, Answer
from bot.views.trouble import UNFORESEEN, Trouble
from ser_core.emotions import EMOTION_NAMES, NOT_SURE
from tests.bot.hearings import SILENCE, UNSURE, hearing, long_hearing
from tests.bot.scene import Json, Scene, components, ids
from tests.bot_process import PATIENCE, until


def exists(scene: Scene, message: Json) -> bool:
    return message["id"] in {one["id"] for one in scene.playground.bot_messages()}


def restart(scene: Scene) -> None:
    """Forget what a bot that has just been started does not know."""
    scene.answers.recent.forget_all()
    scene.bot.cogs["VoiceNotes"]._buttons = ButtonActions(scene.answers)


def forget_note(scene: Scene, message: Json) -> None:
    """Delete the voice note that an answer is about."""
    note_id = int(message["message_reference"]["message_id"])
    scene.world.delete(scene.world.message(scene.channel_id, note_id))


async def test_an_answer_has_buttons_in_its_language_that_know_nothing_of_anybody(scene: Scene):
    await scene.storage.set_preferences(scene.guild_id, None, language="de")
    message = await scene.answer()
    assert [(one["label"], one["custom_id"]) for one in components(message)] == [
        ("Details", "undertone:details"),
        ("Lag ich richtig?", "undertone:right:happy"),
        ("Löschen", "undertone:delete"),
    ]


async def test_buttons_are_there_only_where_they_have_something_to_do(scene: Scene):
    assert ids(await scene.answer(SILENCE)) == ["undertone:delete"]
    assert components(await scene.answer(Trouble("That is broken."))) == []
    two = [Answer("a.ogg", hearing()), Answer("b.ogg", hearing())]
    view = answer_buttons(two, manner=DEFAULT_MANNER)
    assert view is not None
    assert [one.custom_id for one in view.children] == ["undertone:details", "undertone:delete"]


async def test_near_the_end_a_button_says_that_the_bot_is_being_switched_off(scene: Scene):
    message = await scene.answer(long_hearing())
    await scene.answers.finish(0.0)
    scene.world.set_locale(scene.world.friend.id, "pl")
    refused = await scene.press(message, "details", scene.world.friend)
    assert refused.ephemeral
    assert refused.message["content"] == language_for("pl").text(SWITCHED_OFF)


async def test_details_are_shown_at_once_to_the_one_who_asks(scene: Scene):
    message = await scene.answer(long_hearing())
    details = await scene.press(message, "details", scene.world.friend)
    assert details.ephemeral
    assert not details.deferred
    (embed,) = details.message["embeds"]
    assert embed["title"] == "😠 Angry, 55% sure"
    assert all(f" {name}: " in embed["description"] for name in EMOTION_NAMES)
    assert [field["name"] for field in embed["fields"]] == ["Length", "Speech", "Over time"]
    assert embed["image"]["description"].endswith("0:10–0:15 not sure: sad or neutral?")
    assert scene.pipeline.heard_again == []
    assert scene.playground.ephemeral_messages(scene.world.you) == []


async def test_details_are_in_the_askers_language_and_no_surer_than_the_server_wants(scene: Scene):
    await scene.storage.set_preferences(scene.guild_id, None, min_confidence=0.9)
    scene.world.set_locale(scene.world.friend.id, "pl")
    message = await scene.answer(hearing())
    details = await scene.press(message, "details", scene.world.friend)
    assert [one["embeds"][0]["title"] for one in (message, details.message)] == [
        "🤔 Not sure, closest: happy or neutral",
        "🤔 Brak pewności, najbliżej: radość lub neutralność",
    ]


async def test_the_picture_of_a_short_note_is_drawn_when_somebody_asks_for_it(scene: Scene):
    message = await scene.answer(hearing())
    details = await scene.press(message, "details")
    assert details.message["embeds"][0]["title"] == "😊 Happy, 72% sure"
    await details.until(lambda asked: "image" in asked.message["embeds"][0], PATIENCE)
    assert scene.pipeline.heard_again == ["note.ogg"]


async def test_after_a_restart_details_come_of_hearing_the_note_again(scene: Scene):
    message = await scene.answer()
    restart(scene)
    details = await scene.press(message, "details")
    assert (details.deferred, details.ephemeral) == (True, True)
    [embed] = details.message["embeds"]
    assert embed["title"] == "😠 Angry, 55% sure"
    assert "image" in embed
    assert scene.pipeline.heard_again == ["note.ogg"]
    await scene.press(message, "details")
    assert scene.pipeline.heard_again == ["note.ogg"], "the second time they are known"


async def test_details_of_a_note_that_is_gone_are_a_sentence(scene: Scene):
    message = await scene.answer()
    restart(scene)
    forget_note(scene, message)
    details = await scene.press(message, "details")
    assert details.message["content"] == GONE
    assert details.ephemeral


async def test_what_goes_wrong_is_told_to_who_pressed(
    scene: Scene, caplog: pytest.LogCaptureFixture
):
    message = await scene.answer()
    restart(scene)
    scene.pipeline.trouble = ValueError("a secret")
    details = await scene.press(message, "details")
    await details.until(lambda asked: asked.follow_ups, PATIENCE)
    assert [one["content"] for one in details.follow_ups] == [UNFORESEEN]
    assert scene.playground.ephemeral_messages() == details.follow_ups
    assert "a secret" not in caplog.text


@pytest.mark.parametrize("when", ["at once", "after a restart", "when the note is gone"])
@pytest.mark.parametrize("who", ["you", "moderator"])
async def test_the_author_and_moderators_may_delete_the_answer(scene: Scene, who: str, when: str):
    message = await scene.answer()
    if when == "after a restart":
        restart(scene)
    elif when == "when the note is gone":
        forget_note(scene, message)
    pressed = await scene.press(message, "delete", getattr(scene.world, who))
    await until(lambda: not exists(scene, message))
    await until(lambda: scene.answers.recent.get(int(message["id"])) is None)
    assert pressed.follow_ups == [], "what is gone needs no words"


async def test_answers_that_are_deleted_together_are_forgotten(scene: Scene):
    message = await scene.answer()
    deleted = {"ids": [message["id"]], "channel_id": message["channel_id"]}
    scene.bot._connection.parse_message_delete_bulk(deleted)  # the playground has no such event
    await until(lambda: scene.answers.recent.get(int(message["id"])) is None)


async def test_others_are_told_who_may_delete_the_answer(scene: Scene):
    message = await scene.answer()
    refused = await scene.press(message, "delete", scene.world.friend)
    assert [one["content"] for one in refused.follow_ups] == [NOT_YOURS]
    assert exists(scene, message)
    assert scene.playground.ephemeral_messages(scene.world.friend) == refused.follow_ups


async def test_who_says_that_the_bot_was_right_is_thanked_and_counted(scene: Scene):
    message = await scene.answer()
    asked = await scene.press(message, "right", scene.world.friend)
    assert (asked.ephemeral, asked.message["content"]) == (True, "I heard: happy. Was I right?")
    yes, menu = components(asked.message)
    assert yes["label"] == "Yes"
    assert [one["value"] for one in menu["options"]] == [
        name for name in EMOTION_NAMES if name != "happy"
    ]
    assert all(one["emoji"]["name"] and one["label"] for one in menu["options"])
    thanked = await scene.press(asked.message, "yes", scene.world.friend)
    assert thanked.message["content"] == THANKS
    assert components(thanked.message) == []
    assert await scene.storage.verdicts(scene.guild_id) == {("happy", "happy"): 1}


async def test_who_says_what_it_was_is_thanked_and_counted_also_after_a_restart(scene: Scene):
    asked = await scene.press(await scene.answer(), "right")
    restart(scene)
    thanked = await scene.choose(asked.message, "sad")
    assert thanked.message["content"] == THANKS
    assert await scene.storage.verdicts(scene.guild_id) == {("happy", "sad"): 1}


async def test_of_what_the_bot_was_not_sure_everybody_may_say_what_it_was(scene: Scene):
    asked = await scene.press(await scene.answer(UNSURE), "right")
    assert asked.message["content"] == "I was not sure. What would you say it was?"
    (menu,) = components(asked.message)
    assert len(menu["options"]) == len(EMOTION_NAMES)
    await scene.choose(asked.message, "calm")
    assert await scene.storage.verdicts(scene.guild_id) == {(NOT_SURE, "calm"): 1}


async def test_everybody_has_one_verdict_on_an_answer(scene: Scene):
    message = await scene.answer()
    first = await scene.press(message, "right")
    second = await scene.press(message, "right")
    await scene.press(first.message, "yes")
    again = await scene.choose(second.message, "sad")
    assert again.message["content"] == THANKED_BEFORE
    refused = await scene.press(message, "right")
    assert refused.message["content"] == THANKED_BEFORE
    other = await scene.press(message, "right", scene.world.friend)
    await scene.press(other.message, "yes", scene.world.friend)
    assert sum((await scene.storage.verdicts(scene.guild_id)).values()) == 2


async def test_a_verdict_that_failed_can_be_given_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    async def fail(*_: object, **__: object) -> None:
        raise OSError("the disc is full")

    asked = await scene.press(await scene.answer(), "right")
    monkeypatch.setattr(Storage, "count_verdict", fail)
    await scene.press(asked.message, "yes")
    assert UNFORESEEN in [one["content"] for one in scene.playground.ephemeral_messages()]
    monkeypatch.undo()
    await scene.press(asked.message, "yes")
    assert sum((await scene.storage.verdicts(scene.guild_id)).values()) == 1
