"""Errors of commands: one sentence for the user, or one line in the log."""

import asyncio
import logging

import discord
import pytest

from bot.answers.interactions import CHANGED, LATE_CODES
from bot.i18n.languages import language_for
from tests.bot.harness import Harness, TestClient, fail
from tests.bot_process import until

DEADLINE_SECONDS = 3.0  # in which Discord wants a first answer


@pytest.mark.slow
async def test_a_response_that_is_late_is_logged(
    harness: Harness, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, "bot")

    @harness.bot.tree.command(name="slow", description="Is slow.")
    async def slow(interaction: discord.Interaction[TestClient]) -> None:
        await asyncio.sleep(DEADLINE_SECONDS + 0.5)
        await interaction.response.send_message("late")

    await harness.bot.registration.register()
    asked = await harness.playground.slash("slow")
    await until(lambda: any("too late" in line for line in caplog.messages))
    assert asked.failed
    [line] = [line for line in caplog.messages if "too late" in line]
    assert any(str(code) in line for code in LATE_CODES)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_command_that_the_bot_no_longer_has_is_one_sentence(harness: Harness):
    harness.world.set_locale(harness.world.you.id, "es-ES")
    harness.bot.tree.remove_command("about")
    answer = await harness.slash("about")
    assert answer.ephemeral
    assert answer.message["content"] == language_for("es").text(CHANGED)


async def test_an_error_that_cannot_be_sent_is_logged(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(harness.storage, "opt_out", fail)
    harness.playground.faults.fail("POST", "/webhooks", status=403, code=50001)
    await harness.playground.slash("optout")
    await until(lambda: "What went wrong could not be told: Forbidden." in caplog.messages)
