"""What the bot says: what became of voice notes, as one message within Discord's limits."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import discord

from bot.analysis import Hearing
from bot.i18n import Seconds, translatable
from bot.views.embed import Fullness, card, details_card, shown_name, trouble_card
from bot.views.segments import alt_text
from bot.views.style import Manner
from bot.views.trouble import Trouble

FORWARDED = translatable("This was forwarded: whose voice it is, I do not know.")

MAX_EMBEDS = 10  # Discord's limit for one message, of cards and of files
MAX_EMBEDS_LENGTH = 6000  # characters; Discord's limit for all cards of one message together
MAX_CONTENT_LENGTH = 2000  # characters; Discord's limit for the text of one message
MAX_FILES_BYTES = 10 * 2**20  # Discord's limit for all files of one message together


@dataclass(frozen=True)
class Picture:
    """A picture that goes with a card.

    Parameters
    ----------
    name
        Of its file; the card shows it by that name.
    png
        The file.
    alt
        What it shows, for those who do not see it.
    """

    name: str
    png: bytes
    alt: str

    def file(self) -> discord.File:
        """Return it as a file, to be sent once."""
        return discord.File(io.BytesIO(self.png), filename=self.name, description=self.alt)


@dataclass(frozen=True)
class Reply:
    """What goes into one message: words, or embeds.

    Parameters
    ----------
    content
        The text above the embeds; None for no text.
    embeds
        The cards below it, ten at most.
    pictures
        What the cards show.
    """

    content: str | None = None
    embeds: tuple[discord.Embed, ...] = ()
    pictures: tuple[Picture, ...] = ()

    def files(self) -> list[discord.File]:
        """Return the pictures as files, to be sent once."""
        return [picture.file() for picture in self.pictures]

    def without_pictures(self) -> "Reply":
        """Return the same without pictures, for channels in which the bot may attach no files."""
        embeds = [embed.copy().set_image(url=None) for embed in self.embeds]
        return replace(self, embeds=tuple(embeds), pictures=())

    def in_words(self) -> "Reply":
        """Return the same without cards, for channels in which the bot may post none."""
        cards = [_words(embed, brief=len(self.embeds) > 1) for embed in self.embeds]
        words = "\n".join(text for text in (self.content, *cards) if text)
        return Reply(content=words[:MAX_CONTENT_LENGTH])


@dataclass(frozen=True)
class Answer:
    """What became of one voice note: what was heard, or why nothing was.

    Parameters
    ----------
    name
        The name of its file, as the sender gave it.
    outcome
        What was heard, or the sentence.
    """

    name: str
    outcome: Hearing | Trouble


DEFAULT_MANNER = Manner()


def reply_to(
    answers: Sequence[Answer],
    *,
    manner: Manner = DEFAULT_MANNER,
    named: bool = False,
    forwarded: bool = False,
) -> Reply:
    """Return one reply with what became of a message's voice notes.

    Parameters
    ----------
    answers
        One for each voice note, in the order of the message.
    manner
        How it is said.
    named
        Whether to name the file even of an only answer: the message has others beside it.
    forwarded
        Whether the message forwards them: then it is said that nobody knows whose voice it is, so
        that they are not taken for those of whoever forwarded them.

    Returns
    -------
    Reply
        Trouble with a message's only file is one plain sentence; among several, each voice note
        has a card of its own that names its file.
    """
    reply = _reply(answers, manner, named=named, show=card)
    if not forwarded:
        return reply
    lines = (manner.language.text(FORWARDED), reply.content)
    return replace(reply, content="\n".join(line for line in lines if line))


def details_of(answers: Sequence[Answer], *, manner: Manner = DEFAULT_MANNER) -> Reply:
    """Return all that was heard in a message's voice notes; parameters are those of `reply_to`."""
    return _reply(answers, manner, named=False, show=details_card)


def progress_on(seconds: float, *, manner: Manner = DEFAULT_MANNER) -> Reply:
    """Return that listening takes a moment, as a message that the answer takes the place of.

    Parameters
    ----------
    seconds
        How long the recording says it is.
    manner
        How it is said.
    """
    return Reply(
        content=manner.language.text(
            "🎧 I am listening to {length} of voice: that takes me a moment.",
            length=Seconds(seconds),
        )
    )


Show = Callable[[Hearing, Manner, Fullness], discord.Embed]


def _reply(answers: Sequence[Answer], manner: Manner, *, named: bool, show: Show) -> Reply:
    """Make a card of each answer: the fullest that the message has room for."""
    answers = answers[:MAX_EMBEDS]
    named = named or len(answers) > 1
    if not named and isinstance(answers[0].outcome, Trouble):
        return Reply(content=answers[0].outcome.said(manner.language))
    pictures = _pictures(answers, manner)
    embeds: list[discord.Embed] = []
    for fullness in sorted(Fullness, reverse=True):
        embeds = [_embed(answer, manner, fullness, show) for answer in answers]
        for number, embed in enumerate(embeds):
            if named:
                embed.set_author(name=shown_name(answers[number].name, manner.language))
            if number in pictures:
                embed.set_image(url=f"attachment://{pictures[number].name}")
        if sum(len(embed) for embed in embeds) <= MAX_EMBEDS_LENGTH:
            break
    return Reply(embeds=tuple(embeds), pictures=tuple(pictures.values()))


def _embed(answer: Answer, manner: Manner, fullness: Fullness, show: Show) -> discord.Embed:
    if isinstance(answer.outcome, Trouble):
        return trouble_card(answer.outcome, manner.language)
    return show(answer.outcome, manner, fullness)


def _pictures(answers: Sequence[Answer], manner: Manner) -> dict[int, Picture]:
    """Collect the pictures that there is room for, by the number of their answer."""
    pictures, n_bytes = {}, 0
    for number, answer in enumerate(answers):
        hearing = answer.outcome
        if isinstance(hearing, Trouble) or hearing.picture is None:
            continue
        n_bytes += len(hearing.picture)
        if n_bytes > MAX_FILES_BYTES:
            break
        name = f"emotion-over-time-{number + 1}.png"
        pictures[number] = Picture(name, hearing.picture, alt_text(hearing, manner))
    return pictures


def _words(embed: discord.Embed, *, brief: bool) -> str:
    """Write a card as plain lines; in brief, as its one line that matters."""
    name = f"{discord.utils.escape_markdown(embed.author.name)}: " if embed.author.name else ""
    if brief and embed.title:
        return f"{name}{embed.title}"
    facts = [field for field in embed.fields if field.inline]
    rest = [f"{field.name}:\n{field.value}" for field in embed.fields if not field.inline]
    told = ", ".join(f"{field.name}: {field.value}" for field in facts)
    lines = (embed.title, embed.description, told, *rest, embed.footer.text)
    return name + "\n".join(line for line in lines if line)
