"""The names and descriptions of commands, in everybody's language."""

import discord
from discord import app_commands

from bot.i18n.languages import ENGLISH, language_for


class CommandTranslator(app_commands.Translator):
    """Translates what commands are made of: their strings are `discord.app_commands.locale_str`."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Translate a string; None where Discord shall show the English one."""
        language = language_for(locale)
        if language is ENGLISH:
            return None
        return language.text(string.message)
