"""What the gateway tells a bot, as Discord's events; and what it keeps from it."""

import time
from typing import Any

from bot.playground.events import (
    BotPresenceChanged,
    ChannelChanged,
    Event,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    TypingStarted,
)
from bot.playground.guild import GUILD_ID, Channel, member_json
from bot.playground.payloads import message_event
from bot.playground.people import Person
from bot.playground.permissions import Intent, Permission
from bot.playground.world import World

API_VERSION = 10
# Discord's bits, among the flags of an application, for the privileged intents it may use.
APPLICATION_FLAGS = {
    Intent.GUILD_PRESENCES: 1 << 13,
    Intent.GUILD_MEMBERS: 1 << 15,
    Intent.MESSAGE_CONTENT: 1 << 19,
}

Json = dict[str, Any]


def discord_event(world: World, event: Event, intents: Intent) -> tuple[str, Json] | None:
    """Give an event's name and data, or None if a bot with these intents does not hear of it."""
    match event:
        case MessageCreated(message) | MessageEdited(message):
            if not _hears(world.channel(message.channel_id), intents):
                return None
            name = "MESSAGE_CREATE" if isinstance(event, MessageCreated) else "MESSAGE_UPDATE"
            with_content = Intent.MESSAGE_CONTENT in intents
            return name, message_event(world, message, with_content=with_content)
        case MessageDeleted(channel_id, message_id):
            channel = world.channel(channel_id)
            if not _hears(channel, intents):
                return None
            return "MESSAGE_DELETE", {"id": str(message_id)} | _place(channel)
        case TypingStarted(channel_id, person_id):
            channel = world.channel(channel_id)
            if not _hears(channel, intents, typing=True):
                return None
            return "TYPING_START", _typing(channel, world.people[person_id])
        case ChannelChanged(channel_id):
            channel = world.channel(channel_id)
            if channel.kind == "dm" or Intent.GUILDS not in intents:
                return None
            return "CHANNEL_UPDATE", channel.to_json()
        case BotPresenceChanged():
            return None


def ready_json(world: World, *, session_id: str, resume_url: str) -> Json:
    """Tell a bot that it is logged in, as what, and where to come back to."""
    return {
        "v": API_VERSION,
        "user": world.bot.to_json() | {"verified": True, "mfa_enabled": True, "email": None},
        "guilds": [{"id": str(GUILD_ID), "unavailable": True}],
        "session_id": session_id,
        "session_type": "normal",
        "resume_gateway_url": resume_url,
        "application": {"id": str(world.bot.id), "flags": application_flags(world)},
        "private_channels": [],
        "presences": [],
        "relationships": [],
        "guild_join_requests": [],
        "user_settings": {},
    }


def members_json(people: list[Person], *, nonce: Any) -> Json:
    """Tell a bot who of those it asked for is in the server."""
    return {
        "guild_id": str(GUILD_ID),
        "members": [member_json(person) | {"user": person.to_json()} for person in people],
        "chunk_index": 0,
        "chunk_count": 1,
        "not_found": [],
        "nonce": nonce,
    }


def application_flags(world: World) -> int:
    """Give Discord's flags for an application with the privileged intents switched on."""
    return sum(
        flag for intent, flag in APPLICATION_FLAGS.items() if intent in world.privileged_intents
    )


def _hears(channel: Channel, intents: Intent, *, typing: bool = False) -> bool:
    if channel.kind == "dm":
        return (Intent.DIRECT_MESSAGE_TYPING if typing else Intent.DIRECT_MESSAGES) in intents
    if Permission.VIEW_CHANNEL not in channel.bot_may:
        return False
    return (Intent.GUILD_MESSAGE_TYPING if typing else Intent.GUILD_MESSAGES) in intents


def _place(channel: Channel) -> Json:
    place = {"channel_id": str(channel.id)}
    return place | {"guild_id": str(GUILD_ID)} if channel.kind == "text" else place


def _typing(channel: Channel, person: Person) -> Json:
    told = {"user_id": str(person.id), "timestamp": int(time.time())} | _place(channel)
    if channel.kind == "text":
        told["member"] = member_json(person) | {"user": person.to_json()}
    return told
