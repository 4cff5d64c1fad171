"""The listeners for messages, for the buttons under answers, and for answers that are deleted."""

import discord
from discord.ext import commands

from bot.answers import AnswerService, ButtonActions


class VoiceNotes(commands.Cog):
    """Answers voice notes and mentions, and the buttons under the answers."""

    def __init__(self, bot: commands.Bot, service: AnswerService) -> None:
        self._bot = bot
        self._service = service
        self._buttons = ButtonActions(service)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Answer a message that a person wrote, not a bot, a webhook or Discord itself."""
        if message.author.bot or message.webhook_id is not None or message.is_system():
            return
        if self._bot.user is not None:
            await self._service.answer_message(message, bot_id=self._bot.user.id)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Run the action of a button, and remember the user's locale, which messages lack."""
        self._service.policy.locales[interaction.user.id] = interaction.locale
        if interaction.type is discord.InteractionType.component:
            await self._buttons.run(interaction)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Forget an answer that was deleted."""
        self._service.recent.forget(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Forget answers that were deleted together."""
        for message_id in payload.message_ids:
            self._service.recent.forget(message_id)
