"""What the gateway tells a bot, as Discord's events; and what it keeps from it."""

import time
from typing import Any

from bot.playground.channels import GUILD_ID, Channel
from bot.playground.events import (
    BotMembershipChanged,
    ChannelChanged,
    Event,
    InteractionBegun,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    TypingStarted,
)
from bot.playground.guild import member_json
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
            channel = world.channel(message.channel_id)
            if not _hears(world, channel, intents, private=message.visible_to is not None):
                return None
            name = "MESSAGE_CREATE" if isinstance(event, MessageCreated) else "MESSAGE_UPDATE"
            with_content = Intent.MESSAGE_CONTENT in intents
            return name, message_event(world, message, with_content=with_content)
        case MessageDeleted(channel_id, message_id, None):
            if not _hears(world, world.channel(channel_id), intents):
                return None
            return "MESSAGE_DELETE", {"id": str(message_id)} | world.place_of(channel_id)
        case TypingStarted(channel_id, person_id):
            channel = world.channel(channel_id)
            if not _hears(world, channel, intents, typing=True):
                return None
            return "TYPING_START", _typing(channel, world.people[person_id]) | world.place_of(
                channel_id
            )
        case ChannelChanged(channel_id, new):
            channel = world.channel(channel_id)
            if not (channel.guild_id and world.bot_is_member and Intent.GUILDS in intents):
                return None
            what = "THREAD" if channel.kind == "thread" else "CHANNEL"
            return f"{what}_{'CREATE' if new else 'UPDATE'}", channel.to_json()
        case BotMembershipChanged(is_member, unavailable) if Intent.GUILDS in intents:
            if is_member:
                return "GUILD_CREATE", world.guild_json()
            # Discord says that it is unavailable, and says nothing of that to who was removed.
            why = {"unavailable": True} if unavailable else {}
            return "GUILD_DELETE", {"id": str(GUILD_ID)} | why
        case InteractionBegun(interaction):
            return "INTERACTION_CREATE", interaction.payload
        case _:
            return None


def ready_json(world: World, *, session_id: str, resume_url: str) -> Json:
    """Tell a bot that it is logged in, as what, and where to come back to."""
    return {
        "v": API_VERSION,
        "user": world.bot.to_json() | {"verified": True, "mfa_enabled": True, "email": None},
        "guilds": [{"id": str(GUILD_ID), "unavailable": True}] if world.bot_is_member else [],
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


def _hears(
    world: World, channel: Channel, intents: Intent, *, typing: bool = False, private: bool = False
) -> bool:
    if channel.kind == "private":
        return False
    if channel.kind == "dm" or private:
        return (Intent.DIRECT_MESSAGE_TYPING if typing else Intent.DIRECT_MESSAGES) in intents
    if not world.bot_is_member or Permission.VIEW_CHANNEL not in channel.bot_may:
        return False
    return (Intent.GUILD_MESSAGE_TYPING if typing else Intent.GUILD_MESSAGES) in intents


def _typing(channel: Channel, person: Person) -> Json:
    told: Json = {"user_id": str(person.id), "timestamp": int(time.time())}
    if channel.guild_id:
        told["member"] = member_json(person) | {"user": person.to_json()}
    return told
