"""Messages: as they are sent (`Draft`), changed (`Revision`), and as they stand (`Message`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag
from typing import Any

from bot.playground.attachments import Attachment, Upload
from bot.playground.mentions import AllowedMentions, Pings
from bot.playground.snowflakes import moment_of

Embed = Mapping[str, Any]  # as Discord's JSON has it

ATTACHMENT_SCHEME = "attachment://"
PICTURE_SLOTS = ("image", "thumbnail")  # of an embed, which may show an attached file
ICON_SLOTS = ("author", "footer")  # of an embed, which may have one as an icon
# Discord's numbers for the kinds of message.
PLAIN_MESSAGE, REPLY, COMMAND_ANSWER, MENU_ANSWER = 0, 19, 20, 23


class MessageFlag(IntFlag):
    """Discord's flags of messages that mean something here."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    VOICE_MESSAGE = 1 << 13
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = MessageFlag(0)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message that somebody is about to send."""

    channel_id: int
    author_id: int
    content: str = ""
    uploads: Sequence[Upload] = ()
    embeds: Sequence[Embed] = ()
    components: Sequence[Mapping[str, Any]] = ()
    reply_to: int | None = None  # id of a message in the same channel
    flags: MessageFlag = NO_FLAGS
    allowed_mentions: AllowedMentions = field(default_factory=AllowedMentions)
    nonce: str | None = None
    tts: bool = False
    kind: int | None = None  # None: a reply if it replies, and else a plain message
    visible_to: int | None = None  # id of the only person who sees it; None: all in the channel
    interaction: Mapping[str, Any] | None = None  # which it answers, as Discord's JSON has it
    forward: "Forward | None" = None


@dataclass(frozen=True)
class Forward:
    """A message that is shown again elsewhere, as it was then."""

    original: "Message"


@dataclass(frozen=True, kw_only=True)
class Revision:
    """What shall be otherwise in a message; None leaves it as it is."""

    content: str | None = None
    uploads: Sequence[Upload] = ()
    kept_attachments: frozenset[int] | None = None  # ids
    embeds: Sequence[Embed] | None = None
    components: Sequence[Mapping[str, Any]] | None = None
    flags: MessageFlag | None = None
    allowed_mentions: AllowedMentions = field(default_factory=AllowedMentions)


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message in a channel."""

    id: int
    channel_id: int
    author_id: int
    content: str = ""
    attachments: tuple[Attachment, ...] = ()
    embeds: tuple[Embed, ...] = ()
    components: tuple[Mapping[str, Any], ...] = ()
    reply_to: int | None = None
    flags: MessageFlag = NO_FLAGS
    pings: Pings = field(default_factory=Pings)
    edited_at: datetime | None = None
    nonce: str | None = None
    tts: bool = False
    kind: int = PLAIN_MESSAGE
    visible_to: int | None = None  # id of the only person who sees it; None: all in the channel
    interaction: Mapping[str, Any] | None = None  # which it answers, as Discord's JSON has it
    forward: Forward | None = None

    @property
    def thinking(self) -> bool:
        """Whether it stands for an answer that is yet to come."""
        return MessageFlag.LOADING in self.flags

    @property
    def files(self) -> tuple[Attachment, ...]:
        """All its files, those of a forwarded message among them."""
        return self.attachments + (self.forward.original.attachments if self.forward else ())

    @property
    def created_at(self) -> datetime:
        """When it was sent."""
        return moment_of(self.id)


def place_pictures(
    embeds: Sequence[Embed], attachments: Sequence[Attachment]
) -> tuple[tuple[Embed, ...], frozenset[int]]:
    """Show attached files in the embeds that ask for them by ``attachment://name``.

    Returns
    -------
    tuple
        The embeds with the files' addresses, and the ids of the files that are shown so.
    """
    by_address = {ATTACHMENT_SCHEME + attachment.filename: attachment for attachment in attachments}
    by_address |= {attachment.url: attachment for attachment in attachments}
    shown: set[int] = set()
    placed = []
    for embed in embeds:
        embed = {"type": "rich", **embed}
        for slots, address in ((PICTURE_SLOTS, "url"), (ICON_SLOTS, "icon_url")):
            for slot in slots:
                picture = embed.get(slot)
                url = str(picture.get(address) or "") if isinstance(picture, Mapping) else ""
                attachment = by_address.get(url)
                if attachment is not None:
                    embed[slot] = {**embed[slot], **_addresses(attachment, address)}
                    shown.add(attachment.id)
                elif url.startswith(ATTACHMENT_SCHEME):  # a file that is not there: no picture
                    embed[slot] = {key: embed[slot][key] for key in embed[slot] if key != address}
        placed.append(embed)
    return tuple(placed), frozenset(shown)


def _addresses(attachment: Attachment, address: str) -> dict[str, Any]:
    addresses: dict[str, Any] = {address: attachment.url, f"proxy_{address}": attachment.url}
    if address == "url":
        addresses |= {"width": attachment.width or 0, "height": attachment.height or 0}
        addresses["content_type"] = attachment.content_type
        if attachment.description:
            addresses["description"] = attachment.description
    return addresses
