"""The server: its members and roles, and what people may do in it."""

from typing import Any

from bot.playground.channels import BOT_ROLE_ID, GUILD_ID, MODERATOR_ROLE_ID, Channel
from bot.playground.people import (
    BOT,
    BOT_COLOUR,
    BOT_ID,
    DEFAULT_LOCALE,
    MODERATOR,
    OPENING,
    Person,
)
from bot.playground.permissions import (
    BOT_MAY,
    EVERYBODY_MAY,
    EVERYTHING,
    MODERATORS_MAY,
    Permission,
)
from bot.playground.snowflakes import timestamp

ROLE_IDS = (BOT_ROLE_ID, MODERATOR_ROLE_ID)
OWNER = MODERATOR  # of the server, who may do everything


def permissions_of(person: Person, channel: Channel) -> Permission:
    """Say what somebody may do in a channel."""
    if person.bot:
        return channel.bot_may
    if not channel.guild_id:
        return EVERYBODY_MAY
    if person.id == OWNER.id:
        return EVERYTHING
    return MODERATORS_MAY if person.moderator else EVERYBODY_MAY


def member_json(person: Person) -> dict[str, Any]:
    """Describe what somebody is in the server, as Discord does."""
    return {
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(role) for role in _roles_of(person)],
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
        "owner_id": str(OWNER.id),
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
        "preferred_locale": DEFAULT_LOCALE,
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
        "roles": roles_json(),
        "joined_at": timestamp(OPENING),
        "large": False,
        "unavailable": False,
        "member_count": len(people),
        "members": [member_json(person) | {"user": person.to_json()} for person in people],
        "channels": [channel.to_json() for channel in channels if channel.kind == "text"],
        "threads": [
            channel.to_json()
            for channel in channels
            if channel.kind == "thread" and not channel.archived
        ],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _roles_of(person: Person) -> list[int]:
    return [BOT_ROLE_ID] * person.bot + [MODERATOR_ROLE_ID] * person.moderator


def roles_json() -> list[dict[str, Any]]:
    """Describe the server's roles as Discord does."""
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
    moderators = {
        "id": str(MODERATOR_ROLE_ID),
        "name": "Moderators",
        "position": 2,
        "color": 0,
        "colors": colourless,
        "managed": False,
        "permissions": str(int(MODERATORS_MAY)),
    }
    return [common | everybody, common | bot, common | moderators]
