"""/about and /help."""

from bot.analysis.result import ModelInUse
from ser_core import __version__
from tests.bot.harness import Harness


async def test_about_says_what_it_is_and_how_far_to_trust_it(harness: Harness):
    answer = await harness.slash("about")
    assert answer.ephemeral
    assert __version__ in answer.message["content"]
    assert "two times in three" in answer.message["content"]
    assert "Deutsch" in answer.message["content"]


async def test_about_names_the_model_once_it_is_known(harness: Harness):
    assert "model" not in (await harness.slash("about")).message["content"]
    harness.pipeline.analyser.model = ModelInUse("encoder", "whisper-base")
    assert "model that answers is `encoder`" in (await harness.slash("about")).message["content"]


async def test_help_names_every_command(harness: Harness):
    answer = await harness.slash("help")
    assert answer.ephemeral
    named = {"emotion", "accuracy", "privacy", "optout", "settings"}
    assert all(f"/{name}" in answer.message["content"] for name in named)
    harness.world.set_locale(harness.world.you.id, "pl")
    assert "Usłysz emocję" in (await harness.slash("help")).message["content"]
