"""Who is heard, and what becomes of what is said: /privacy, /optout, /optin."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.answers import AnswerService, language_of, tell
from bot.i18n import translatable

PRIVACY = (
    translatable(
        "I listen to a recording in memory, answer, and forget it. No audio, and no emotion of "
        "anybody, is kept on a disk, written to a log or used for training."
    ),
    translatable(
        "What I keep: the settings of servers; how often I was right in each, as counts without "
        "names; which messages I answered, by number, for seven days; and of who opted out, a code "
        "that cannot be read as a name."
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


def add_consent(tree: app_commands.CommandTree[Any], answers: AnswerService) -> None:
    """Add the three commands; what they say, only the person who asks sees."""

    @tree.command(
        name="privacy",
        description=locale_str("What happens to what you say."),
        auto_locale_strings=False,
    )
    async def privacy(interaction: discord.Interaction[Any]) -> None:
        language = language_of(interaction)
        await tell(interaction, "\n\n".join(language.text(part) for part in PRIVACY))

    @tree.command(
        name="optout",
        description=locale_str("Never be heard by me, whoever asks."),
        auto_locale_strings=False,
    )
    async def optout(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await answers.storage.opt_out(interaction.user.id)
        answers.recent.forget_all()
        await interaction.edit_original_response(content=language_of(interaction).text(OPTED_OUT))

    @tree.command(
        name="optin",
        description=locale_str("Be heard by me again."),
        auto_locale_strings=False,
    )
    async def optin(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await answers.storage.opt_in(interaction.user.id)
        await interaction.edit_original_response(content=language_of(interaction).text(OPTED_IN))
