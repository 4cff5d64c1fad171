"""/settings: the preferences of a server and its channels, for people who manage the server."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, Range, locale_str
from discord.ext import commands

from bot.answers import AnswerService, language_of
from bot.i18n import CODES, Language, language_for, translatable
from bot.policy import channel_key
from bot.storage import DEFAULTS, PreferenceLevels

OWN_LANGUAGE_VALUE = "own"  # the choice of the language of the person who is answered
HIGHEST_CONFIDENCE = 95  # per cent; with more, nearly every answer would be "not sure"

LABELS: dict[str, str] = {
    "automatic": translatable("Answers without being asked"),
    "audio_files": translatable("Audio files too"),
    "detail": translatable("How much an answer says"),
    "min_confidence": translatable("Lowest confidence"),
    "private": translatable("Answers on request are private"),
    "language": translatable("Language"),
}
"""The label of each setting, in the order in which they are shown."""

VALUES = {
    True: translatable("yes"),
    False: translatable("no"),
    "compact": translatable("the essentials"),
    "full": translatable("everything"),
}
OWN_LANGUAGE = translatable("that of whoever asks, else the server's own")
NOTHING_GIVEN = translatable("You named no setting; these are the current ones.")
SAVED = translatable("Saved.")
RESET = translatable("Reset: the server's settings, or my defaults, apply again.")

Channels = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel

WHICH_CHANNEL = locale_str("Which channel; without it, this one")
DESCRIPTIONS = {
    "automatic": locale_str("Whether I answer voice messages without being asked"),
    "audio_files": locale_str("Whether that holds for audio files too"),
    "detail": locale_str("How much an answer says"),
    "confidence": locale_str("Per cent below which I say that I am not sure"),
    "private": locale_str("Whether only the person who asks sees the answer to a command"),
    "language": locale_str("The language of my answers"),
}
DETAIL_CHOICES = [
    Choice(name=locale_str("the essentials"), value="compact"),
    Choice(name=locale_str("everything"), value="full"),
]
LANGUAGE_CHOICES = [
    Choice(
        name=locale_str("that of whoever asks, else the server's own"), value=OWN_LANGUAGE_VALUE
    ),
    *(Choice(name=language_for(code).name, value=code) for code in CODES),
]
SCOPES = [
    Choice(name=locale_str("this channel"), value="channel"),
    Choice(name=locale_str("the server"), value="server"),
]


def settings_embed(
    levels: PreferenceLevels, channel_id: int | None, language: Language
) -> discord.Embed:
    """Return an embed with the value of each setting, and whether it is set here or inherited."""
    server = levels.get(None, DEFAULTS)
    own = levels.get(channel_id, DEFAULTS)
    effective = own.over(server.over(DEFAULTS))
    if channel_id is None:
        embed = discord.Embed(title=language.text("Settings of the server"))
    else:
        title = language.text("Settings of a channel")
        embed = discord.Embed(title=title, description=f"<#{channel_id}>")
    for name, label in LABELS.items():
        if name in own.model_fields_set:
            origin = language.text("set here")
        elif name in server.model_fields_set:
            origin = language.text("inherited from the server")
        else:
            origin = language.text("default")
        value = _value_text(name, getattr(effective, name), language)
        embed.add_field(name=language.text(label), value=f"**{value}** ({origin})", inline=False)
    return embed


def _value_text(name: str, value: Any, language: Language) -> str:
    if name == "min_confidence":
        return language.percent(round(100 * value))
    if name == "language":
        return language.text(OWN_LANGUAGE) if value is None else language_for(value).name
    return language.text(VALUES[value])


@app_commands.default_permissions(manage_guild=True)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
class ServerSettings(
    commands.GroupCog,
    group_name="settings",
    group_description=locale_str("How I behave in this server."),
    group_auto_locale_strings=False,
):
    """The group of commands; only the person who uses them sees the answer."""

    def __init__(self, service: AnswerService) -> None:
        self._service = service
        self._storage = service.storage

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Delete the settings of a server that the bot was removed from, and its verdicts."""
        await self._service.policy.forget_guild(guild.id)

    @app_commands.command(
        name="show",
        description=locale_str("Show the settings of a channel, and what is inherited."),
        auto_locale_strings=False,
    )
    @app_commands.describe(channel=WHICH_CHANNEL)
    async def show(
        self, interaction: discord.Interaction[Any], channel: Channels | None = None
    ) -> None:
        """Show the effective settings of a channel, and where each is set."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._show(interaction, channel_key(channel or interaction.channel))

    @app_commands.command(
        name="reset",
        description=locale_str("Let a channel or the server inherit everything again."),
        auto_locale_strings=False,
    )
    @app_commands.describe(what=locale_str("What to reset"))
    @app_commands.choices(what=SCOPES)
    async def reset(self, interaction: discord.Interaction[Any], what: str) -> None:
        """Let a channel or the server inherit everything again."""
        channel_id = None if what == "server" else channel_key(interaction.channel)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._storage.reset_preferences(interaction.guild_id or 0, channel_id)
        await self._show(interaction, channel_id, RESET)

    @app_commands.command(
        name="server",
        description=locale_str("Change settings for all of the server."),
        auto_locale_strings=False,
    )
    @app_commands.describe(**DESCRIPTIONS)
    @app_commands.choices(detail=DETAIL_CHOICES, language=LANGUAGE_CHOICES)
    async def server(
        self,
        interaction: discord.Interaction[Any],
        automatic: bool | None = None,
        audio_files: bool | None = None,
        detail: str | None = None,
        confidence: Range[int, 0, HIGHEST_CONFIDENCE] | None = None,
        private: bool | None = None,
        language: str | None = None,
    ) -> None:
        """Change settings for all of the server."""
        await self._change(interaction, None)

    @app_commands.command(
        name="channel",
        description=locale_str("Change settings for one channel."),
        auto_locale_strings=False,
    )
    @app_commands.describe(channel=WHICH_CHANNEL, **DESCRIPTIONS)
    @app_commands.choices(detail=DETAIL_CHOICES, language=LANGUAGE_CHOICES)
    async def channel(
        self,
        interaction: discord.Interaction[Any],
        channel: Channels | None = None,
        automatic: bool | None = None,
        audio_files: bool | None = None,
        detail: str | None = None,
        confidence: Range[int, 0, HIGHEST_CONFIDENCE] | None = None,
        private: bool | None = None,
        language: str | None = None,
    ) -> None:
        """Change settings for one channel."""
        await self._change(interaction, channel_key(channel or interaction.channel))

    async def _change(self, interaction: discord.Interaction[Any], channel_id: int | None) -> None:
        """Change the options that were given: the namespace has only those."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        changes: dict[str, Any] = {
            name: value for name, value in interaction.namespace if name != "channel"
        }
        if "confidence" in changes:
            changes["min_confidence"] = changes.pop("confidence") / 100
        if changes.get("language") == OWN_LANGUAGE_VALUE:
            changes["language"] = None
        await self._storage.set_preferences(interaction.guild_id or 0, channel_id, **changes)
        await self._show(interaction, channel_id, SAVED if changes else NOTHING_GIVEN)

    async def _show(
        self, interaction: discord.Interaction[Any], channel_id: int | None, message: str = ""
    ) -> None:
        """Show the settings of a channel, or with None of the server."""
        language = language_of(interaction)
        levels = await self._storage.preference_levels(interaction.guild_id or 0)
        embed = settings_embed(levels, channel_id, language)
        content = language.text(message) or None
        await interaction.edit_original_response(content=content, embed=embed)
