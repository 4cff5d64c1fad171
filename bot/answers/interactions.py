"""What all interactions have in common: a language, an answer that only who asks sees, errors."""

import logging
from typing import Any

import discord
from discord import app_commands

from bot.errors import StorageError, VoiceNoteError, outline
from bot.i18n import Language, language_for, translatable
from bot.views import Trouble, trouble_of

log = logging.getLogger(__name__)

LATE_CODES = frozenset({10008, 10062, 40060})
"""Discord's, for a message that is gone, and for what is answered too late, or twice."""

DATABASE_FAILS = translatable("I cannot reach my memory just now: please try again in a while.")
NOT_HERE = translatable("You cannot use that command here.")
CHANGED = translatable("That command has changed: please try again in a minute.")


def language_of(interaction: discord.Interaction[Any]) -> Language:
    """Return the language of whoever asks."""
    return language_for(interaction.locale)


async def tell(interaction: discord.Interaction[Any], words: str) -> None:
    """Send something to the person who asked, and to nobody else.

    Also where "is thinking…" was shown to everybody: what is sent next would be in its place, and
    as public, so it is deleted first.
    """
    if not interaction.response.is_done():
        await interaction.response.send_message(words, ephemeral=True)
        return
    if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        await interaction.delete_original_response()
    await interaction.followup.send(words, ephemeral=True)


async def tell_error(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Send what went wrong in one sentence, and log where, with nothing of what it was about."""
    if isinstance(error, discord.HTTPException) and error.code in LATE_CODES:
        log.info("An interaction was answered too late (code %d).", error.code)
        return
    try:
        await tell(interaction, _trouble(error).said(language_of(interaction)))
    except (discord.DiscordException, OSError) as refusal:
        log.warning("What went wrong could not be told: %s.", type(refusal).__name__)


def _trouble(error: BaseException) -> Trouble:
    """Return the sentence for an error, and log it where it is news."""
    match error:
        case StorageError():
            log.warning("An interaction could not use the database. %s", error)
            return Trouble(DATABASE_FAILS)
        case app_commands.CheckFailure():
            return Trouble(NOT_HERE)
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            log.warning("Discord has other commands than the bot: python -m bot sync mends that.")
            return Trouble(CHANGED)
        case VoiceNoteError():
            return trouble_of(error)
        case _:
            log.error("An interaction met an error:\n%s", outline(error))
            return trouble_of(error)
