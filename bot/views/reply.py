"""The reply to a message or a command, within Discord's limits."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import discord

from bot.analysis import AnalysisResult
from bot.i18n import Seconds, translatable
from bot.views.embed import EmbedSize, details_embed, printable_name, result_embed, trouble_embed
from bot.views.segments import alt_text
from bot.views.style import ReplyStyle
from bot.views.trouble import Trouble

FORWARDED = translatable("This was forwarded: whose voice it is, I do not know.")

MAX_EMBEDS = 10  # Discord's limit for one message, of embeds and of files
MAX_EMBEDS_LENGTH = 6000  # characters; Discord's limit for all embeds of one message together
MAX_CONTENT_LENGTH = 2000  # characters; Discord's limit for the text of one message
MAX_FILES_BYTES = 10 * 2**20  # Discord's limit for all files of one message together


@dataclass(frozen=True)
class ImageFile:
    """An image that an embed shows.

    Parameters
    ----------
    name
        The file's name, by which the embed refers to it.
    png
        The file's bytes.
    alt
        The alternative text, for people who do not see it.
    """

    name: str
    png: bytes
    alt: str

    def file(self) -> discord.File:
        """Return the image as a file, which discord.py can send once."""
        return discord.File(io.BytesIO(self.png), filename=self.name, description=self.alt)


@dataclass(frozen=True)
class Reply:
    """The content of one message.

    Parameters
    ----------
    content
        The text above the embeds.
    embeds
        The embeds, ten at most.
    images
        The images of the embeds.
    """

    content: str | None = None
    embeds: tuple[discord.Embed, ...] = ()
    images: tuple[ImageFile, ...] = ()

    def files(self) -> list[discord.File]:
        """Return the images as files, which discord.py can send once."""
        return [image.file() for image in self.images]

    def without_images(self) -> "Reply":
        """Return the reply without images, for channels in which the bot may attach no files."""
        embeds = [embed.copy().set_image(url=None) for embed in self.embeds]
        return replace(self, embeds=tuple(embeds), images=())

    def as_text(self) -> "Reply":
        """Return the reply as plain text, for channels in which the bot may send no embeds."""
        parts = [_as_text(embed, brief=len(self.embeds) > 1) for embed in self.embeds]
        text = "\n".join(part for part in (self.content, *parts) if part)
        return Reply(content=text[:MAX_CONTENT_LENGTH])


@dataclass(frozen=True)
class AttachmentResult:
    """The result of one attachment, or the reason why there is none.

    Parameters
    ----------
    filename
        The name of the file, as the sender gave it.
    """

    filename: str
    outcome: AnalysisResult | Trouble


DEFAULT_STYLE = ReplyStyle()


def build_reply(
    results: Sequence[AttachmentResult],
    *,
    style: ReplyStyle = DEFAULT_STYLE,
    named: bool = False,
    forwarded: bool = False,
) -> Reply:
    """Return one reply with the results of a message's voice notes.

    Parameters
    ----------
    results
        The results, one for each voice note, in the order of the message.
    style
        The style of the reply.
    named
        Whether to show the file's name also where there is one result: the message has other files.
    forwarded
        Whether the message forwards the voice notes: the reply then says that nobody knows whose
        voice it is, so that it is not taken for that of the person who forwarded it.

    Returns
    -------
    Reply
        What went wrong with a message's only file is plain text; of several files, each has an
        embed with its name.
    """
    reply = _reply(results, style, named=named, to_embed=result_embed)
    if not forwarded:
        return reply
    lines = (style.language.text(FORWARDED), reply.content)
    return replace(reply, content="\n".join(line for line in lines if line))


def build_details(
    results: Sequence[AttachmentResult], *, style: ReplyStyle = DEFAULT_STYLE
) -> Reply:
    """Return the reply of the "Details" button; parameters are those of `build_reply`."""
    return _reply(results, style, named=False, to_embed=details_embed)


def build_notice(seconds: float, *, style: ReplyStyle = DEFAULT_STYLE) -> Reply:
    """Return the notice that a long recording takes a moment; the answer replaces it.

    Parameters
    ----------
    seconds
        The length of the recording by its metadata.
    style
        The style of the notice.
    """
    return Reply(
        content=style.language.text(
            "🎧 I am listening to {length} of voice: that takes me a moment.",
            length=Seconds(seconds),
        )
    )


ToEmbed = Callable[[AnalysisResult, ReplyStyle, EmbedSize], discord.Embed]


def _reply(
    results: Sequence[AttachmentResult], style: ReplyStyle, *, named: bool, to_embed: ToEmbed
) -> Reply:
    """Return an embed for each result, the largest that fit into one message."""
    results = results[:MAX_EMBEDS]
    named = named or len(results) > 1
    if not named and isinstance(results[0].outcome, Trouble):
        return Reply(content=results[0].outcome.text(style.language))
    images = _images(results, style)
    embeds: list[discord.Embed] = []
    for size in sorted(EmbedSize, reverse=True):
        embeds = [_embed(result, style, size, to_embed) for result in results]
        for number, embed in enumerate(embeds):
            if named:
                embed.set_author(name=printable_name(results[number].filename, style.language))
            if number in images:
                embed.set_image(url=f"attachment://{images[number].name}")
        if sum(len(embed) for embed in embeds) <= MAX_EMBEDS_LENGTH:
            break
    return Reply(embeds=tuple(embeds), images=tuple(images.values()))


def _embed(
    result: AttachmentResult, style: ReplyStyle, size: EmbedSize, to_embed: ToEmbed
) -> discord.Embed:
    if isinstance(result.outcome, Trouble):
        return trouble_embed(result.outcome, style.language)
    return to_embed(result.outcome, style, size)


def _images(results: Sequence[AttachmentResult], style: ReplyStyle) -> dict[int, ImageFile]:
    """Return the images that fit into one message, by the number of their result."""
    images, n_bytes = {}, 0
    for number, result in enumerate(results):
        outcome = result.outcome
        if isinstance(outcome, Trouble) or outcome.timeline_image is None:
            continue
        n_bytes += len(outcome.timeline_image)
        if n_bytes > MAX_FILES_BYTES:
            break
        name = f"emotion-over-time-{number + 1}.png"
        images[number] = ImageFile(name, outcome.timeline_image, alt_text(outcome, style))
    return images


def _as_text(embed: discord.Embed, *, brief: bool) -> str:
    """Return an embed as plain lines, or its title alone."""
    name = f"{discord.utils.escape_markdown(embed.author.name)}: " if embed.author.name else ""
    if brief and embed.title:
        return f"{name}{embed.title}"
    facts = [field for field in embed.fields if field.inline]
    rest = [f"{field.name}:\n{field.value}" for field in embed.fields if not field.inline]
    in_one_line = ", ".join(f"{field.name}: {field.value}" for field in facts)
    lines = (embed.title, embed.description, in_one_line, *rest, embed.footer.text)
    return name + "\n".join(line for line in lines if line)
