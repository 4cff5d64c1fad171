"""The server, its roles and channels, and the conversation with the bot."""

from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.people import BOT, BOT_COLOUR, BOT_ID, OPENING, YOU, YOU_ID, Person
from bot.playground.permissions import BOT_MAY, EVERYBODY_MAY, NOTHING, Permission
from bot.playground.snowflakes import snowflake_at, timestamp

GUILD_ID, BOT_ROLE_ID, VOICE_NOTES_ID, GENERAL_ID, DIRECT_ID = (
    snowflake_at(OPENING, increment) for increment in range(10, 15)
)
TEXT_CHANNEL, DIRECT_CHANNEL = 0, 1  # Discord's numbers for the kinds of channel
MEMBER_OVERWRITE = 1  # Discord's number for permissions that are changed for one person


@dataclass(frozen=True, kw_only=True)
class Channel:
    """Where people write: a text channel of the server, or a conversation of two."""

    id: int
    name: str
    kind: Literal["text", "dm"]
    topic: str = ""
    position: int = 0
    recipients: tuple[Person, ...] = ()  # those of a conversation, but for the bot
    denied: Permission = NOTHING  # to the bot, here
    last_message_id: int | None = None

    @property
    def guild_id(self) -> int | None:
        """Id of the server that it is in, None for a conversation."""
        return GUILD_ID if self.kind == "text" else None

    @property
    def bot_may(self) -> Permission:
        """What the bot may do here."""
        return (BOT_MAY | EVERYBODY_MAY) & ~self.denied

    def to_json(self) -> dict[str, Any]:
        """Describe the channel as Discord does."""
        last = str(self.last_message_id) if self.last_message_id else None
        if self.kind == "dm":
            return {
                "id": str(self.id),
                "type": DIRECT_CHANNEL,
                "flags": 0,
                "last_message_id": last,
                "recipients": [person.to_json() for person in self.recipients],
            }
        return {
            "id": str(self.id),
            "type": TEXT_CHANNEL,
            "guild_id": str(GUILD_ID),
            "name": self.name,
            "topic": self.topic,
            "position": self.position,
            "parent_id": None,
            "nsfw": False,
            "rate_limit_per_user": 0,
            "flags": 0,
            "last_message_id": last,
            "permission_overwrites": self._overwrites(),
        }

    def _overwrites(self) -> list[dict[str, Any]]:
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
    Channel(
        id=DIRECT_ID,
        name=BOT.name,
        kind="dm",
        topic="A conversation of the two of you: nobody else can see it.",
        recipients=(YOU,),
    ),
)


def member_json(person: Person) -> dict[str, Any]:
    """Describe what somebody is in the server, as Discord does."""
    return {
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(BOT_ROLE_ID)] if person.bot else [],
        "joined_at": timestamp(OPENING),
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def guild_json(people: list[Person], channels: list[Channel]) -> dict[str, Any]:
    """Describe the server as Discord does when the bot comes to know of it."""
    return {
        "id": str(GUILD_ID),
        "name": "Undertone playground",
        "description": None,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "owner_id": str(YOU_ID),
        "region": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "vanity_url_code": None,
        "max_members": 500_000,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": _roles(),
        "joined_at": timestamp(OPENING),
        "large": False,
        "unavailable": False,
        "member_count": len(people),
        "members": [member_json(person) | {"user": person.to_json()} for person in people],
        "channels": [channel.to_json() for channel in channels if channel.kind == "text"],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _roles() -> list[dict[str, Any]]:
    common = {
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "mentionable": False,
        "flags": 0,
    }
    accent = int(BOT_COLOUR.removeprefix("#"), base=16)
    colourless = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    everybody = {
        "id": str(GUILD_ID),
        "name": "@everyone",
        "position": 0,
        "color": 0,
        "colors": colourless,
        "managed": False,
        "permissions": str(int(EVERYBODY_MAY)),
    }
    bot = {
        "id": str(BOT_ROLE_ID),
        "name": BOT.name,
        "position": 1,
        "color": accent,
        "colors": colourless | {"primary_color": accent},
        "managed": True,
        "permissions": str(int(BOT_MAY)),
        "tags": {"bot_id": str(BOT_ID)},
    }
    return [common | everybody, common | bot]
