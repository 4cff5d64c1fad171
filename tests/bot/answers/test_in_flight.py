"""What is being answered when the bot ends: waited for, and then handed back in words."""

import asyncio

import discord
import pytest

from bot.answers.in_flight import FAREWELL, FAREWELL_TO_MANY, MAX_FAREWELLS, InFlight, Request
from bot.answers.progress import MAX_IN_CHANNEL, PlaceReplies, delete_quietly, waiting
from bot.i18n.languages import language_for
from bot.views.style import Manner
from tests.bot.scene import Scene
from tests.bot_process import PATIENCE
from tests.virtual_time import in_virtual_time

GERMAN = language_for("de")


async def notes(scene: Scene, count: int) -> list[discord.Message]:
    """Return messages with voice notes, as the bot has them."""
    channel = scene.bot.get_channel(scene.channel_id)
    assert isinstance(channel, discord.TextChannel)
    return [await channel.fetch_message(await scene.note()) for _ in range(count)]


def said(scene: Scene) -> list[tuple[str, str]]:
    """Return what the bot has said, and to which message."""
    return [
        (one["content"], one["message_reference"]["message_id"])
        for one in scene.playground.bot_messages()
    ]


async def handed_back(in_flight: InFlight, *requests: Request) -> None:
    """Let the bot end while messages wait for their answer."""
    await in_flight.finish(0.0)
    for request in requests:
        assert not in_flight.accept(request)
    await in_flight.hand_back(PATIENCE)


def after(seconds: float, in_flight: InFlight) -> "asyncio.Task[None]":
    """Begin a request that takes so many seconds."""

    async def answer() -> None:
        in_flight.add(Request(None))  # type: ignore[arg-type]
        await asyncio.sleep(seconds)

    return asyncio.create_task(answer())


@in_virtual_time
async def test_it_is_waited_for_until_all_is_done_also_what_began_meanwhile():
    in_flight, loop = InFlight(), asyncio.get_running_loop()
    first = after(2.0, in_flight)
    await asyncio.sleep(1.0)
    first.add_done_callback(lambda _: after(3.0, in_flight))
    await in_flight.finish(10.0)
    assert (loop.time(), len(in_flight)) == (5.0, 0)


@in_virtual_time
async def test_what_is_not_done_in_time_is_not_waited_for():
    in_flight, loop = InFlight(), asyncio.get_running_loop()
    hanging = [after(seconds, in_flight) for seconds in (1000.0, 1.0)]
    await asyncio.sleep(0)
    await in_flight.finish(5.0)
    await in_flight.hand_back(1.0)
    assert (loop.time(), len(in_flight)) == (6.0, 1)
    hanging[0].cancel()


@in_virtual_time
async def test_with_nothing_under_way_the_end_takes_no_time():
    in_flight = InFlight()
    await in_flight.finish(5.0)
    await in_flight.hand_back(5.0)
    assert asyncio.get_running_loop().time() == 0.0


async def test_few_are_told_one_by_one_in_their_language(scene: Scene):
    one, other = await notes(scene, MAX_FAREWELLS)
    await handed_back(InFlight(), Request(one), Request(other, manner=Manner(language=GERMAN)))
    assert sorted(said(scene)) == sorted(
        [(FAREWELL, str(one.id)), (GERMAN.text(FAREWELL), str(other.id))]
    )


async def test_many_are_told_in_one_word_where_one_of_them_was_told_to_wait(scene: Scene):
    messages, in_flight = await notes(scene, 4), InFlight()
    for number in (1, 2):
        await in_flight.places.show(messages[number], waiting(number))
    await handed_back(in_flight, *map(Request, messages))
    assert said(scene) == [(FAREWELL_TO_MANY.format(count=4), str(messages[1].id))]


async def test_what_was_promised_of_a_long_one_is_taken_back_where_it_was(scene: Scene):
    messages, in_flight = await notes(scene, 1 + MAX_FAREWELLS), InFlight()
    progress = await messages[0].reply("One moment…")
    await in_flight.places.show(messages[0], waiting(2))
    requests = [Request(message) for message in messages]
    requests[0].progress = progress
    await handed_back(in_flight, *requests)
    assert sorted(said(scene)) == sorted((FAREWELL, str(message.id)) for message in messages)
    assert FAREWELL in [
        one["content"] for one in scene.playground.bot_messages() if one["id"] == str(progress.id)
    ]


async def test_a_channel_in_which_the_bot_may_not_write_any_more_keeps_nobody_from_theirs(
    scene: Scene, caplog: pytest.LogCaptureFixture
):
    scene.playground.faults.fail("POST", "/messages", status=403, code=50013)
    await handed_back(InFlight(), *map(Request, await notes(scene, 2)))
    assert len(said(scene)) == 1
    assert "lacks a permission" in caplog.text


async def test_of_those_who_wait_in_a_channel_a_few_are_told_their_place_at_a_time(scene: Scene):
    messages, places = await notes(scene, MAX_IN_CHANNEL + 2), PlaceReplies()
    for place, message in enumerate(messages, start=1):
        await places.show(message, waiting(place))
    await places.show(messages[0], waiting(2))
    assert [words for words, _ in said(scene)] == [waiting(2), waiting(2), waiting(3)]
    for message in messages:
        await delete_quietly(places.release(message))
    assert said(scene) == []
    await places.show(messages[-1], waiting(1))
    assert said(scene) == [(waiting(1), str(messages[-1].id))]
    places.release(messages[-1])
    assert places._replies == {}
