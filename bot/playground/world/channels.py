"""Channels: text channels and threads of the server, and direct messages."""

from dataclasses import dataclass
from typing import Any, Literal

from discord import Permissions
from discord.utils import snowflake_time

from bot.playground.world.people import BOT, BOT_ID, FIRST_ID, FRIEND, MODERATOR, YOU, Person

GUILD_ID, BOT_ROLE_ID, VOICE_NOTES_ID, GENERAL_ID, DIRECT_ID = (
    FIRST_ID + number for number in range(10, 15)
)
MODERATOR_ROLE_ID, FRIENDS_DIRECT_ID, MODERATORS_DIRECT_ID = (
    FIRST_ID + number for number in range(15, 18)
)
TEXT_CHANNEL, DIRECT_CHANNEL, THREAD = 0, 1, 11  # Discord's types of channels
MEMBER_OVERWRITE = 1  # Discord's type of permission overwrites for a member

EVERYBODYS_PERMISSIONS = Permissions(
    add_reactions=True,
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    use_external_emojis=True,
    use_application_commands=True,
    send_messages_in_threads=True,
    send_voice_messages=True,
)
NO_PERMISSIONS = Permissions.none()

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A text channel or a thread of the server, or a direct message channel.

    Direct messages are those of a person with the bot (``dm``), or those between people
    (``private``), in which the bot can only be used by its user-installed commands.
    """

    id: int
    name: str
    kind: Literal["text", "thread", "dm", "private"]
    topic: str = ""
    position: int = 0
    recipients: tuple[Person, ...] = ()  # of direct messages, without the bot
    denied: Permissions = NO_PERMISSIONS  # to the bot, in this channel
    parent_id: int | None = None  # of a thread

    @property
    def in_server(self) -> bool:
        """Whether the channel belongs to the server."""
        return self.kind in ("text", "thread")

    @property
    def bot_permissions(self) -> Permissions:
        """The permissions of the bot in this channel."""
        if self.kind == "private":
            return NO_PERMISSIONS
        return EVERYBODYS_PERMISSIONS & ~self.denied

    @property
    def place(self) -> dict[str, str]:
        """The ids of the channel and, if it belongs to the server, of that, as Discord's JSON."""
        guild = {"guild_id": str(GUILD_ID)} if self.in_server else {}
        return {"channel_id": str(self.id), **guild}

    def seen_by(self, person_id: int) -> bool:
        """Return whether a person can see the channel."""
        return self.in_server or any(one.id == person_id for one in self.recipients)

    def to_json(self) -> Json:
        """Return Discord's channel object."""
        common: Json = {"id": str(self.id)}
        if not self.in_server:
            people = [person.to_json() for person in self.recipients]
            return common | {"type": DIRECT_CHANNEL, "recipients": people}
        common |= {"guild_id": str(GUILD_ID), "name": self.name}
        if self.kind == "thread":
            metadata = {
                "archived": False,
                "auto_archive_duration": 1440,  # minutes
                "archive_timestamp": snowflake_time(self.id).isoformat(),
            }
            return common | {
                "type": THREAD,
                "parent_id": str(self.parent_id),
                "owner_id": str(YOU.id),
                "message_count": 0,
                "member_count": 1,
                "thread_metadata": metadata,
            }
        overwrite = {"id": str(BOT_ID), "type": MEMBER_OVERWRITE, "allow": "0"}
        return common | {
            "type": TEXT_CHANNEL,
            "topic": self.topic,
            "position": self.position,
            "parent_id": None,
            "permission_overwrites": [overwrite | {"deny": str(self.denied.value)}],
        }


CHANNELS = (
    Channel(
        id=VOICE_NOTES_ID,
        name="voice-notes",
        kind="text",
        topic="Record a voice message, or attach an audio file, and hear what Undertone hears.",
    ),
    Channel(
        id=GENERAL_ID,
        name="general",
        kind="text",
        topic="Talk about anything; Undertone listens here as well.",
        position=1,
    ),
    *(
        Channel(
            id=channel_id,
            name=BOT.name,
            kind="dm",
            topic="A conversation of the two of you: nobody else can see it.",
            recipients=(person,),
        )
        for channel_id, person in (
            (DIRECT_ID, YOU),
            (FRIENDS_DIRECT_ID, FRIEND),
            (MODERATORS_DIRECT_ID, MODERATOR),
        )
    ),
)
