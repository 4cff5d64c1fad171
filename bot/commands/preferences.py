"""How a server wants the bot to be: /settings, for those who manage it."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, Range, locale_str

from bot.commands.services import Services, language_of
from bot.house_rules import channel_key
from bot.languages import CODES, Language, language_for, translatable
from bot.storage import DEFAULTS, Overrides, Preferences
from bot.storage.preferences import Changes, ServerOverrides

ANY_LANGUAGE = "own"  # the choice that leaves the language to whoever is answered
HIGHEST_CONFIDENCE = 95  # per cent; with more, hardly anything would ever be said

LABELS: dict[str, str] = {
    "automatic": translatable("Answers without being asked"),
    "audio_files": translatable("Audio files too"),
    "detail": translatable("How much an answer says"),
    "min_confidence": translatable("Lowest confidence"),
    "private": translatable("Answers on request are private"),
    "language": translatable("Language"),
}
"""What each setting is called, in the order in which they are shown."""

WORDS = {
    True: translatable("yes"),
    False: translatable("no"),
    "compact": translatable("the essentials"),
    "full": translatable("everything"),
}
OWN_LANGUAGE = translatable("that of whoever asks, else the server's own")
NOTHING_GIVEN = translatable("Nothing to change was given; this is how it is.")
SAVED = translatable("Saved; it holds from now on.")
RESET = translatable("Reset; what is wider holds again.")

Channels = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel

DESCRIPTIONS = {
    "automatic": locale_str("Whether I answer voice messages without being asked"),
    "audio_files": locale_str("Whether that holds for audio files too"),
    "detail": locale_str("How much an answer says"),
    "confidence": locale_str("Per cent below which I say that I am not sure"),
    "private": locale_str("Whether only who asks sees the answer to a command"),
    "language": locale_str("The language of my answers"),
}
DETAIL_CHOICES = [
    Choice(name=locale_str("the essentials"), value="compact"),
    Choice(name=locale_str("everything"), value="full"),
]
LANGUAGE_CHOICES = [
    Choice(name=locale_str("that of whoever asks, else the server's own"), value=ANY_LANGUAGE),
    *(Choice(name=language_for(code).name, value=code) for code in CODES),
]
SCOPES = [
    Choice(name=locale_str("this channel"), value="channel"),
    Choice(name=locale_str("the server"), value="server"),
]


class Panel:
    """Changes settings, and shows how they are, to the person who asks.

    Parameters
    ----------
    services
        Where they are kept.
    """

    def __init__(self, services: Services) -> None:
        self._storage = services.storage

    async def show(
        self, interaction: discord.Interaction[Any], channel_id: int | None, words: str = ""
    ) -> None:
        """Show what holds in a channel, or with None in the server, and where that comes from."""
        language = language_of(interaction)
        levels = await self._storage.overrides(_guild_id(interaction))
        embed = settings_card(levels, channel_id, language)
        await interaction.edit_original_response(
            content=language.text(words) if words else None, embed=embed
        )

    async def change(
        self, interaction: discord.Interaction[Any], channel_id: int | None, changes: Changes
    ) -> None:
        """Change what is given, and show how it is then."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        if changes:
            await self._storage.set_preferences(_guild_id(interaction), channel_id, **changes)
        await self.show(interaction, channel_id, SAVED if changes else NOTHING_GIVEN)

    async def reset(self, interaction: discord.Interaction[Any], channel_id: int | None) -> None:
        """Let a channel or the server inherit everything again."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._storage.reset_preferences(_guild_id(interaction), channel_id)
        await self.show(interaction, channel_id, RESET)


def settings_card(
    levels: ServerOverrides, channel_id: int | None, language: Language
) -> discord.Embed:
    """Show each setting: what holds, and whether it is set here or inherited."""
    server = levels.get(None, Overrides())
    own = server if channel_id is None else levels.get(channel_id, Overrides())
    holding = own.over(server.over(DEFAULTS))
    title = (
        language.text("Settings of the server")
        if channel_id is None
        else language.text("Settings of a channel")
    )
    embed = discord.Embed(title=title)
    if channel_id is not None:
        embed.description = f"<#{channel_id}>"
    for name, label in LABELS.items():
        if getattr(own, name) is not None:
            origin = language.text("set here")
        elif getattr(server, name) is not None:
            origin = language.text("inherited from the server")
        else:
            origin = language.text("as I come")
        value = _said(holding, name, language)
        embed.add_field(name=language.text(label), value=f"**{value}** ({origin})", inline=False)
    return embed


def changes_of(
    automatic: bool | None,
    audio_files: bool | None,
    detail: str | None,
    confidence: int | None,
    private: bool | None,
    language: str | None,
) -> Changes:
    """Give what somebody wants changed: what is None stays."""
    changes = Changes()
    if automatic is not None:
        changes["automatic"] = automatic
    if audio_files is not None:
        changes["audio_files"] = audio_files
    if detail is not None:
        changes["detail"] = "compact" if detail == "compact" else "full"
    if confidence is not None:
        changes["min_confidence"] = confidence / 100
    if private is not None:
        changes["private"] = private
    if language is not None:
        changes["language"] = None if language == ANY_LANGUAGE else language
    return changes


def add_preferences(tree: app_commands.CommandTree[Any], services: Services) -> None:
    """Add the group of commands; what they say, only the person who asks sees."""
    panel = Panel(services)
    group = app_commands.Group(
        name="settings",
        description=locale_str("How I am in this server."),
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        allowed_contexts=app_commands.AppCommandContext(
            guild=True, dm_channel=False, private_channel=False
        ),
        auto_locale_strings=False,
    )
    tree.add_command(group)
    _add_looking(group, panel)
    _add_changing(group, panel)


def _add_looking(group: app_commands.Group, panel: Panel) -> None:
    @group.command(
        name="show",
        description=locale_str("Show the settings of a channel, and what is inherited."),
        auto_locale_strings=False,
    )
    @app_commands.describe(channel=locale_str("Which channel; without it, this one"))
    async def show(interaction: discord.Interaction[Any], channel: Channels | None = None) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await panel.show(interaction, channel_key(channel or interaction.channel))

    @group.command(
        name="reset",
        description=locale_str("Let a channel or the server inherit everything again."),
        auto_locale_strings=False,
    )
    @app_commands.describe(what=locale_str("What to reset"))
    @app_commands.choices(what=SCOPES)
    async def reset(interaction: discord.Interaction[Any], what: str) -> None:
        whole = what == "server"
        await panel.reset(interaction, None if whole else channel_key(interaction.channel))


def _add_changing(group: app_commands.Group, panel: Panel) -> None:
    @group.command(
        name="server",
        description=locale_str("Change settings for all of the server."),
        auto_locale_strings=False,
    )
    @app_commands.describe(**DESCRIPTIONS)
    @app_commands.choices(detail=DETAIL_CHOICES, language=LANGUAGE_CHOICES)
    async def server(
        interaction: discord.Interaction[Any],
        automatic: bool | None = None,
        audio_files: bool | None = None,
        detail: str | None = None,
        confidence: Range[int, 0, HIGHEST_CONFIDENCE] | None = None,
        private: bool | None = None,
        language: str | None = None,
    ) -> None:
        changes = changes_of(automatic, audio_files, detail, confidence, private, language)
        await panel.change(interaction, None, changes)

    @group.command(
        name="channel",
        description=locale_str("Change settings for one channel."),
        auto_locale_strings=False,
    )
    @app_commands.describe(
        channel=locale_str("Which channel; without it, this one"), **DESCRIPTIONS
    )
    @app_commands.choices(detail=DETAIL_CHOICES, language=LANGUAGE_CHOICES)
    async def channel_(
        interaction: discord.Interaction[Any],
        channel: Channels | None = None,
        automatic: bool | None = None,
        audio_files: bool | None = None,
        detail: str | None = None,
        confidence: Range[int, 0, HIGHEST_CONFIDENCE] | None = None,
        private: bool | None = None,
        language: str | None = None,
    ) -> None:
        changes = changes_of(automatic, audio_files, detail, confidence, private, language)
        await panel.change(interaction, channel_key(channel or interaction.channel), changes)


def _guild_id(interaction: discord.Interaction[Any]) -> int:
    if interaction.guild_id is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild_id


def _said(holding: Preferences, name: str, language: Language) -> str:
    """Say the value of a setting."""
    value = getattr(holding, name)
    if name == "min_confidence":
        return language.percent(round(100 * value))
    if name == "language":
        return language.text(OWN_LANGUAGE) if value is None else language_for(value).name
    return language.text(WORDS[value])
