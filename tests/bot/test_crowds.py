"""More voice notes than the bot can answer at once: who waits, who is refused, and what is told."""

import asyncio
from typing import Any

import pytest

from bot.analyser import Analyser
from bot.playground.world.channels import VOICE_NOTES_ID
from tests.bot.conftest import (
    BotProcess,
    Json,
    StartBot,
    Undertone,
    at_work,
    in_playground,
    until,
    workers_of,
)
from tests.bot.recordings import long_voice, silence, voice
from tests.notices import is_notice
from tests.playground import Playground


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


async def start(start_bot: StartBot, playground: Playground, **settings: Any) -> BotProcess:
    # A worker that the tests stop for a while is not to be given up meanwhile.
    bot = await start_bot(**in_playground(playground), analysis_timeout_seconds=120, **settings)
    await bot.says("is ready")
    return bot


async def ask(playground: Playground, name: str = "note.wav") -> Json:
    """Send a voice note, and give the first thing that is said to it."""
    place = VOICE_NOTES_ID
    message = await playground.say(place, files=[voice(name)])
    return await playground.wait_for_reply(message.id, 60)


def said(playground: Playground) -> list[str]:
    """Give what the bot has said in words alone."""
    return [one["content"] for one in playground.bot_messages() if not one["embeds"]]


def cards(playground: Playground) -> int:
    """Count the answers with a card."""
    return sum(bool(one["embeds"]) for one in playground.bot_messages())


async def test_who_asks_too_often_is_told_when_to_come_again(
    start_bot: StartBot, playground: Playground
):
    await start(start_bot, playground, notes_per_minute_of_person=2)
    replies = await asyncio.gather(*(ask(playground) for _ in range(3)))
    (refusal,) = (reply["content"] for reply in replies if not reply["embeds"])
    assert "send it again in" in refusal
    assert refusal.endswith(("seconds.", "second."))


async def test_who_waits_is_told_their_place_and_when_it_is_their_turn_that_goes_away(
    start_bot: StartBot, playground: Playground
):
    bot = await start(start_bot, playground, workers=1, max_waiting_notes=3, remember_seconds=0)
    place = VOICE_NOTES_ID
    await playground.say(place, files=[long_voice(minutes=3)])
    worker = await at_work(bot.as_psutil)
    worker.suspend()
    for _ in range(4):  # two are fetched ahead, one waits, one is refused
        await playground.say(place, files=[voice()])
    await until(lambda: len(said(playground)) == 2)
    (refusal,) = (words for words in said(playground) if not is_notice(words))
    assert refusal.startswith("I have too many voice notes waiting")
    worker.resume()
    await until(lambda: cards(playground) == 4)
    assert said(playground) == [refusal], "the notice has gone"
    assert len(workers_of(bot.as_psutil)) == 1


async def test_a_place_in_the_line_is_told_in_one_message(
    start_bot: StartBot, playground: Playground
):
    bot = await start(start_bot, playground, workers=1, remember_seconds=0)
    place = VOICE_NOTES_ID
    await playground.say(place, files=[long_voice(minutes=3)])
    worker = await at_work(bot.as_psutil)
    worker.suspend()
    for _ in range(5):
        await playground.say(place, files=[voice()])
    await until(lambda: said(playground))
    assert all(is_notice(words) for words in said(playground))
    assert not any(one["mentions"] for one in playground.bot_messages())
    worker.resume()
    await until(lambda: cards(playground) == 6)
    answered = [one["message_reference"]["message_id"] for one in playground.bot_messages()]
    assert len(set(answered)) == len(answered) == 6


@pytest.mark.asyncio(loop_scope="session")
async def test_the_same_audio_twice_is_analysed_once(undertone: Undertone, analyses: list[object]):
    new = silence(seconds=2.34)
    first, second = await asyncio.gather(undertone.ask(new), undertone.ask(new))
    third = await undertone.ask(new)
    assert len(analyses) == 1
    assert first["embeds"] == second["embeds"] == third["embeds"]
