"""In which languages people use Discord is known of those met lately, and of no more."""

import discord

from bot.tongues import Tongues


def test_the_latest_language_of_somebody_counts():
    tongues = Tongues()
    assert tongues.of(1) is None
    tongues.note(1, discord.Locale.german)
    tongues.note(1, discord.Locale.polish)
    assert tongues.of(1) is discord.Locale.polish


def test_who_was_met_longest_ago_is_forgotten_first():
    tongues = Tongues(most=2)
    for person_id in (1, 2, 1, 3):
        tongues.note(person_id, discord.Locale.german)
    assert tongues.of(2) is None
    assert tongues.of(1) is tongues.of(3) is discord.Locale.german
