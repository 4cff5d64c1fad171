"""Recordings that somebody asks about: the entry "Hear the emotion" of the Apps menu, /emotion.

A mention in a reply to a voice note is a message, so `bot.cogs.voice_notes` listens for it.
"""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.answers import AnswerService, find_recordings


class Hear(commands.Cog):
    """The context menu of messages, and /emotion."""

    def __init__(self, bot: commands.Bot, service: AnswerService) -> None:
        self._bot = bot
        self._service = service
        # discord.py has no decorator for context menus in a cog.
        self._menu = app_commands.ContextMenu(
            name=locale_str("Hear the emotion"), callback=self._hear_message
        )

    async def cog_load(self) -> None:
        """Add the context menu to the tree."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Remove the context menu from the tree."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def _hear_message(
        self, interaction: discord.Interaction[Any], message: discord.Message
    ) -> None:
        attachments = find_recordings(message, addressed=True)
        await self._service.answer_interaction(interaction, attachments, note_message=message)

    @app_commands.command(
        name="emotion",
        description=locale_str("Hear the emotion in a voice note or an audio file."),
        auto_locale_strings=False,
    )
    @app_commands.describe(
        note=locale_str("The recording to listen to"),
        private=locale_str("Whether only you see the answer"),
    )
    async def emotion(
        self,
        interaction: discord.Interaction[Any],
        note: discord.Attachment,
        private: bool | None = None,
    ) -> None:
        """Answer with the emotion in an uploaded file."""
        await self._service.answer_interaction(interaction, [note], private=bool(private))
