"""The names and descriptions of commands, in everybody's language."""

import discord
import pytest
from discord import app_commands

from bot.command_translator import CommandTranslator

DELETE = app_commands.locale_str("Delete")
CONTEXT = app_commands.TranslationContext(app_commands.TranslationContextLocation.other, data=None)


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (discord.Locale.german, "Löschen"),
        (discord.Locale.latin_american_spanish, "Borrar"),
        (discord.Locale.polish, "Usuń"),
        (discord.Locale.american_english, None),
        (discord.Locale.japanese, None),
    ],
)
async def test_discord_is_told_what_it_shows_to_whom(locale: discord.Locale, words: str | None):
    assert await CommandTranslator().translate(DELETE, locale, CONTEXT) == words
