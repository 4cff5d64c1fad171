"""Cards: what was heard in one voice note, as an embed.

They are made to be read on a phone, on a dark ground and on a light one, and without seeing colours
or pictures: the title says the answer in words, and an emoji or a colour never stands alone.
"""

import enum

import discord

from bot.analysis import Hearing
from bot.i18n import Language, Share, translatable
from bot.views.bars import MAX_BARS, bars, whole_percents
from bot.views.segments import turn_lines
from bot.views.style import Detail, Manner, emoji
from bot.views.trouble import Trouble
from ser_core.emotions import BY_NAME, UNSURE_EMOJI

QUIET_COLOUR = 0x747F8D  # a grey that reads on dark and on light
TROUBLE_COLOUR = 0xB5651D
FOOTER = translatable("A guess from the tone of voice, not from the words.")
MIXED_EMOJI = "🔀"
MAX_AUTHOR_LENGTH = 60  # characters of a file's name that are repeated


class Fullness(enum.IntEnum):
    """How much is on a card: the most that there is room for in the message."""

    TITLE = enum.auto()
    BARS = enum.auto()
    TURNS = enum.auto()


def card(hearing: Hearing, manner: Manner, fullness: Fullness = Fullness.TURNS) -> discord.Embed:
    """Show what was heard in one voice note."""
    language = manner.language
    if not hearing.ranked:
        return _silence(hearing, language)
    embed = discord.Embed(title=_title(hearing, manner), colour=_colour(hearing, manner))
    if manner.detail is Detail.FULL and fullness >= Fullness.BARS:
        embed.description = f"```\n{bars(hearing.ranked, language)}\n```"
        if not manner.is_sure(hearing) and not hearing.is_mixed:
            told = language.text("I hear a voice, but no feeling stands out in it.")
            embed.description = f"{told}\n{embed.description}"
        _add_facts(embed, hearing, language)
        if fullness >= Fullness.TURNS:
            _add_turns(embed, hearing, manner)
    _add_remark(embed, hearing, language)
    return embed.set_footer(text=language.text(FOOTER))


def details_card(
    hearing: Hearing, manner: Manner, fullness: Fullness = Fullness.TURNS
) -> discord.Embed:
    """Show all that was heard in one voice note, numbers in plain words."""
    language = manner.language
    if not hearing.ranked:
        return _silence(hearing, language)
    embed = discord.Embed(title=_title(hearing, manner), colour=_colour(hearing, manner))
    if fullness >= Fullness.BARS:
        percents = whole_percents([probability for _, probability in hearing.ranked])
        lines = [
            f"{emoji(name)} {manner.emotion(name)}: {language.percent(percent)}"
            for (name, _), percent in zip(hearing.ranked, percents, strict=True)
        ]
        embed.description = "\n".join(lines[:MAX_BARS])
        _add_facts(embed, hearing, language)
    if fullness >= Fullness.TURNS:
        _add_turns(embed, hearing, manner)
    _add_remark(embed, hearing, language)
    return embed.set_footer(text=language.text(FOOTER))


def trouble_card(trouble: Trouble, language: Language) -> discord.Embed:
    """Show why nothing was heard in one voice note among several."""
    return discord.Embed(description=trouble.said(language), colour=TROUBLE_COLOUR)


def shown_name(name: str, language: Language) -> str:
    """Make a file's name fit to be repeated: printable, and not too long."""
    printable = "".join(character for character in name if character.isprintable()).strip()
    if len(printable) > MAX_AUTHOR_LENGTH:
        printable = f"{printable[: MAX_AUTHOR_LENGTH - 1]}…"
    return printable or language.text("A file without a name")


def _silence(hearing: Hearing, language: Language) -> discord.Embed:
    said = language.text("I hear no speech")
    embed = discord.Embed(
        title=f"🤫 {said}",
        description=language.text(
            "I listened to all {length} of it and heard no voice. Try again a little closer to the "
            "microphone?",
            length=language.length(hearing.duration),
        ),
        colour=QUIET_COLOUR,
    )
    _add_remark(embed, hearing, language)
    return embed


def _title(hearing: Hearing, manner: Manner) -> str:
    """Say the answer in one line."""
    language = manner.language
    if hearing.is_mixed:
        (first, _), (second, _) = hearing.ranked[:2]
        said = language.text(
            "Mixed: mostly {first}, then {second}",
            first=manner.emotion(first),
            second=manner.emotion(second),
        )
        return f"{MIXED_EMOJI} {said}"
    if not manner.is_sure(hearing):
        said = language.text("Not sure, closest: {nearest}", nearest=manner.nearest(hearing))
        return f"{UNSURE_EMOJI} {said}"
    name = manner.emotion(hearing.ranked[0][0])
    percent = whole_percents([probability for _, probability in hearing.ranked])[0]
    said = language.text(
        "{emotion}, {percent} sure",
        emotion=name[:1].upper() + name[1:],
        percent=language.percent(percent),
    )
    return f"{manner.emoji(hearing)} {said}"


def _colour(hearing: Hearing, manner: Manner) -> int:
    name = hearing.ranked[0][0]
    return BY_NAME[name].colour if manner.is_sure(hearing) and name in BY_NAME else QUIET_COLOUR


def _add_remark(embed: discord.Embed, hearing: Hearing, language: Language) -> None:
    """Say what of the recording could not be read: it is never left out for want of room."""
    if hearing.remark is not None:
        said = language.text(hearing.remark.message, **hearing.remark.values)
        embed.description = "\n".join(filter(None, (embed.description, f"⚠️ {said}")))


def _add_facts(embed: discord.Embed, hearing: Hearing, language: Language) -> None:
    embed.add_field(name=language.text("Length"), value=language.length(hearing.duration))
    share = language.text("{share} of it", share=Share(hearing.speech_share))
    embed.add_field(name=language.text("Speech"), value=share)


def _add_turns(embed: discord.Embed, hearing: Hearing, manner: Manner) -> None:
    lines = turn_lines(hearing, manner)
    if lines:
        embed.add_field(name=manner.language.text("Over time"), value=lines, inline=False)
