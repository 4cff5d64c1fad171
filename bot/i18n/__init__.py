"""From an English sentence to the same in another language."""

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
