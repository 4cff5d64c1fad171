"""Lost connections: no message is missed, and none is answered twice."""

import asyncio

import discord
import pytest

from bot.answers.service import AnswerService
from bot.playground.world.events import BotPresenceChanged, Event
from tests.bot.conftest import Undertone
from tests.bot.recordings import voice
from tests.bot_process import PATIENCE, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

RECONNECTS = 24  # as many as in a day of one an hour


async def test_24_reconnects_in_a_row_miss_no_message_and_answer_none_twice(
    undertone: Undertone, monkeypatch: pytest.MonkeyPatch
):
    # Without the seconds that discord.py waits before it connects again.
    monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda _: 0.0)
    faults, world = undertone.playground.faults, undertone.world
    sent: list[int] = []
    away = asyncio.Event()

    def watch(event: Event) -> None:
        if isinstance(event, BotPresenceChanged) and not event.online:
            away.set()

    stop = world.subscribe(watch)
    for number in range(RECONNECTS):
        sent.append(await undertone.send(voice(f"before {number}.wav")))
        away.clear()
        (faults.ask_to_reconnect if number % 2 else faults.drop_socket)()
        async with asyncio.timeout(PATIENCE):
            await away.wait()
        assert not world.bot_online
        sent.append(await undertone.send(voice(f"while it was away {number}.wav")))
        await until(lambda: world.bot_online)
    stop()
    await asyncio.gather(*(undertone.reply_to(message) for message in sent))
    await undertone.ask(voice=voice("after all.wav"))
    assert [len(undertone.replies_to(message)) for message in sent] == [1] * 2 * RECONNECTS


async def test_a_message_event_that_discord_sends_twice_is_answered_once(
    undertone: Undertone, monkeypatch: pytest.MonkeyPatch
):
    """Discord does so when a session is resumed after an event that was not acknowledged."""
    told: list[int] = []
    answer_message = AnswerService.answer_message

    async def twice(service: AnswerService, message: discord.Message, *, bot_id: int) -> None:
        told.append(message.id)
        await asyncio.gather(*(answer_message(service, message, bot_id=bot_id) for _ in range(2)))

    monkeypatch.setattr(AnswerService, "answer_message", twice)
    message = await undertone.send(voice=voice())
    await undertone.reply_to(message)
    await undertone.ask(voice=voice())
    assert message in told
    assert len(undertone.replies_to(message)) == 1
