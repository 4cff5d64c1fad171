"""/accuracy: how often people in a server said that the bot was right."""

import io
import logging
from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.analysis import VerdictTable
from bot.answers import AnswerService, language_of
from bot.errors import AnalyserError
from bot.i18n import Language, Share, translatable
from bot.views import emoji
from ser_core.emotions import EMOTION_NAMES, NOT_SURE, UNSURE_EMOJI

log = logging.getLogger(__name__)

Counts = Mapping[tuple[str, str], int]

IMAGE_NAME = "was-i-right.png"
LONGEST_ALT = 1024  # characters of a file's description; Discord's limit
NONE_YET = translatable(
    'Nobody here has told me yet whether I was right: press "Was I right?" under an answer.'
)


class Accuracy(commands.Cog):
    """/accuracy; only the person who uses it sees the answer."""

    def __init__(self, service: AnswerService) -> None:
        self._service = service

    @app_commands.command(
        name="accuracy",
        description=locale_str("How often I was right in this server, by what people told me."),
        auto_locale_strings=False,
    )
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def accuracy(self, interaction: discord.Interaction[Any]) -> None:
        """Send a confusion matrix as an image, with a summary in words."""
        language = language_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        counts = await self._service.storage.verdicts(interaction.guild_id or 0)
        if not counts:
            await interaction.edit_original_response(content=language.text(NONE_YET))
            return
        embed = summary(counts, language)
        files = []
        try:
            png = await self._service.pipeline.analyser.draw(table_of(counts, language))
            alt = alt_text(counts, language)
            files.append(discord.File(io.BytesIO(png), IMAGE_NAME, description=alt))
            embed.set_image(url=f"attachment://{IMAGE_NAME}")
        except AnalyserError as error:  # the summary goes without the image
            log.warning("Verdicts could not be drawn: %s.", type(error).__name__)
        await interaction.edit_original_response(embed=embed, attachments=files)


def summary(counts: Counts, language: Language) -> discord.Embed:
    """Return how often the bot was right, in all and for each emotion that it named."""
    lines = [
        language.text(
            "{emoji} {emotion}: right {right} of {all} times",
            emoji=UNSURE_EMOJI if heard == NOT_SURE else emoji(heard),
            emotion=language.text(heard),
            right=counts.get((heard, heard), 0),
            all=n_heard,
        )
        for heard in EMOTION_NAMES
        if (n_heard := _n_heard(counts, heard))
    ]
    unsure = _n_heard(counts, NOT_SURE)
    if unsure:
        lines.append(
            language.plural(
                "Not sure, and told what it was: {count} time",
                "Not sure, and told what it was: {count} times",
                unsure,
            )
        )
    return discord.Embed(title=_title(counts, language), description="\n".join(lines)).set_footer(
        text=language.text("By what people here told me; I keep counts, and no names.")
    )


def alt_text(counts: Counts, language: Language) -> str:
    """Return the alternative text of the image."""
    wrong = sorted(
        (-count, heard, said) for (heard, said), count in counts.items() if heard != said
    )
    mistakes = [
        language.text(
            "{said}, heard as {heard}: {count}",
            said=language.text(said),
            heard=language.text(heard),
            count=-negative,
        )
        for negative, heard, said in wrong
    ]
    lines = [
        language.text("A table of what I heard against what people said it was."),
        f"{_title(counts, language)}.",
        *mistakes,
    ]
    return "\n".join(lines)[:LONGEST_ALT]


def table_of(counts: Counts, language: Language) -> VerdictTable:
    """Return the counts to be drawn, with translated texts."""
    names = tuple((name, language.text(name)) for name in (*EMOTION_NAMES, NOT_SURE))
    return VerdictTable(
        counts=tuple(sorted(counts.items())),
        names=names,
        title=_title(counts, language),
        said_label=language.text("what people said it was"),
        heard_label=language.text("what I heard (% of each row)"),
    )


def _n_heard(counts: Counts, label: str) -> int:
    return sum(count for (heard, _), count in counts.items() if heard == label)


def _title(counts: Counts, language: Language) -> str:
    """Return how often the bot was right when it named an emotion."""
    n_said = sum(count for (heard, _), count in counts.items() if heard != NOT_SURE)
    n_right = sum(count for (heard, said), count in counts.items() if heard == said)
    if not n_said:
        return language.text("I was never sure enough to be right or wrong")
    return language.text(
        "I was right {right} of {all} times ({share})",
        right=n_right,
        all=n_said,
        share=Share(n_right / n_said),
    )
