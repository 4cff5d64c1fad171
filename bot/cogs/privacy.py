"""/privacy, /optout and /optin: what happens to recordings, and who is not analysed."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.answers import AnswerService, language_of, respond
from bot.i18n import translatable

PRIVACY = (
    translatable(
        "I listen to a recording in memory, answer, and forget it. No audio, and no emotion of "
        "anybody, is kept on a disk, written to a log or used for training."
    ),
    translatable(
        "What I keep: the settings of servers; how often I was right in each, as counts without "
        "names; which messages I answered, by number, for seven days; and for people who opted "
        "out, a code from which no name can be read."
    ),
    translatable(
        "To never be heard, use /optout: it holds in every server, whoever asks. My answers are "
        "guesses, and should never decide anything about a person."
    ),
)
OPTED_OUT = translatable(
    "Done: I no longer listen to your voice notes, in any server, whoever asks. To change that, "
    "use /optin."
)
OPTED_IN = translatable("Done: I listen to your voice notes again. To stop that, use /optout.")


class Privacy(commands.Cog):
    """/privacy, /optout and /optin; only the person who uses them sees the answer."""

    def __init__(self, service: AnswerService) -> None:
        self._service = service

    @app_commands.command(
        name="privacy",
        description=locale_str("What happens to what you say."),
        auto_locale_strings=False,
    )
    async def privacy(self, interaction: discord.Interaction[Any]) -> None:
        """Send what the bot keeps, and what it does not."""
        language = language_of(interaction)
        await respond(interaction, "\n\n".join(language.text(part) for part in PRIVACY))

    @app_commands.command(
        name="optout",
        description=locale_str("Never be heard by me, whoever asks."),
        auto_locale_strings=False,
    )
    async def optout(self, interaction: discord.Interaction[Any]) -> None:
        """Record that the person opts out, and forget recent answers, which may be about them."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._service.storage.opt_out(interaction.user.id)
        self._service.recent.forget_all()
        await interaction.edit_original_response(content=language_of(interaction).text(OPTED_OUT))

    @app_commands.command(
        name="optin",
        description=locale_str("Be heard by me again."),
        auto_locale_strings=False,
    )
    async def optin(self, interaction: discord.Interaction[Any]) -> None:
        """Delete the record that the person opted out."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._service.storage.opt_in(interaction.user.id)
        await interaction.edit_original_response(content=language_of(interaction).text(OPTED_IN))
