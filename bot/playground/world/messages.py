"""Messages, and the pictures in their embeds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntFlag
from typing import Any

from discord.utils import snowflake_time

from bot.playground.world.attachments import Attachment

Embed = Mapping[str, Any]  # as Discord's JSON has it

ATTACHMENT_SCHEME = "attachment://"
# Discord's numbers for the kinds of message.
PLAIN_MESSAGE, REPLY = 0, 19


class MessageFlag(IntFlag):
    """The flags of Discord's messages that the playground knows."""

    NONE = 0
    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    VOICE_MESSAGE = 1 << 13


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message, in a channel or about to be posted there.

    Attributes
    ----------
    id
        0 before it is posted.
    reply_to
        Id of a message in the same channel.
    mentions
        The ids of the people that it pings.
    kind
        Discord's number for its kind; None for a reply or a plain message.
    visible_to
        Id of the only person who sees it; None for all in the channel.
    interaction
        What it answers, as Discord's JSON has it.
    forwarded
        The message that it shows again.
    """

    id: int = 0
    channel_id: int
    author_id: int
    content: str = ""
    attachments: tuple[Attachment, ...] = ()
    embeds: Sequence[Embed] = ()
    components: Sequence[Mapping[str, Any]] = ()
    reply_to: int | None = None
    flags: MessageFlag = MessageFlag.NONE
    mentions: tuple[int, ...] = ()
    mentions_everyone: bool = False
    edited_at: datetime | None = None
    nonce: str | None = None
    kind: int | None = None
    visible_to: int | None = None
    interaction: Mapping[str, Any] | None = None
    forwarded: "Message | None" = None

    @property
    def thinking(self) -> bool:
        """Whether it stands for an answer that is yet to come."""
        return MessageFlag.LOADING in self.flags

    @property
    def files(self) -> tuple[Attachment, ...]:
        """All its files, those of a forwarded message among them."""
        return self.attachments + (self.forwarded.attachments if self.forwarded else ())

    @property
    def created_at(self) -> datetime:
        """When it was posted."""
        return snowflake_time(self.id)


def with_embedded_pictures(message: Message) -> Message:
    """Return a message whose embeds show the attached files that they ask for.

    An embed asks for a file by ``attachment://name``; the file is then shown there alone.
    """
    shown: set[int] = set()
    embeds = [
        {"type": "rich", **embed, **_image(embed, message.attachments, shown)}
        for embed in message.embeds
    ]
    attachments = (replace(file, embedded=file.id in shown) for file in message.attachments)
    return replace(message, embeds=embeds, attachments=tuple(attachments))


def _image(embed: Embed, attachments: Iterable[Attachment], shown: set[int]) -> Embed:
    wanted = embed.get("image", {}).get("url")
    for file in attachments:
        if wanted in (ATTACHMENT_SCHEME + file.filename, file.url):
            shown.add(file.id)
            described = {"description": file.description} if file.description else {}
            return {"image": {"url": file.url, "proxy_url": file.url, **described}}
    return {}
