"""The tree of the application commands: where they can be used, and what happens to errors."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import AppCommandContext, AppInstallationType

from bot.answers import AnswerService, respond_with_error


class CommandTree(app_commands.CommandTree[Any]):
    """Commands that can be used everywhere unless they are decorated otherwise.

    The user of a command that fails is sent a sentence.
    """

    def __init__(self, client: discord.Client, service: AnswerService) -> None:
        super().__init__(
            client,
            allowed_installs=AppInstallationType(guild=True, user=True),
            allowed_contexts=AppCommandContext(guild=True, dm_channel=True, private_channel=True),
        )
        self._service = service

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Add a command to the requests in flight; reject it while the bot is shutting down."""
        return await self._service.in_flight.begin(interaction)

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Send what went wrong in one sentence."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await respond_with_error(interaction, cause)
