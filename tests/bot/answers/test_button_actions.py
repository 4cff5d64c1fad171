"""The buttons under answers, pressed in a playground with the bot's own client."""

import pytest

from bot.answers.button_actions import GONE, NOT_YOURS, THANKED_BEFORE, THANKS, ButtonActions
from bot.answers.in_flight import SWITCHED_OFF
from bot.i18n.languages import language_for
from bot.storage import Storage
from bot.views.buttons import answer_buttons
from bot.views.reply import DEFAULT_STYLE, AttachmentResult
from bot.views.trouble import UNFORESEEN, Trouble
from ser_core.emotions import EMOTION_NAMES, NOT_SURE
from tests.bot.harness import Harness, Json, components, ids
from tests.bot.results import SILENCE, UNSURE, long_result, short_result
from tests.bot_process import PATIENCE, until


def exists(harness: Harness, message: Json) -> bool:
    return message["id"] in {one["id"] for one in harness.playground.bot_messages()}


def restart(harness: Harness) -> None:
    """Forget what is in memory alone, as a restart does."""
    harness.service.recent.forget_all()
    harness.bot.cogs["VoiceNotes"]._buttons = ButtonActions(harness.service)


def forget_note(harness: Harness, message: Json) -> None:
    """Delete the voice note that an answer is about."""
    note_id = int(message["message_reference"]["message_id"])
    harness.world.delete(harness.world.message(harness.channel_id, note_id))


async def test_an_answer_has_buttons_in_its_language_without_anything_about_people(
    harness: Harness,
):
    await harness.storage.set_preferences(harness.guild_id, None, language="de")
    message = await harness.answer()
    assert [(one["label"], one["custom_id"]) for one in components(message)] == [
        ("Details", "undertone:details"),
        ("Lag ich richtig?", "undertone:right:happy"),
        ("Löschen", "undertone:delete"),
    ]


async def test_buttons_are_shown_only_where_they_have_something_to_do(harness: Harness):
    assert ids(await harness.answer(SILENCE)) == ["undertone:delete"]
    assert components(await harness.answer(Trouble("That is broken."))) == []
    two = [AttachmentResult("a.ogg", short_result()), AttachmentResult("b.ogg", short_result())]
    view = answer_buttons(two, style=DEFAULT_STYLE)
    assert view is not None
    assert [one.custom_id for one in view.children] == ["undertone:details", "undertone:delete"]


async def test_at_shutdown_a_button_responds_that_the_bot_is_being_switched_off(harness: Harness):
    message = await harness.answer(long_result())
    await harness.service.finish(0.0)
    harness.world.set_locale(harness.world.friend.id, "pl")
    refused = await harness.press(message, "details", harness.world.friend)
    assert refused.ephemeral
    assert refused.message["content"] == language_for("pl").text(SWITCHED_OFF)


async def test_details_are_shown_at_once_to_the_person_who_pressed(harness: Harness):
    message = await harness.answer(long_result())
    details = await harness.press(message, "details", harness.world.friend)
    assert details.ephemeral
    assert not details.deferred
    (embed,) = details.message["embeds"]
    assert embed["title"] == "😠 Angry, 55% sure"
    assert all(f" {name}: " in embed["description"] for name in EMOTION_NAMES)
    assert [field["name"] for field in embed["fields"]] == ["Length", "Speech", "Over time"]
    assert embed["image"]["description"].endswith("0:10–0:15 not sure: sad or neutral?")
    assert harness.pipeline.analysed_again == []
    assert harness.playground.ephemeral_messages(harness.world.you) == []


async def test_details_are_in_the_users_language_with_the_lowest_confidence_of_the_server(
    harness: Harness,
):
    await harness.storage.set_preferences(harness.guild_id, None, min_confidence=0.9)
    harness.world.set_locale(harness.world.friend.id, "pl")
    message = await harness.answer(short_result())
    details = await harness.press(message, "details", harness.world.friend)
    assert [one["embeds"][0]["title"] for one in (message, details.message)] == [
        "🤔 Not sure, closest: happy or neutral",
        "🤔 Brak pewności, najbliżej: radość lub neutralność",
    ]


async def test_the_image_of_a_short_note_is_drawn_with_its_details(harness: Harness):
    message = await harness.answer(short_result())
    details = await harness.press(message, "details")
    assert details.message["embeds"][0]["title"] == "😊 Happy, 72% sure"
    await details.until(lambda asked: "image" in asked.message["embeds"][0], PATIENCE)
    assert harness.pipeline.analysed_again == ["note.ogg"]


async def test_after_a_restart_details_come_from_a_new_analysis(harness: Harness):
    message = await harness.answer()
    restart(harness)
    details = await harness.press(message, "details")
    assert (details.deferred, details.ephemeral) == (True, True)
    [embed] = details.message["embeds"]
    assert embed["title"] == "😠 Angry, 55% sure"
    assert "image" in embed
    assert harness.pipeline.analysed_again == ["note.ogg"]
    await harness.press(message, "details")
    assert harness.pipeline.analysed_again == ["note.ogg"], "the second time they are known"


async def test_details_of_a_note_that_is_gone_are_a_sentence(harness: Harness):
    message = await harness.answer()
    restart(harness)
    forget_note(harness, message)
    details = await harness.press(message, "details")
    assert details.message["content"] == GONE
    assert details.ephemeral


async def test_an_error_is_one_sentence_for_the_person_who_pressed(
    harness: Harness, caplog: pytest.LogCaptureFixture
):
    message = await harness.answer()
    restart(harness)
    harness.pipeline.error = ValueError("a secret")
    details = await harness.press(message, "details")
    await details.until(lambda asked: asked.follow_ups, PATIENCE)
    assert [one["content"] for one in details.follow_ups] == [UNFORESEEN]
    assert harness.playground.ephemeral_messages() == details.follow_ups
    assert "a secret" not in caplog.text


@pytest.mark.parametrize("when", ["at once", "after a restart", "when the note is gone"])
@pytest.mark.parametrize("who", ["you", "moderator"])
async def test_the_author_and_moderators_may_delete_the_answer(
    harness: Harness, who: str, when: str
):
    message = await harness.answer()
    if when == "after a restart":
        restart(harness)
    elif when == "when the note is gone":
        forget_note(harness, message)
    pressed = await harness.press(message, "delete", getattr(harness.world, who))
    await until(lambda: not exists(harness, message))
    await until(lambda: harness.service.recent.get(int(message["id"])) is None)
    assert pressed.follow_ups == [], "what is gone needs no words"


async def test_answers_that_are_deleted_together_are_forgotten(harness: Harness):
    message = await harness.answer()
    assert harness.service.recent.get(int(message["id"])) is not None
    deleted = {"ids": [message["id"]], "channel_id": message["channel_id"]}
    harness.bot._connection.parse_message_delete_bulk(deleted)  # the playground has no such event
    await until(lambda: harness.service.recent.get(int(message["id"])) is None)


async def test_others_may_not_delete_the_answer(harness: Harness):
    message = await harness.answer()
    refused = await harness.press(message, "delete", harness.world.friend)
    assert [one["content"] for one in refused.follow_ups] == [NOT_YOURS]
    assert exists(harness, message)
    assert harness.playground.ephemeral_messages(harness.world.friend) == refused.follow_ups


async def test_a_verdict_that_the_bot_was_right_is_counted_with_thanks(harness: Harness):
    message = await harness.answer()
    asked = await harness.press(message, "right", harness.world.friend)
    assert (asked.ephemeral, asked.message["content"]) == (True, "I heard: happy. Was I right?")
    yes, menu = components(asked.message)
    assert yes["label"] == "Yes"
    assert [one["value"] for one in menu["options"]] == [
        name for name in EMOTION_NAMES if name != "happy"
    ]
    assert all(one["emoji"]["name"] and one["label"] for one in menu["options"])
    thanked = await harness.press(asked.message, "yes", harness.world.friend)
    assert thanked.message["content"] == THANKS
    assert components(thanked.message) == []
    assert await harness.storage.verdicts(harness.guild_id) == {("happy", "happy"): 1}


async def test_a_verdict_with_the_right_emotion_is_counted_also_after_a_restart(harness: Harness):
    asked = await harness.press(await harness.answer(), "right")
    restart(harness)
    thanked = await harness.choose(asked.message, "sad")
    assert thanked.message["content"] == THANKS
    assert await harness.storage.verdicts(harness.guild_id) == {("happy", "sad"): 1}


async def test_of_an_answer_that_is_not_sure_the_right_emotion_can_be_chosen(harness: Harness):
    asked = await harness.press(await harness.answer(UNSURE), "right")
    assert asked.message["content"] == "I was not sure. What would you say it was?"
    (menu,) = components(asked.message)
    assert len(menu["options"]) == len(EMOTION_NAMES)
    await harness.choose(asked.message, "calm")
    assert await harness.storage.verdicts(harness.guild_id) == {(NOT_SURE, "calm"): 1}


async def test_each_person_has_one_verdict_on_an_answer(harness: Harness):
    message = await harness.answer()
    first = await harness.press(message, "right")
    second = await harness.press(message, "right")
    await harness.press(first.message, "yes")
    again = await harness.choose(second.message, "sad")
    assert again.message["content"] == THANKED_BEFORE
    refused = await harness.press(message, "right")
    assert refused.message["content"] == THANKED_BEFORE
    other = await harness.press(message, "right", harness.world.friend)
    await harness.press(other.message, "yes", harness.world.friend)
    assert sum((await harness.storage.verdicts(harness.guild_id)).values()) == 2


async def test_a_verdict_that_failed_can_be_given_again(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
):
    async def fail(*_: object, **__: object) -> None:
        raise OSError("the disc is full")

    asked = await harness.press(await harness.answer(), "right")
    monkeypatch.setattr(Storage, "count_verdict", fail)
    await harness.press(asked.message, "yes")
    assert UNFORESEEN in [one["content"] for one in harness.playground.ephemeral_messages()]
    monkeypatch.undo()
    await harness.press(asked.message, "yes")
    assert sum((await harness.storage.verdicts(harness.guild_id)).values()) == 1
