"""Requests in flight at shutdown: they are finished, or the people are notified."""

import asyncio

import discord
import pytest

from bot.answers.in_flight import MAX_NOTICES, UNFINISHED, UNFINISHED_MANY, InFlight, Request
from bot.answers.progress import MAX_IN_CHANNEL, PositionReplies, delete_quietly, position_text
from bot.i18n.languages import language_for
from bot.views.style import ReplyStyle
from tests.bot.harness import Harness
from tests.bot_process import PATIENCE
from tests.virtual_time import in_virtual_time

GERMAN = language_for("de")


async def notes(harness: Harness, count: int) -> list[discord.Message]:
    """Return messages with voice notes, as discord.py's objects."""
    channel = harness.bot.get_channel(harness.channel_id)
    assert isinstance(channel, discord.TextChannel)
    return [await channel.fetch_message(await harness.note()) for _ in range(count)]


def said(harness: Harness) -> list[tuple[str, str]]:
    """Return the bot's replies, and the ids of the messages that they reply to."""
    return [
        (one["content"], one["message_reference"]["message_id"])
        for one in harness.playground.bot_messages()
    ]


async def shut_down(in_flight: InFlight, *requests: Request) -> None:
    """Shut down while messages wait for their answer."""
    await in_flight.finish(0.0)
    for request in requests:
        assert not in_flight.accept(request)
    await in_flight.notify_unfinished(PATIENCE)


def after(seconds: float, in_flight: InFlight) -> "asyncio.Task[None]":
    """Begin a request that takes some seconds."""

    async def answer() -> None:
        in_flight.add(Request(None))  # type: ignore[arg-type]
        await asyncio.sleep(seconds)

    return asyncio.create_task(answer())


@in_virtual_time
async def test_it_waits_until_all_requests_are_done_also_those_that_began_meanwhile():
    in_flight, loop = InFlight(), asyncio.get_running_loop()
    first = after(2.0, in_flight)
    await asyncio.sleep(1.0)
    first.add_done_callback(lambda _: after(3.0, in_flight))
    await in_flight.finish(10.0)
    assert (loop.time(), len(in_flight)) == (5.0, 0)


@in_virtual_time
async def test_a_request_that_is_not_done_in_time_is_not_waited_for():
    in_flight, loop = InFlight(), asyncio.get_running_loop()
    hanging = [after(seconds, in_flight) for seconds in (1000.0, 1.0)]
    await asyncio.sleep(0)
    await in_flight.finish(5.0)
    await in_flight.notify_unfinished(1.0)
    assert (loop.time(), len(in_flight)) == (6.0, 1)
    hanging[0].cancel()


@in_virtual_time
async def test_with_no_request_in_flight_the_shutdown_takes_no_time():
    in_flight = InFlight()
    await in_flight.finish(5.0)
    await in_flight.notify_unfinished(5.0)
    assert asyncio.get_running_loop().time() == 0.0


async def test_few_are_notified_one_by_one_in_their_language(harness: Harness):
    one, other = await notes(harness, MAX_NOTICES)
    await shut_down(InFlight(), Request(one), Request(other, style=ReplyStyle(language=GERMAN)))
    assert sorted(said(harness)) == sorted(
        [(UNFINISHED, str(one.id)), (GERMAN.text(UNFINISHED), str(other.id))]
    )


async def test_many_are_notified_by_editing_one_reply_with_a_position(harness: Harness):
    messages, in_flight = await notes(harness, 4), InFlight()
    for number in (1, 2):
        await in_flight.position_replies.show(messages[number], position_text(number))
    await shut_down(in_flight, *map(Request, messages))
    assert said(harness) == [(UNFINISHED_MANY.format(count=4), str(messages[1].id))]


async def test_the_notice_of_a_long_recording_is_edited(harness: Harness):
    messages, in_flight = await notes(harness, 1 + MAX_NOTICES), InFlight()
    notice = await messages[0].reply("One moment…")
    await in_flight.position_replies.show(messages[0], position_text(2))
    requests = [Request(message) for message in messages]
    requests[0].notice = notice
    await shut_down(in_flight, *requests)
    assert sorted(said(harness)) == sorted((UNFINISHED, str(message.id)) for message in messages)
    assert UNFINISHED in [
        one["content"] for one in harness.playground.bot_messages() if one["id"] == str(notice.id)
    ]


async def test_an_error_in_one_channel_does_not_keep_others_from_being_notified(
    harness: Harness, caplog: pytest.LogCaptureFixture
):
    harness.playground.faults.fail("POST", "/messages", status=403, code=50013)
    await shut_down(InFlight(), *map(Request, await notes(harness, 2)))
    assert len(said(harness)) == 1
    assert "lacks a permission" in caplog.text


async def test_in_a_channel_a_few_positions_are_shown_at_a_time(
    harness: Harness,
):
    messages, positions = await notes(harness, MAX_IN_CHANNEL + 2), PositionReplies()
    for position, message in enumerate(messages, start=1):
        await positions.show(message, position_text(position))
    await positions.show(messages[0], position_text(2))
    assert [words for words, _ in said(harness)] == [
        position_text(2),
        position_text(2),
        position_text(3),
    ]
    for message in messages:
        await delete_quietly(positions.release(message))
    assert said(harness) == []
    await positions.show(messages[-1], position_text(1))
    assert said(harness) == [(position_text(1), str(messages[-1].id))]
    positions.release(messages[-1])
    assert positions._replies == {}
