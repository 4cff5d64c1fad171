"""/privacy, /optout and /optin."""

import pytest

from bot.answers.interactions import DATABASE_FAILS
from bot.cogs.privacy import OPTED_IN, OPTED_OUT, PRIVACY
from bot.i18n.languages import language_for
from tests.bot.harness import Harness, fail


async def test_opting_out_is_recorded_until_the_person_opts_in(harness: Harness):
    you = harness.world.you.id
    out = await harness.slash("optout")
    assert (out.ephemeral, out.message["content"]) == (True, OPTED_OUT)
    assert await harness.storage.is_opted_out(you)
    back = await harness.slash("optin")
    assert (back.ephemeral, back.message["content"]) == (True, OPTED_IN)
    assert not await harness.storage.is_opted_out(you)


async def test_an_error_of_the_database_is_one_sentence(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(harness.storage, "opt_out", fail)
    harness.world.set_locale(harness.world.you.id, "es-ES")
    asked = await harness.playground.slash("optout")
    await asked.until(lambda one: one.follow_ups)
    assert asked.follow_ups[0]["content"] == language_for("es").text(DATABASE_FAILS)


@pytest.mark.parametrize("locale", ["en-US", "de", "es-ES", "pl"])
async def test_privacy_is_answered_in_every_language(harness: Harness, locale: str):
    harness.world.set_locale(harness.world.you.id, locale)
    answer = await harness.slash("privacy")
    assert answer.ephemeral
    language = language_for(locale)
    assert answer.message["content"] == "\n\n".join(language.text(part) for part in PRIVACY)
