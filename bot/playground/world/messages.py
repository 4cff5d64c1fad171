"""Messages, and the attached images of their embeds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntFlag
from typing import Any

from discord.utils import snowflake_time

from bot.playground.world.attachments import Attachment

Embed = Mapping[str, Any]  # as Discord's JSON has it

ATTACHMENT_SCHEME = "attachment://"
# Discord's types of messages.
PLAIN_MESSAGE, REPLY = 0, 19


class MessageFlag(IntFlag):
    """Discord's message flags that the playground uses."""

    NONE = 0
    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    VOICE_MESSAGE = 1 << 13


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message in a channel, or one to post.

    Attributes
    ----------
    id
        Id of the message; 0 before it is posted.
    reply_to
        Id of the message in the same channel that is replied to.
    mentions
        Ids of the people that are mentioned.
    kind
        Discord's type of the message; None for a reply or a plain message.
    visible_to
        Id of the only person who sees an ephemeral message; None for all other messages.
    interaction
        Discord's interaction metadata object, for a response to an interaction.
    forwarded
        The message that is forwarded.
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
        """Whether the message is a deferred response ("is thinking…")."""
        return MessageFlag.LOADING in self.flags

    @property
    def files(self) -> tuple[Attachment, ...]:
        """All files, including those of a forwarded message."""
        return self.attachments + (self.forwarded.attachments if self.forwarded else ())

    @property
    def created_at(self) -> datetime:
        """The time of posting, from the id."""
        return snowflake_time(self.id)


def with_embedded_pictures(message: Message) -> Message:
    """Return a message with the URLs of attached images in its embeds.

    An embed refers to an attached image by ``attachment://name``; the image is then not shown among
    the attachments.
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
