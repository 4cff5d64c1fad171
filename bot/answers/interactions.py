"""Ephemeral responses to interactions, and their errors, in the user's language."""

import logging
from typing import Any

import discord
from discord import app_commands

from bot.errors import StorageError, VoiceNoteError, redacted_traceback
from bot.i18n import Language, language_for, translatable
from bot.views import Trouble, trouble_of

log = logging.getLogger(__name__)

LATE_CODES = frozenset({10008, 10062, 40060})
"""Discord's codes for a message that is gone, and for a response that is late, or the second."""

DATABASE_FAILS = translatable("I cannot reach my memory just now: please try again in a while.")
NOT_HERE = translatable("You cannot use that command here.")
CHANGED = translatable("That command has changed: please try again in a minute.")


def language_of(interaction: discord.Interaction[Any]) -> Language:
    """Return the language of the user."""
    return language_for(interaction.locale)


async def respond(interaction: discord.Interaction[Any], text: str) -> None:
    """Send an ephemeral response.

    Where the interaction was deferred, the "is thinking…" message is deleted first, because it may
    be public, and the next message would replace it.
    """
    if not interaction.response.is_done():
        await interaction.response.send_message(text, ephemeral=True)
        return
    if interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        await interaction.delete_original_response()
    await interaction.followup.send(text, ephemeral=True)


async def respond_with_error(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Send what went wrong in one sentence, and log it without the error's message."""
    if isinstance(error, discord.HTTPException) and error.code in LATE_CODES:
        log.info("An interaction was answered too late (code %d).", error.code)
        return
    try:
        await respond(interaction, _trouble(error).text(language_of(interaction)))
    except (discord.DiscordException, OSError) as refusal:
        log.warning("What went wrong could not be told: %s.", type(refusal).__name__)


def _trouble(error: BaseException) -> Trouble:
    """Return the sentence for an error, and log the error where it was not expected."""
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
            log.error("An interaction met an error:\n%s", redacted_traceback(error))
            return trouble_of(error)
