"""Hearing what somebody points at: from the Apps menu, and with /emotion."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.answers import AnswerService, find_recordings


def add_hearing(tree: app_commands.CommandTree[Any], answers: AnswerService) -> None:
    """Add the entry in the Apps menu, and /emotion."""

    @tree.context_menu(name=locale_str("Hear the emotion"))
    async def hear_message(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        attachments = find_recordings(message, addressed=True)
        await answers.answer_interaction(interaction, attachments, note=message)

    @tree.command(
        name="emotion",
        description=locale_str("Hear the emotion in a voice note or an audio file."),
        auto_locale_strings=False,
    )
    @app_commands.describe(
        note=locale_str("The recording to listen to"),
        private=locale_str("Whether only you see the answer"),
    )
    async def emotion(
        interaction: discord.Interaction[Any],
        note: discord.Attachment,
        private: bool | None = None,
    ) -> None:
        await answers.answer_interaction(interaction, [note], private=bool(private))
