"""Preferences and opt-outs, with the bot's own client in a playground."""

import logging
from types import SimpleNamespace

import pytest

from bot.answers.button_actions import THANKS
from bot.answers.service import HINT
from bot.i18n.languages import language_for
from bot.playground.world.channels import DIRECT_ID, GENERAL_ID, GUILD_ID, Channel
from bot.policy.rules import LEFT_ALONE, UNCERTAIN, YOU_OPTED_OUT, Policy
from bot.views.reply import FORWARDED
from tests.bot.harness import NOTE, Harness, Json, fail, ids
from tests.bot_process import PATIENCE, until


@pytest.fixture(autouse=True)
def _answers_all(harness: Harness) -> None:
    harness.service.is_quiet = False


async def test_a_person_who_opted_out_is_not_analysed_and_only_answered_when_they_ask(
    harness: Harness,
):
    friend = harness.world.friend
    await harness.storage.opt_out(friend.id)
    assert await harness.say(voice=NOTE, author=friend) == []
    [refusal] = await harness.say(harness.mention, files=[NOTE], author=friend)
    assert (refusal["content"], refusal["embeds"]) == (YOU_OPTED_OUT, [])
    assert harness.pipeline.analysed == []
    await harness.storage.opt_in(friend.id)
    assert (await harness.say(voice=NOTE, author=friend))[0]["embeds"]


async def test_a_person_who_opted_out_is_not_analysed_whoever_presses_a_button(harness: Harness):
    answer = await harness.answer()
    await harness.storage.opt_out(harness.world.you.id)
    asked = await harness.press(answer, "details", harness.world.friend)
    await asked.until(lambda asked: asked.follow_ups, PATIENCE)
    assert [one["content"] for one in asked.follow_ups] == [LEFT_ALONE]
    assert harness.pipeline.analysed_again == []


@pytest.mark.parametrize("place", [GENERAL_ID, DIRECT_ID])
async def test_a_forwarded_note_names_nobody_and_is_not_analysed_if_its_author_opted_out(
    harness: Harness, place: int
):
    note = await harness.note()
    [reply] = await forwarded(harness, note, place)
    assert reply["content"] == FORWARDED
    assert harness.world.you.name not in str(reply["embeds"])
    await harness.storage.opt_out(harness.world.friend.id)
    harness.pipeline.analysed.clear()
    words = [one["content"] for one in await forwarded(harness, note, place)]
    assert words == ([LEFT_ALONE] if place == DIRECT_ID else [])
    assert harness.pipeline.analysed == []


async def forwarded(harness: Harness, note: int, place: int) -> list[Json]:
    """Forward a voice note, and return the bot's replies when it has handled the message."""
    forward = await harness.playground.forward(note, place)
    await until(lambda: forward.id in harness.service.seen)
    return harness.replies_to(forward.id)


@pytest.fixture
def broken(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the database fail."""
    for name in ("preferences", "is_opted_out", "claim", "count_verdict"):
        monkeypatch.setattr(harness.storage, name, fail)


@pytest.mark.usefixtures("broken")
async def test_where_opt_outs_are_unknown_nobody_is_analysed(
    harness: Harness, caplog: pytest.LogCaptureFixture
):
    assert await harness.say(voice=NOTE) == []
    [refusal] = await harness.say(harness.mention, files=[NOTE])
    assert refusal["content"] == UNCERTAIN
    assert harness.pipeline.analysed == []
    assert "db.example" in caplog.text, "whoever runs the bot is told"


async def test_where_preferences_are_unknown_only_requests_are_answered(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(harness.storage, "preferences", fail)
    assert await harness.say(voice=NOTE) == []
    assert (await harness.say(harness.mention, files=[NOTE]))[0]["embeds"]


async def test_where_the_database_fails_messages_are_claimed_in_memory():
    policy = Policy(SimpleNamespace(claim=fail))
    claims = [await policy.claim(message) for message in (1, 1, 2)]
    assert claims == [True, False, True], "this process still knows what it has answered"


async def test_a_channel_and_its_threads_may_have_other_preferences_than_the_server(
    harness: Harness,
):
    await harness.storage.set_preferences(GUILD_ID, None, automatic=False)
    await harness.storage.set_preferences(GUILD_ID, GENERAL_ID, automatic=True)
    thread = Channel(id=1, name="about that note", kind="thread", parent_id=GENERAL_ID)
    harness.world.add_channel(thread)
    assert await harness.say(voice=NOTE) == []
    assert harness.pipeline.analysed == []
    assert (await harness.say(harness.mention, files=[NOTE]))[0]["embeds"]
    for channel in (GENERAL_ID, thread.id):
        assert (await harness.say(voice=NOTE, channel=channel))[0]["embeds"]


async def test_without_audio_files_only_voice_messages_are_answered(harness: Harness):
    await harness.storage.set_preferences(GUILD_ID, None, audio_files=False)
    assert await harness.say(files=[NOTE]) == []
    assert (await harness.say(voice=NOTE))[0]["embeds"]
    assert (await harness.say(harness.mention, files=[NOTE]))[0]["embeds"]


async def test_answers_are_as_the_servers_preferences_say(harness: Harness):
    german = language_for("de")
    await harness.storage.set_preferences(
        GUILD_ID, None, language="de", detail="compact", min_confidence=1.0
    )
    [answer] = await harness.say(voice=NOTE)
    assert answer["embeds"][0]["title"].startswith("🤔 Nicht sicher")
    assert "description" not in answer["embeds"][0]
    [hint] = await harness.say(f"{harness.mention} hallo?")
    assert hint["content"] == german.text(HINT)
    await harness.storage.opt_out(harness.world.you.id)
    [refusal] = await harness.say(harness.mention, files=[NOTE])
    assert refusal["content"] == german.text(YOU_OPTED_OUT)


async def test_a_verdict_is_thanked_for_if_the_database_fails(
    harness: Harness, request: pytest.FixtureRequest
):
    asked = await harness.press(await harness.answer(), "right")
    request.getfixturevalue("broken")
    assert (await harness.choose(asked.message, "sad")).message["content"] == THANKS


async def test_a_direct_conversation_is_in_the_locale_of_the_last_interaction(harness: Harness):
    [answer] = await harness.say(voice=NOTE, channel=DIRECT_ID)
    assert ids(answer) == ["undertone:details", "undertone:delete"], "verdicts are servers'"
    for locale, words in (("pl", "To przypuszczenie"), ("en-US", "A guess from the tone of voice")):
        harness.world.set_locale(harness.world.you.id, locale)
        await harness.press(answer, "details")
        [answer] = await harness.say(voice=NOTE, channel=DIRECT_ID)
        assert words in answer["embeds"][0]["footer"]["text"]


@pytest.mark.parametrize("is_removed", [True, False])
async def test_a_servers_data_is_deleted_when_the_bot_is_removed_and_kept_in_an_outage(
    harness: Harness, caplog: pytest.LogCaptureFixture, is_removed: bool
):
    caplog.set_level(logging.INFO)
    await harness.storage.set_preferences(GUILD_ID, None, automatic=False)
    await harness.storage.count_verdict(GUILD_ID, heard="sad", said="calm")
    if is_removed:
        harness.playground.faults.remove_bot()
        await until(lambda: "what was known of it is deleted" in caplog.text)
    else:
        harness.playground.faults.take_server_away()
    harness.playground.faults.let_bot_in()
    assert bool(await harness.say(voice=NOTE)) == is_removed, "it is as it was at first"
    assert await harness.storage.verdicts(GUILD_ID) == ({} if is_removed else {("sad", "calm"): 1})
