"""The translation of the names and descriptions of commands."""

import discord
from discord import app_commands

from bot.i18n.languages import ENGLISH, language_for


class CommandTranslator(app_commands.Translator):
    """Translates the strings of commands that are `discord.app_commands.locale_str`."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return a translation; None where Discord shows the English string."""
        language = language_for(locale)
        if language is ENGLISH:
            return None
        return language.text(string.message)
