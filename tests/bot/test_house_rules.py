"""What servers and people want, kept to by the whole bot: the real client in a playground."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from bot.analyser import Analyser
from bot.desk import NOT_YOURS, THANKED_BEFORE, THANKS
from bot.errors import StorageError
from bot.house_rules import LEFT_ALONE, UNCERTAIN, YOU_OPTED_OUT
from bot.languages import language_for
from bot.playground.world.channels import GENERAL_ID, GUILD_ID, Channel
from bot.replies import FORWARDED
from bot.storage import Storage
from bot.voice_notes import HINT
from ser_core.emotions import EMOTION_NAMES
from tests.bot.conftest import PATIENCE, Json, Undertone, until
from tests.bot.recordings import silence, voice

pytestmark = pytest.mark.asyncio(loop_scope="session")

FOR_THE_OWNER = "The database at db.example.org:5432 cannot be reached."


@pytest.fixture
def analyses(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Give a list that grows with each analysis."""
    begun: list[object] = []
    run = Analyser._run

    async def noted(analyser: Analyser, function: Any, arguments: Any) -> Any:
        begun.append(function)
        return await run(analyser, function, arguments)

    monkeypatch.setattr(Analyser, "_run", noted)
    return begun


@pytest_asyncio.fixture(loop_scope="session")
async def storage(undertone: Undertone) -> AsyncIterator[Storage]:
    """Give the bot's storage, with nothing in it after the test."""
    yield undertone.storage
    await undertone.storage.forget_guild(GUILD_ID)
    await undertone.storage.reset_preferences(GUILD_ID, undertone.server)
    for person in undertone.world.people:
        await undertone.storage.opt_in(person)


@pytest.fixture
def broken(undertone: Undertone, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the database fail at whatever it is asked."""

    async def fail(*_: object, **__: object) -> None:
        raise StorageError(FOR_THE_OWNER)

    for name in ("preferences", "is_opted_out", "claim", "count_verdict"):
        monkeypatch.setattr(undertone.storage, name, fail)
    yield
    everything = [*undertone.playground.bot_messages(), *undertone.playground.ephemeral_messages()]
    assert "example.org" not in str(everything)


async def is_silent(undertone: Undertone, message: int) -> bool:
    """Tell whether nothing was said to a message, once a later one has been answered."""
    await undertone.ask(voice=voice(), channel=undertone.direct)
    return undertone.replies_to(message) == []


def ids(message: Json) -> list[str]:
    return [one["custom_id"] for row in message["components"] for one in row["components"]]


async def press(undertone: Undertone, message: Json, action: str, **who: Any) -> Any:
    custom_id = next(one for one in ids(message) if one.split(":")[1] == action)
    return await (await undertone.playground.press(message["id"], custom_id, **who)).answer(
        PATIENCE
    )


async def test_who_opted_out_is_not_analysed_and_not_spoken_to(
    undertone: Undertone, storage: Storage, analyses: list[object]
):
    friend = undertone.world.friend
    await storage.opt_out(friend.id)
    message = await undertone.send(voice=voice(), author=friend)
    await asyncio.sleep(0.5)
    assert analyses == []
    assert await is_silent(undertone, message)


async def test_who_opted_out_and_asks_is_told_why_there_is_no_answer(
    undertone: Undertone, storage: Storage, analyses: list[object]
):
    friend = undertone.world.friend
    await storage.opt_out(friend.id)
    reply = await undertone.ask(voice(), content=undertone.mention, author=friend)
    assert (reply["content"], reply["embeds"]) == (YOU_OPTED_OUT, [])
    assert analyses == []
    await storage.opt_in(friend.id)
    assert (await undertone.ask(voice=voice(), author=friend))["embeds"]


async def test_who_opted_out_is_not_analysed_whoever_presses_a_button(
    undertone: Undertone, storage: Storage, analyses: list[object]
):
    answer = await undertone.ask(voice=voice())
    await storage.opt_out(undertone.world.you.id)
    analyses.clear()
    asked = await press(undertone, answer, "details", person=undertone.world.friend)
    await asked.until(lambda asked: asked.follow_ups, PATIENCE)
    assert [one["content"] for one in asked.follow_ups] == [LEFT_ALONE]
    assert analyses == []


async def test_a_voice_message_that_is_forwarded_is_heard_and_is_nobodys(undertone: Undertone):
    note = await undertone.send(voice=voice())
    await undertone.reply_to(note)
    for place in (undertone.server, undertone.direct):
        forward = await undertone.playground.forward(note, place)
        reply = await undertone.reply_to(forward.id)
        assert reply["content"] == FORWARDED
        assert reply["embeds"]
        assert undertone.world.you.name not in str(reply["embeds"])


async def test_who_opted_out_is_not_analysed_when_somebody_forwards_them(
    undertone: Undertone, storage: Storage, analyses: list[object]
):
    friend = undertone.world.friend
    await storage.opt_out(friend.id)
    note = await undertone.send(voice=voice(), author=friend)
    forward = await undertone.playground.forward(note, undertone.server)
    await asyncio.sleep(0.5)
    assert analyses == []
    assert await is_silent(undertone, forward.id)
    in_private = await undertone.playground.forward(note, undertone.direct)
    assert (await undertone.reply_to(in_private.id))["content"] == LEFT_ALONE


@pytest.mark.usefixtures("broken")
async def test_where_it_cannot_be_known_who_opted_out_nobody_is_analysed(
    undertone: Undertone, analyses: list[object], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    unasked = await undertone.send(voice=voice())
    asked = await undertone.ask(voice(), content=undertone.mention)
    assert asked["content"] == UNCERTAIN
    assert undertone.replies_to(unasked) == []
    assert analyses == []
    assert FOR_THE_OWNER in caplog.text, "whoever runs the bot is told"


async def test_where_the_settings_cannot_be_known_only_who_asks_is_answered(
    undertone: Undertone, storage: Storage, monkeypatch: pytest.MonkeyPatch
):
    async def fail(*_: object) -> None:
        raise StorageError(FOR_THE_OWNER)

    monkeypatch.setattr(storage, "preferences", fail)
    unasked = await undertone.send(voice=voice())
    assert (await undertone.ask(voice(), content=undertone.mention))["embeds"]
    assert undertone.replies_to(unasked) == []


async def test_where_it_is_not_to_answer_unasked_it_is_silent(
    undertone: Undertone, storage: Storage, analyses: list[object]
):
    await storage.set_preferences(GUILD_ID, None, automatic=False)
    message = await undertone.send(voice=voice())
    await asyncio.sleep(0.5)
    assert analyses == []
    assert (await undertone.ask(voice=voice(), content=undertone.mention))["embeds"]
    assert await is_silent(undertone, message)


async def test_a_channel_may_want_otherwise_than_its_server(undertone: Undertone, storage: Storage):
    await storage.set_preferences(GUILD_ID, None, automatic=False)
    await storage.set_preferences(GUILD_ID, undertone.server, automatic=True)
    assert (await undertone.ask(voice=voice()))["embeds"]


async def test_a_thread_is_as_the_channel_that_it_belongs_to(
    undertone: Undertone, storage: Storage, analyses: list[object]
):
    await storage.set_preferences(GUILD_ID, undertone.server, automatic=False)
    thread = undertone.world.add_channel(
        Channel(id=1, name="about that note", kind="thread", parent_id=undertone.server)
    )
    message = await undertone.send(voice=voice(), channel=thread.id)
    assert await is_silent(undertone, message)
    assert len(analyses) <= 1
    mentioned = await undertone.ask(voice(), content=undertone.mention, channel=thread.id)
    assert mentioned["embeds"]


async def test_where_files_are_not_wanted_only_voice_messages_are_answered(
    undertone: Undertone, storage: Storage
):
    await storage.set_preferences(GUILD_ID, None, audio_files=False)
    file = await undertone.send(voice())
    assert (await undertone.ask(voice=voice()))["embeds"]
    assert (await undertone.ask(voice(), content=undertone.mention))["embeds"]
    assert await is_silent(undertone, file)


async def test_answers_are_given_as_the_server_wants_them(undertone: Undertone, storage: Storage):
    german = language_for("de")
    await storage.set_preferences(
        GUILD_ID, None, language="de", detail="compact", min_confidence=1.0
    )
    (embed,) = (await undertone.ask(voice=voice()))["embeds"]
    assert embed["title"].startswith("🤔 Nicht sicher")
    assert len(embed.get("description", "").splitlines()) < len(EMOTION_NAMES)
    general = GENERAL_ID  # where no other test was given a hint
    hint = await undertone.ask(content=f"{undertone.mention} hallo?", channel=general)
    assert hint["content"] == german.text(HINT)
    await storage.opt_out(undertone.world.you.id)
    refused = await undertone.ask(voice(), content=undertone.mention)
    assert refused["content"] == german.text(YOU_OPTED_OUT)


async def test_details_are_told_under_an_answer(undertone: Undertone):
    answer = await undertone.ask(voice=voice())
    assert [one.split(":")[1] for one in ids(answer)] == ["details", "right", "delete"]
    details = await press(undertone, answer, "details", person=undertone.world.friend)
    assert details.ephemeral
    assert details.message["embeds"][0]["title"] == answer["embeds"][0]["title"]
    await details.until(lambda asked: "image" in asked.message["embeds"][0], PATIENCE)


async def test_verdicts_are_counted_for_the_server(undertone: Undertone, storage: Storage):
    answer = await undertone.ask(voice=voice())
    heard = next(one for one in ids(answer) if ":right:" in one).rpartition(":")[2]
    said = next(name for name in EMOTION_NAMES if name != heard)
    asked = await press(undertone, answer, "right")
    menu = next(one for one in ids(asked.message) if ":said:" in one)
    chosen = await undertone.playground.choose(asked.message["id"], menu, [said])
    assert (await chosen.answer(PATIENCE)).message["content"] == THANKS
    assert await storage.verdicts(GUILD_ID) == {(heard, said): 1}
    again = await press(undertone, answer, "right")
    assert again.message["content"] == THANKED_BEFORE


async def test_who_helps_is_thanked_though_the_database_fails(
    undertone: Undertone, request: pytest.FixtureRequest
):
    answer = await undertone.ask(voice=voice())
    request.getfixturevalue("broken")
    asked = await press(undertone, answer, "right")
    menu = next(one for one in ids(asked.message) if ":said:" in one)
    options = asked.message["components"][-1]["components"][0]["options"]
    chosen = await undertone.playground.choose(asked.message["id"], menu, [options[0]["value"]])
    assert (await chosen.answer(PATIENCE)).message["content"] == THANKS


async def test_an_answer_is_deleted_for_its_author_and_for_nobody_else(undertone: Undertone):
    answer = await undertone.ask(voice=voice())
    message = int(answer["message_reference"]["message_id"])
    refused = await press(undertone, answer, "delete", person=undertone.world.friend)
    assert [one["content"] for one in refused.follow_ups] == [NOT_YOURS]
    assert undertone.replies_to(message)
    await press(undertone, answer, "delete")
    await until(lambda: not undertone.replies_to(message))


async def test_a_direct_conversation_is_in_the_language_of_whoever_was_seen_to_use_it(
    undertone: Undertone,
):
    answer = await undertone.ask(voice=voice(), channel=undertone.direct)
    for locale, words in (("pl", "To przypuszczenie"), ("en-US", "A guess from the tone of voice")):
        undertone.world.set_locale(undertone.world.you.id, locale)
        await press(undertone, answer, "details")
        answer = await undertone.ask(voice=voice(), channel=undertone.direct)
        assert words in answer["embeds"][0]["footer"]["text"]


async def test_in_a_direct_conversation_verdicts_are_not_asked_for(undertone: Undertone):
    answer = await undertone.ask(voice=voice(), channel=undertone.direct)
    assert [one.split(":")[1] for one in ids(answer)] == ["details", "delete"]
    assert [one.split(":")[1] for one in ids(await undertone.ask(silence()))] == ["delete"]


async def test_what_is_known_of_a_server_goes_with_the_bot(
    undertone: Undertone, storage: Storage, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    await storage.set_preferences(GUILD_ID, None, automatic=False)
    await storage.count_verdict(GUILD_ID, heard="sad", said="calm")
    undertone.playground.faults.remove_bot()
    await until(lambda: "what was known of it is deleted" in caplog.text)
    assert await storage.verdicts(GUILD_ID) == {}
    assert await storage.overrides(GUILD_ID) == {}
    undertone.playground.faults.let_bot_in()
    assert (await undertone.ask(voice=voice()))["embeds"], "it is as it was at first"


async def test_what_is_known_of_a_server_stays_through_an_outage_of_discord(
    undertone: Undertone, storage: Storage
):
    await storage.set_preferences(GUILD_ID, None, automatic=False)
    await storage.count_verdict(GUILD_ID, heard="sad", said="calm")
    undertone.playground.faults.take_server_away()
    undertone.playground.faults.let_bot_in()
    unasked = await undertone.send(voice=voice())
    assert await is_silent(undertone, unasked)
    assert await storage.verdicts(GUILD_ID) == {("sad", "calm"): 1}
