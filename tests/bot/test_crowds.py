"""More voice notes than the bot can analyse at once: some wait, others are refused."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from bot.analysis.pool import Analyser
from bot.playground.world.channels import VOICE_NOTES_ID
from tests.bot.conftest import StartBot, Undertone
from tests.bot.recordings import long_voice, silence, voice
from tests.bot_process import at_work, in_playground, is_notice, until
from tests.playground import Playground


async def test_who_waits_is_shown_a_position_and_the_next_is_refused_when_the_queue_is_full(
    start_bot: StartBot, playground: Playground
):
    bot = await start_bot(
        **in_playground(playground),
        max_waiting_notes=3,
        remember_seconds=0,
        analysis_timeout_seconds=120,  # the worker that is suspended is not to be given up
    )
    await bot.says("is ready")
    long = await playground.say(VOICE_NOTES_ID, files=[long_voice(minutes=3)])
    worker = await at_work(bot.as_psutil)
    worker.suspend()
    # Two are fetched ahead, one waits, one is refused.
    short = [await playground.say(VOICE_NOTES_ID, files=[voice()]) for _ in range(4)]
    await until(lambda: len(playground.bot_messages()) == 2)
    notice, refusal = sorted(
        playground.bot_messages(), key=lambda one: not is_notice(one["content"])
    )
    assert is_notice(notice["content"])
    assert refusal["content"].startswith("I have too many voice notes waiting")
    assert notice["mentions"] == refusal["mentions"] == []
    worker.resume()
    await until(lambda: sum(bool(one["embeds"]) for one in playground.bot_messages()) == 4)
    said = playground.bot_messages()
    assert [one["content"] for one in said if not one["embeds"]] == [refusal["content"]]
    answered = {int(one["message_reference"]["message_id"]) for one in said}
    assert answered == {one.id for one in (long, *short)}


@pytest.mark.asyncio(loop_scope="session")
async def test_the_same_audio_is_analysed_once(
    undertone: Undertone, monkeypatch: pytest.MonkeyPatch
):
    begun: list[object] = []
    run = Analyser._run

    def noted(analyser: Analyser, function: Any, arguments: Any) -> Coroutine[Any, Any, Any]:
        begun.append(function)
        return run(analyser, function, arguments)

    monkeypatch.setattr(Analyser, "_run", noted)
    new = silence(seconds=2.34)
    first, second = await asyncio.gather(undertone.ask(new), undertone.ask(new))
    third = await undertone.ask(new)
    assert len(begun) == 1
    assert first["embeds"] == second["embeds"] == third["embeds"]
