"""What the commands need of the rest of the bot, and what holds where they are asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import discord

from bot.claims import Claims, RecentClaims
from bot.house_rules import HouseRules
from bot.languages import Language, language_for
from bot.manner import Manner
from bot.notices import Replies, Tell
from bot.queueing import Asker
from bot.recent import RecentReplies
from bot.replies import Answer
from bot.requests import Requests
from bot.storage import Storage
from bot.verdict_table import VerdictTable


class Hear(Protocol):
    """Hears files; whatever goes wrong with one is its answer."""

    async def __call__(
        self,
        attachments: Sequence[discord.Attachment],
        *,
        manner: Manner,
        asker: Asker,
        tell: Tell | None = None,
    ) -> Sequence[Answer]:
        """Give an answer for each file, in their order.

        `asker` is whose turn it takes; `tell` is called with a file's number and its place in the
        line while it waits.
        """


class Draw(Protocol):
    """Draws a table of verdicts, in another process."""

    async def __call__(self, table: VerdictTable) -> bytes:
        """Give a PNG file."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the commands need.

    Parameters
    ----------
    storage
        Where servers' settings, opt-outs and verdicts are.
    rules
        What servers and people want.
    hear
        Hears files.
    draw
        Draws a table of verdicts.
    requests
        Where commands are noted while the bot is at them.
    claims
        Which messages are answered already.
    notices
        What tells those who wait their place.
    recent
        What was answered lately; the same as that of the desk behind the buttons.
    always_register
        Whether Discord forgets the commands whenever it is started, as the playground does.
    """

    storage: Storage
    rules: HouseRules
    hear: Hear
    draw: Draw
    requests: Requests = field(default_factory=Requests)
    claims: Claims = field(default_factory=RecentClaims)
    notices: Replies = field(default_factory=Replies)
    recent: RecentReplies = field(default_factory=RecentReplies)
    always_register: bool = False


def language_of(interaction: "discord.Interaction[Any]") -> Language:
    """Give the language of whoever asks."""
    return language_for(interaction.locale)


async def tell(interaction: "discord.Interaction[Any]", words: str) -> None:
    """Say something to the person who asked, and to nobody else.

    Also where "is thinking…" was shown to everybody: what is said next would be in its place, and
    as public, so it is taken away first.
    """
    thinking = discord.InteractionResponseType.deferred_channel_message
    if not interaction.response.is_done():
        await interaction.response.send_message(words, ephemeral=True)
        return
    if interaction.response.type is thinking:
        await interaction.delete_original_response()
    await interaction.followup.send(words, ephemeral=True)
