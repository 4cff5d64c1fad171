"""The payloads of gateway events, filtered by the bot's intents."""

import time
from typing import Any

from discord import Intents

from bot.playground.world import (
    GUILD_ID,
    Channel,
    World,
    application_flags,
    events,
    guild,
    message_event,
)

API_VERSION = 10
MESSAGE_EVENTS: dict[type[events.Event], str] = {
    events.MessageCreated: "MESSAGE_CREATE",
    events.MessageEdited: "MESSAGE_UPDATE",
    events.MessageDeleted: "MESSAGE_DELETE",
}

Json = dict[str, Any]


def discord_event(world: World, event: events.Event, intents: Intents) -> tuple[str, Json] | None:
    """Return the name and the data of an event; None if the intents do not cover it."""
    data: Json
    match event:
        case events.MessageEvent(message):
            channel, private = world.channel(message.channel_id), message.visible_to is not None
            in_server = channel.in_server and not private
            wanted = intents.guild_messages if in_server else intents.dm_messages
            # Discord sends no event when a user dismisses an ephemeral message.
            dismissed = private and isinstance(event, events.MessageDeleted)
            if dismissed or not (wanted and _can_view(world, channel)):
                return None
            if isinstance(event, events.MessageDeleted):
                data = {"id": str(message.id)} | channel.place
            else:
                data = message_event(world, message, with_content=intents.message_content)
            return MESSAGE_EVENTS[type(event)], data
        case events.TypingStarted(channel_id, person_id):
            channel = world.channel(channel_id)
            wanted = intents.guild_typing if channel.in_server else intents.dm_typing
            if not (wanted and _can_view(world, channel)):
                return None
            data = {"user_id": str(person_id), "timestamp": int(time.time())} | channel.place
            if channel.in_server:
                person = world.people[person_id]
                data["member"] = guild.member_json(person) | {"user": person.to_json()}
            return "TYPING_START", data
        case events.ChannelEvent(channel):
            if not (channel.in_server and world.bot_is_member and intents.guilds):
                return None
            resource = "THREAD" if channel.kind == "thread" else "CHANNEL"
            change = "CREATE" if isinstance(event, events.ChannelCreated) else "UPDATE"
            return f"{resource}_{change}", channel.to_json()
        case events.BotMembershipChanged(is_member, unavailable) if intents.guilds:
            if is_member:
                return "GUILD_CREATE", world.guild_json()
            # Discord only sets the field on an outage.
            outage = {"unavailable": True} if unavailable else {}
            return "GUILD_DELETE", {"id": str(GUILD_ID)} | outage
        case events.InteractionCreated(interaction):
            return "INTERACTION_CREATE", interaction.payload
    return None


def ready_json(world: World, *, session_id: str, resume_url: str) -> Json:
    """Return the data of READY, the first event of a session."""
    guilds = [{"id": str(GUILD_ID), "unavailable": True}] if world.bot_is_member else []
    return {
        "v": API_VERSION,
        "user": world.bot.to_json(),
        "guilds": guilds,
        "session_id": session_id,
        "resume_gateway_url": resume_url,
        "application": {"id": str(world.bot.id), "flags": application_flags(world)},
        "private_channels": [],
    }


def _can_view(world: World, channel: Channel) -> bool:
    visible = channel.bot_permissions.view_channel
    return visible and (world.bot_is_member or not channel.in_server)
