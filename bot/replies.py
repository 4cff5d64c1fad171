"""What the bot says: from what was heard in voice notes to the words, bars and colours of a reply.

Embeds are made to be read on a phone: no line of the bars is longer than `LINE_WIDTH` characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.worker import Hearing
from ser_core.emotions import BY_NAME, EMOTION_NAMES, NOT_SURE, UNSURE_EMOJI, Emotion

LINE_WIDTH = 29  # characters of a line of bars: what fits a narrow phone's code block
NAME_WIDTH = max(len(name) for name in EMOTION_NAMES)
PERCENT_WIDTH = len("100%")
BAR_WIDTH = LINE_WIDTH - NAME_WIDTH - PERCENT_WIDTH - 2  # two spaces between the three
EIGHTHS = " ▏▎▍▌▋▊▉█"  # of a character's width

SILENCE_COLOUR = 0x747F8D  # a grey that reads on dark and on light
TROUBLE_COLOUR = 0xB5651D
FOOTER = "A guess from the tone of voice, not from the words."
UNFORESEEN = "Sorry, something went wrong on my side: please try again later."

MAX_EMBEDS = 10  # Discord's limit for one message
LONGEST_IN_SECONDS = 59.95  # s; what rounds to a minute is told in minutes
MAX_CONTENT_LENGTH = 2000  # characters; Discord's limit for the text of one message
MAX_TITLE_LENGTH = 60  # characters of a file's name that are repeated


@dataclass(frozen=True)
class Reply:
    """What goes into one message: words, or embeds.

    Parameters
    ----------
    content
        The text above the embeds; None for no text.
    embeds
        The cards below it, ten at most.
    """

    content: str | None = None
    embeds: tuple[discord.Embed, ...] = ()

    def in_words(self) -> "Reply":
        """Say the same without cards, for channels in which the bot may post none."""
        cards = [_words(embed, brief=len(self.embeds) > 1) for embed in self.embeds]
        words = "\n".join(text for text in (self.content, *cards) if text)
        return Reply(content=words[:MAX_CONTENT_LENGTH])


@dataclass(frozen=True)
class Answer:
    """What became of one voice note: what was heard, or a sentence that says why nothing was.

    Parameters
    ----------
    name
        The name of its file, as the sender gave it.
    outcome
        What was heard, or the sentence.
    """

    name: str
    outcome: Hearing | str


def reply_to(answers: Sequence[Answer], *, named: bool = False) -> Reply:
    """Put what became of a message's voice notes into one reply.

    Parameters
    ----------
    answers
        One for each voice note, in the order of the message.
    named
        Whether to name the file even of an only answer: the message has others beside it.

    Returns
    -------
    Reply
        Trouble with a message's only file is one plain sentence; among several, each voice note
        has a card of its own that names its file.
    """
    if len(answers) == 1 and not named:
        outcome = answers[0].outcome
        return (
            Reply(content=outcome) if isinstance(outcome, str) else Reply(embeds=(card(outcome),))
        )
    cards = []
    for answer in answers[:MAX_EMBEDS]:
        if isinstance(answer.outcome, str):
            embed = discord.Embed(description=answer.outcome, colour=TROUBLE_COLOUR)
        else:
            embed = card(answer.outcome)
        cards.append(embed.set_author(name=shown_name(answer.name)))
    return Reply(embeds=tuple(cards))


def card(hearing: Hearing) -> discord.Embed:
    """Show what was heard in one voice note."""
    if not hearing.ranked:
        return discord.Embed(
            title="🤫 No speech here",
            description=(
                f"I listened to all {length(hearing.duration)} of it and heard no voice. "
                "Try again a little closer to the microphone?"
            ),
            colour=SILENCE_COLOUR,
        )
    name, _ = hearing.ranked[0]
    emotion = BY_NAME.get(name, Emotion(name, SILENCE_COLOUR, "🎙️"))
    if hearing.is_sure:
        sure = whole_percents([probability for _, probability in hearing.ranked])[0]
        title = f"{emotion.emoji} {name.capitalize()}, {sure}% sure"
    else:
        nearest = " or ".join(name for name, _ in hearing.ranked[:2])
        title = f"{UNSURE_EMOJI} {NOT_SURE.capitalize()}: {nearest}?"
    embed = discord.Embed(
        title=title,
        description=f"```\n{bars(hearing.ranked)}\n```",
        colour=emotion.colour if hearing.is_sure else SILENCE_COLOUR,
    )
    embed.add_field(name="Length", value=length(hearing.duration))
    embed.add_field(name="Speech", value=f"{hearing.speech_share:.0%} of it")
    return embed.set_footer(text=FOOTER)


def _words(embed: discord.Embed, *, brief: bool) -> str:
    """Write a card as plain lines; in brief, as its one line that matters."""
    name = f"{discord.utils.escape_markdown(embed.author.name)}: " if embed.author.name else ""
    if brief and embed.title:
        return f"{name}{embed.title}"
    fields = ", ".join(f"{str(field.name).lower()} {field.value}" for field in embed.fields)
    lines = (embed.title, embed.description, fields.capitalize(), embed.footer.text)
    return name + "\n".join(line for line in lines if line)


def bars(ranked: Sequence[tuple[str, float]]) -> str:
    """Draw a bar for each emotion.

    Parameters
    ----------
    ranked
        Names and probabilities.

    Returns
    -------
    str
        A line for each, of the same length, for a font in which all characters are equally wide.
    """
    percents = whole_percents([probability for _, probability in ranked])
    return "\n".join(
        f"{name[:NAME_WIDTH]:<{NAME_WIDTH}} {bar(probability)} {f'{percent}%':>{PERCENT_WIDTH}}"
        for (name, probability), percent in zip(ranked, percents, strict=True)
    )


def bar(probability: float) -> str:
    """Draw one bar of `BAR_WIDTH` characters, exact to an eighth of a character."""
    steps = len(EIGHTHS) - 1
    full, rest = divmod(round(probability * BAR_WIDTH * steps), steps)
    return (EIGHTHS[-1] * full + (EIGHTHS[rest] if rest else "")).ljust(BAR_WIDTH)


def whole_percents(probabilities: Sequence[float]) -> list[int]:
    """Round to whole per cents that add up to what the probabilities do (largest remainders)."""
    exact = [probability * 100 for probability in probabilities]
    percents = [int(value) for value in exact]
    missing = round(sum(exact)) - sum(percents)
    by_remainder = sorted(range(len(exact)), key=lambda i: percents[i] - exact[i])
    for index in by_remainder[:missing]:
        percents[index] += 1
    return percents


def length(seconds: float) -> str:
    """Say how long a recording is: "4.2 seconds", "1 minute", "3 minutes 5 seconds"."""
    if seconds < LONGEST_IN_SECONDS:
        return f"{seconds:.1f} seconds"
    minutes, rest = divmod(round(seconds), 60)
    words = f"{minutes} minute{'s' * (minutes != 1)}"
    return f"{words} {rest} second{'s' * (rest != 1)}" if rest else words


def shown_name(name: str) -> str:
    """Make a file's name fit to be repeated: printable, and not too long."""
    printable = "".join(character for character in name if character.isprintable()).strip()
    if len(printable) > MAX_TITLE_LENGTH:
        printable = f"{printable[: MAX_TITLE_LENGTH - 1]}…"
    return printable or "A file without a name"
