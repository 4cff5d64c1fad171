"""/accuracy: how often people in a server said that the bot was right."""

from bot.analysis.worker import draw_verdicts
from bot.cogs.accuracy import NONE_YET, alt_text, table_of
from bot.errors import AnalyserError
from bot.i18n.languages import ENGLISH, language_for
from ser_core.emotions import NOT_SURE
from tests.bot.harness import Harness

COUNTS = {("happy", "happy"): 3, ("happy", "sad"): 1, (NOT_SURE, "calm"): 2}


async def count(harness: Harness) -> None:
    for (heard, said), times in COUNTS.items():
        for _ in range(times):
            await harness.storage.count_verdict(harness.guild_id, heard=heard, said=said)


async def test_without_verdicts_it_explains_how_to_give_one(harness: Harness):
    answer = await harness.slash("accuracy")
    assert (answer.ephemeral, answer.message["content"]) == (True, NONE_YET)


async def test_it_is_an_image_and_the_same_in_words(harness: Harness):
    await count(harness)
    answer = await harness.slash("accuracy")
    assert answer.ephemeral
    [embed] = answer.message["embeds"]
    assert embed["title"] == "I was right 3 of 4 times (75%)"
    assert "happy: right 3 of 4 times" in embed["description"]
    assert "told what it was: 2 times" in embed["description"]
    assert "was-i-right.png" in embed["image"]["url"]
    assert harness.pipeline.tables == [table_of(COUNTS, ENGLISH)]


async def test_without_the_image_the_summary_is_sent(harness: Harness):
    await count(harness)
    harness.pipeline.error = AnalyserError("I could not draw that just now: please try again.")
    harness.world.set_locale(harness.world.you.id, "de")
    [embed] = (await harness.slash("accuracy")).message["embeds"]
    assert embed["title"].startswith("Ich lag 3 von 4 Mal richtig")
    assert embed.get("image") is None


def test_the_image_has_an_alternative_text():
    alt = alt_text(COUNTS, ENGLISH)
    assert alt.splitlines()[1:] == [
        "I was right 3 of 4 times (75%).",
        "calm, heard as not sure: 2",
        "sad, heard as happy: 1",
    ]


def test_a_worker_draws_it_in_every_language():
    english, polish = (
        draw_verdicts(table_of(COUNTS, language)) for language in (ENGLISH, language_for("pl"))
    )
    assert english[:4] == polish[:4] == b"\x89PNG"
    assert english != polish
