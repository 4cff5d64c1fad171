"""The last word to those who could not be answered: discord.py's own messages, in a playground."""

import discord
import pytest

from bot.farewells import FAREWELL, FAREWELL_TO_MANY, FAREWELLS, Unanswered, say_farewell
from bot.languages import ENGLISH, language_for
from bot.notices import MOST_IN_CHANNEL, Notice, Replies, waiting
from tests.bot.commands.conftest import Scene, scene, storage
from tests.bot.conftest import until

__all__ = ["scene", "storage"]

GERMAN = language_for("de")


async def notes(scene: Scene, count: int) -> list[discord.Message]:
    """Give messages with voice notes, as the bot has them."""
    channel = scene.bot.get_channel(scene.channel_id)
    assert isinstance(channel, discord.TextChannel)
    return [await channel.fetch_message(await scene.note()) for _ in range(count)]


def said(scene: Scene) -> list[tuple[str, str]]:
    """Give what the bot has said, and to which message."""
    return [
        (one["content"], one["message_reference"]["message_id"])
        for one in scene.playground.bot_messages()
    ]


async def test_few_are_told_one_by_one_in_their_language(scene: Scene):
    one, other = await notes(scene, FAREWELLS)
    await say_farewell([Unanswered(one, ENGLISH), Unanswered(other, GERMAN)])
    assert sorted(said(scene)) == sorted(
        [(FAREWELL, str(one.id)), (GERMAN.text(FAREWELL), str(other.id))]
    )


async def test_many_are_told_in_one_word_in_the_place_of_what_told_one_of_them_to_wait(
    scene: Scene,
):
    messages = await notes(scene, 4)
    places = [await messages[number].reply(waiting(number)) for number in (1, 2)]
    unanswered = [Unanswered(message, ENGLISH) for message in messages]
    for place, number in zip(places, (1, 2), strict=True):
        unanswered[number] = Unanswered(messages[number], ENGLISH, place=place)
    await say_farewell(unanswered)
    assert said(scene) == [(FAREWELL_TO_MANY.format(count=4), str(messages[1].id))]


async def test_what_was_promised_of_a_long_one_is_taken_back_where_it_was(scene: Scene):
    messages = await notes(scene, 1 + FAREWELLS)
    progress = await messages[0].reply("One moment…")
    place = await messages[0].reply(waiting(2))
    await say_farewell(
        [
            Unanswered(messages[0], ENGLISH, progress=progress, place=place),
            *(Unanswered(message, ENGLISH) for message in messages[1:]),
        ]
    )
    assert sorted(said(scene)) == sorted((FAREWELL, str(message.id)) for message in messages)
    (first,) = [one for one in scene.playground.bot_messages() if one["id"] == str(progress.id)]
    assert first["content"] == FAREWELL


async def test_a_channel_in_which_the_bot_may_not_write_any_more_keeps_nobody_from_theirs(
    scene: Scene, caplog: pytest.LogCaptureFixture
):
    one, other = await notes(scene, 2)
    scene.playground.faults.fail("POST", "/messages", status=403, code=50013)
    await say_farewell([Unanswered(one, ENGLISH), Unanswered(other, ENGLISH)])
    assert len(said(scene)) == 1
    assert "lacks a permission" in caplog.text


async def test_of_those_who_wait_in_a_channel_a_few_are_told_their_place_at_a_time(scene: Scene):
    messages = await notes(scene, MOST_IN_CHANNEL + 2)
    replies = Replies()
    told = [Notice(replies.to(message)) for message in messages]
    for place, notice in enumerate(told, start=1):
        notice.tell(0, place)
    await until(lambda: len(said(scene)) == MOST_IN_CHANNEL)
    for notice in told:
        await notice.stop()
    assert len(said(scene)) == MOST_IN_CHANNEL
    for notice in told:
        await notice.close()
    assert said(scene) == []
    late = Notice(replies.to(messages[-1]))
    late.tell(0, 1)
    await until(lambda: said(scene) == [(waiting(1), str(messages[-1].id))])
    await late.close()
    assert not replies.there
