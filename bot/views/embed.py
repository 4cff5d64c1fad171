"""The embed of one voice note's result.

It is readable on a phone, in Discord's dark and light themes, and without seeing colours or images:
the title is the answer in words, and an emoji or a colour never carries information alone.
"""

import enum

import discord

from bot.analysis import AnalysisResult
from bot.i18n import Language, Share, translatable
from bot.views.bars import MAX_BARS, bars, whole_percents
from bot.views.segments import segment_lines
from bot.views.style import DetailLevel, ReplyStyle, emoji
from bot.views.trouble import Trouble
from ser_core.emotions import BY_NAME, UNSURE_EMOJI

QUIET_COLOUR = 0x747F8D  # a grey that is readable in the dark and the light theme
TROUBLE_COLOUR = 0xB5651D
FOOTER = translatable("A guess from the tone of voice, not from the words.")
MIXED_EMOJI = "🔀"
MAX_AUTHOR_LENGTH = 60  # characters of a file's name that are shown


class EmbedSize(enum.IntEnum):
    """How much an embed shows; the largest that fits into the message is chosen."""

    TITLE = enum.auto()
    BARS = enum.auto()
    SEGMENTS = enum.auto()


def result_embed(
    result: AnalysisResult, style: ReplyStyle, size: EmbedSize = EmbedSize.SEGMENTS
) -> discord.Embed:
    """Return the embed of an answer."""
    language = style.language
    if not result.ranked:
        return _no_speech_embed(result, language)
    embed = discord.Embed(title=_title(result, style), colour=_colour(result, style))
    if style.detail is DetailLevel.FULL and size >= EmbedSize.BARS:
        embed.description = f"```\n{bars(result.ranked, language)}\n```"
        if not style.is_sure(result) and not result.is_mixed:
            text = language.text("I hear a voice, but no feeling stands out in it.")
            embed.description = f"{text}\n{embed.description}"
        _add_facts(embed, result, language)
        if size >= EmbedSize.SEGMENTS:
            _add_segments(embed, result, style)
    _add_warning(embed, result, language)
    return embed.set_footer(text=language.text(FOOTER))


def details_embed(
    result: AnalysisResult, style: ReplyStyle, size: EmbedSize = EmbedSize.SEGMENTS
) -> discord.Embed:
    """Return the embed of the "Details" button: all numbers, without bars."""
    language = style.language
    if not result.ranked:
        return _no_speech_embed(result, language)
    embed = discord.Embed(title=_title(result, style), colour=_colour(result, style))
    if size >= EmbedSize.BARS:
        percents = whole_percents([probability for _, probability in result.ranked])
        lines = [
            f"{emoji(name)} {style.emotion(name)}: {language.percent(percent)}"
            for (name, _), percent in zip(result.ranked, percents, strict=True)
        ]
        embed.description = "\n".join(lines[:MAX_BARS])
        _add_facts(embed, result, language)
        if result.model:
            embed.add_field(name=language.text("Model"), value=f"`{result.model}`")
    if size >= EmbedSize.SEGMENTS:
        _add_segments(embed, result, style)
    _add_warning(embed, result, language)
    return embed.set_footer(text=language.text(FOOTER))


def trouble_embed(trouble: Trouble, language: Language) -> discord.Embed:
    """Return the embed of one voice note among several that could not be analysed."""
    return discord.Embed(description=trouble.text(language), colour=TROUBLE_COLOUR)


def printable_name(name: str, language: Language) -> str:
    """Return a file's name without unprintable characters, and shortened."""
    printable = "".join(character for character in name if character.isprintable()).strip()
    if len(printable) > MAX_AUTHOR_LENGTH:
        printable = f"{printable[: MAX_AUTHOR_LENGTH - 1]}…"
    return printable or language.text("A file without a name")


def _no_speech_embed(result: AnalysisResult, language: Language) -> discord.Embed:
    title = language.text("I hear no speech")
    embed = discord.Embed(
        title=f"🤫 {title}",
        description=language.text(
            "I listened to all {length} of it and heard no voice. Try again a little closer to the "
            "microphone?",
            length=language.length(result.duration),
        ),
        colour=QUIET_COLOUR,
    )
    _add_warning(embed, result, language)
    return embed


def _title(result: AnalysisResult, style: ReplyStyle) -> str:
    """Return the answer in one line."""
    language = style.language
    if result.is_mixed:
        (first, _), (second, _) = result.ranked[:2]
        text = language.text(
            "Mixed: {first}, then {second}",
            first=style.emotion(first),
            second=style.emotion(second),
        )
        return f"{MIXED_EMOJI} {text}"
    if not style.is_sure(result):
        text = language.text("Not sure, closest: {nearest}", nearest=style.nearest(result))
        return f"{UNSURE_EMOJI} {text}"
    name = style.emotion(result.ranked[0][0])
    percent = whole_percents([probability for _, probability in result.ranked])[0]
    text = language.text(
        "{emotion}, {percent} sure",
        emotion=name[:1].upper() + name[1:],
        percent=language.percent(percent),
    )
    return f"{style.emoji(result)} {text}"


def _colour(result: AnalysisResult, style: ReplyStyle) -> int:
    name = result.ranked[0][0]
    return BY_NAME[name].colour if style.is_sure(result) and name in BY_NAME else QUIET_COLOUR


def _add_warning(embed: discord.Embed, result: AnalysisResult, language: Language) -> None:
    """Add the warning about the recording, at every size."""
    if result.warning is not None:
        text = language.text(result.warning.message, **result.warning.values)
        embed.description = "\n".join(filter(None, (embed.description, f"⚠️ {text}")))


def _add_facts(embed: discord.Embed, result: AnalysisResult, language: Language) -> None:
    embed.add_field(name=language.text("Length"), value=language.length(result.duration))
    share = language.text("{share} of it", share=Share(result.speech_share))
    embed.add_field(name=language.text("Speech"), value=share)


def _add_segments(embed: discord.Embed, result: AnalysisResult, style: ReplyStyle) -> None:
    lines = segment_lines(result, style)
    if lines and result.is_long:
        embed.add_field(name=style.language.text("Over time"), value=lines, inline=False)
