"""The places where people write: channels of the server, threads, and conversations."""

from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.people import BOT, BOT_ID, FRIEND, MODERATOR, OPENING, YOU, Person
from bot.playground.permissions import BOT_MAY, EVERYBODY_MAY, NOTHING, Permission
from bot.playground.snowflakes import moment_of, snowflake_at, timestamp

GUILD_ID, BOT_ROLE_ID, VOICE_NOTES_ID, GENERAL_ID, DIRECT_ID = (
    snowflake_at(OPENING, increment) for increment in range(10, 15)
)
MODERATOR_ROLE_ID, FRIENDS_DIRECT_ID, MODERATORS_DIRECT_ID = (
    snowflake_at(OPENING, increment) for increment in range(15, 18)
)
TEXT_CHANNEL, DIRECT_CHANNEL, THREAD = 0, 1, 11  # Discord's numbers for the kinds of channel
MEMBER_OVERWRITE = 1  # Discord's number for permissions that are changed for one person
ARCHIVE_MINUTES = 1440  # after which a thread that nobody writes in is put away

Json = dict[str, Any]
Kind = Literal["text", "thread", "dm", "private"]


@dataclass(frozen=True, kw_only=True)
class Channel:
    """Where people write.

    It is a text channel of the server, a thread in one, the conversation of a person with the bot
    (``dm``), or one of people among themselves (``private``), where the bot is but called.
    """

    id: int
    name: str
    kind: Kind
    topic: str = ""
    position: int = 0
    recipients: tuple[Person, ...] = ()  # those of a conversation, but for the bot
    denied: Permission = NOTHING  # to the bot, here
    last_message_id: int | None = None
    parent_id: int | None = None  # of a thread
    archived: bool = False  # put away; of a thread
    locked: bool = False  # only moderators may take it out again; of a thread

    @property
    def guild_id(self) -> int | None:
        """Id of the server that it is in, None for a conversation."""
        return GUILD_ID if self.kind in ("text", "thread") else None

    @property
    def bot_may(self) -> Permission:
        """What the bot may do here."""
        if self.kind == "private":
            return NOTHING
        return (BOT_MAY | EVERYBODY_MAY) & ~self.denied

    def seen_by(self, person_id: int) -> bool:
        """Whether a person is in it."""
        return bool(self.guild_id) or any(one.id == person_id for one in self.recipients)

    def to_json(self) -> Json:
        """Describe the channel as Discord does."""
        last = str(self.last_message_id) if self.last_message_id else None
        common: Json = {"id": str(self.id), "flags": 0, "last_message_id": last}
        if not self.guild_id:
            people = [person.to_json() for person in self.recipients]
            return common | {"type": DIRECT_CHANNEL, "recipients": people}
        common |= {"guild_id": str(GUILD_ID), "name": self.name, "rate_limit_per_user": 0}
        if self.kind == "thread":
            return common | self._thread()
        return common | {
            "type": TEXT_CHANNEL,
            "topic": self.topic,
            "position": self.position,
            "parent_id": None,
            "nsfw": False,
            "permission_overwrites": self._overwrites(),
        }

    def _thread(self) -> Json:
        return {
            "type": THREAD,
            "parent_id": str(self.parent_id),
            "owner_id": str(YOU.id),
            "message_count": 0,
            "member_count": 1,
            "total_message_sent": 0,
            "thread_metadata": {
                "archived": self.archived,
                "locked": self.locked,
                "auto_archive_duration": ARCHIVE_MINUTES,
                "archive_timestamp": timestamp(moment_of(self.id)),
                "create_timestamp": timestamp(moment_of(self.id)),
            },
        }

    def _overwrites(self) -> list[Json]:
        if not self.denied:
            return []
        return [
            {
                "id": str(BOT_ID),
                "type": MEMBER_OVERWRITE,
                "allow": "0",
                "deny": str(int(self.denied)),
            }
        ]


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
