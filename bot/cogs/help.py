"""/about and /help: what the bot is, and how to use it."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.answers import AnswerService, language_of, respond
from bot.i18n import CODES, language_for, translatable
from ser_core import __version__

ABOUT = (
    translatable(
        "I am Undertone {version}. I guess the emotion in a voice from its tone, not from its "
        "words, and I say so where I am not sure."
    ),
    translatable(
        "I learned from actors. On actors I have never heard I am right about two times in three, "
        "on people in real life less often. My answers should never decide anything about a person."
    ),
    translatable("I speak {languages}."),
)
MODEL = translatable("The model that answers is {model}.")
HELP = (
    translatable("Send a voice message or an audio file, and I answer."),
    translatable('On any message with a recording: its menu, "Apps", "Hear the emotion".'),
    translatable("Reply to a voice message and mention me: I hear the one you reply to."),
    translatable("/emotion hears a file that you give me; /accuracy shows how often I am right."),
    translatable("/privacy tells what becomes of what you say; /optout makes me never hear you."),
    translatable("/settings is for those who manage the server."),
)


class Help(commands.Cog):
    """/about and /help; only the person who uses them sees the answer."""

    def __init__(self, service: AnswerService) -> None:
        self._service = service

    @app_commands.command(
        name="about",
        description=locale_str("What I am, and how far to trust me."),
        auto_locale_strings=False,
    )
    async def about(self, interaction: discord.Interaction[Any]) -> None:
        """Send what the bot is, and how far to trust it."""
        language = language_of(interaction)
        languages = ", ".join(language_for(code).name for code in CODES)
        values = {"version": __version__, "languages": languages}
        parts = [language.text(part, **values) for part in ABOUT]
        model = self._service.pipeline.analyser.model
        if model is not None:
            parts.append(language.text(MODEL, model=f"`{model.name}`"))
        await respond(interaction, "\n\n".join(parts))

    @app_commands.command(
        name="help",
        description=locale_str("How to use me."),
        auto_locale_strings=False,
    )
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        """Send the ways to use the bot."""
        language = language_of(interaction)
        await respond(interaction, "\n".join(f"• {language.text(line)}" for line in HELP))
