"""Translation: from an English sentence to the same in another language.

The sentences are where they are used, all over the bot; the translations are in ``locales/``.
"""

from bot.i18n.command_names import CommandTranslator
from bot.i18n.languages import CODES, ENGLISH, Language, Seconds, Share, language_for, translatable

__all__ = [
    "CODES",
    "ENGLISH",
    "CommandTranslator",
    "Language",
    "Seconds",
    "Share",
    "language_for",
    "translatable",
]
