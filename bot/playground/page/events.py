"""The events that are sent to a page: first the whole state, then every change.

A page only gets what its user may see.
"""

from typing import Any

from bot.playground.world import (
    LOCALES,
    Channel,
    Interaction,
    Message,
    Person,
    World,
    events,
    guild,
    message_json,
)

Json = dict[str, Any]


def page_event(world: World, event: events.Event, person_id: int) -> Json | None:
    """Return an event for the page of a person; None if that person may not see it."""
    match event:
        case events.MessageEvent(message):
            if not _sees(world, person_id, message):
                return None
            if isinstance(event, events.MessageDeleted):
                place = {"channel_id": str(message.channel_id), "id": str(message.id)}
                return {"type": "message_delete"} | place
            kind = "create" if isinstance(event, events.MessageCreated) else "update"
            return {"type": f"message_{kind}", "message": message_json(world, message)}
        case events.TypingStarted(channel_id, typist_id):
            if not world.channel(channel_id).seen_by(person_id):
                return None
            return {"type": "typing", "channel_id": str(channel_id), "user_id": str(typist_id)}
        case events.ChannelCreated(channel):
            if not channel.seen_by(person_id):
                return None
            return {"type": "channel", "channel": channel_json(world, channel, person_id)}
        case events.LocaleChanged(person):
            return {"type": "person", "person": person_json(world, person)}
        case events.CommandsChanged():
            return {"type": "commands"}
        case events.InteractionEvent(interaction):
            if interaction.person_id != person_id:
                return None
            return {"type": "interaction", "interaction": interaction_json(interaction)}
        case events.BotPresenceChanged(online):
            return {"type": "presence", "bot_online": online}
    return None


def page_state(world: World, person_id: int) -> Json:
    """Return the first event for the page of a person: the state that the person may see."""
    channels = [channel for channel in world.channels.values() if channel.seen_by(person_id)]
    return {
        "type": "state",
        "me": str(person_id),
        "channels": [channel_json(world, channel, person_id) for channel in channels],
        "people": [person_json(world, person) for person in world.people.values()],
        "roles": [{"id": role["id"], "name": role["name"]} for role in guild.roles_json()],
        "locales": list(LOCALES),
        "messages": [
            message_json(world, message)
            for channel in channels
            for message in world.messages(channel.id, seen_by=person_id)
        ],
        "bot_online": world.bot_online,
    }


def channel_json(world: World, channel: Channel, person_id: int) -> Json:
    """Return a channel for the page; direct messages are named after the other people."""
    name = channel.name
    if channel.kind == "private":
        others = [person.name for person in channel.recipients if person.id != person_id]
        name = ", ".join(others)
    permissions = guild.permissions_of(world.person(person_id), channel)
    return {
        "id": str(channel.id),
        "name": name,
        "kind": channel.kind,
        "topic": channel.topic,
        "may_manage_messages": permissions.manage_messages,
    }


def person_json(world: World, person: Person) -> Json:
    """Return a person, or the bot, for the page."""
    return {
        "id": str(person.id),
        "name": person.name,
        "bot": person.bot,
        "colour": person.colour,
        "moderator": person.moderator,
        "locale": world.locale_of(person.id),
    }


def interaction_json(interaction: Interaction) -> Json:
    """Return the state of an interaction, for the page of its user."""
    return {
        "id": str(interaction.id),
        "answered": interaction.callback is not None,
        "failed": interaction.failed,
    }


def _sees(world: World, person_id: int, message: Message) -> bool:
    in_channel = world.channel(message.channel_id).seen_by(person_id)
    return in_channel and message.visible_to in (None, person_id)
