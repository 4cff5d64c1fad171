"""What the page is told: how everything stands when it opens, and then whatever happens.

A page belongs to one person, and is told only of what that person sees.
"""

from typing import Any

from bot.playground.channels import Channel
from bot.playground.events import (
    BotMembershipChanged,
    BotPresenceChanged,
    ChannelChanged,
    CommandsChanged,
    Event,
    InteractionBegun,
    InteractionChanged,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    PersonChanged,
    TypingStarted,
)
from bot.playground.guild import permissions_of, roles_json
from bot.playground.interactions import Interaction
from bot.playground.payloads import message_json
from bot.playground.people import LOCALES, Person
from bot.playground.permissions import Permission
from bot.playground.world import World

Json = dict[str, Any]


def page_event(world: World, event: Event, person_id: int) -> Json | None:
    """Give an event as the page of a person is told of it; None if it is none of theirs."""
    match event:
        case MessageCreated(message) | MessageEdited(message):
            if message.visible_to not in (None, person_id):
                return None
            if not world.channel(message.channel_id).seen_by(person_id):
                return None
            kind = "create" if isinstance(event, MessageCreated) else "update"
            return {"type": f"message_{kind}", "message": message_json(world, message)}
        case MessageDeleted(channel_id, message_id, visible_to):
            if visible_to not in (None, person_id) or not world.channel(channel_id).seen_by(
                person_id
            ):
                return None
            place = {"channel_id": str(channel_id), "id": str(message_id)}
            return {"type": "message_delete"} | place
        case TypingStarted(channel_id, typist):
            if not world.channel(channel_id).seen_by(person_id):
                return None
            return {"type": "typing", "channel_id": str(channel_id), "user_id": str(typist)}
        case ChannelChanged(channel_id):
            channel = world.channel(channel_id)
            if not channel.seen_by(person_id):
                return None
            return {"type": "channel", "channel": channel_json(world, channel, person_id)}
        case PersonChanged(changed):
            return {"type": "person", "person": person_json(world, world.person(changed))}
        case CommandsChanged():
            return {"type": "commands"}
        case InteractionBegun(interaction) | InteractionChanged(interaction):
            if interaction.person_id != person_id:
                return None
            return {"type": "interaction", "interaction": interaction_json(interaction)}
        case BotPresenceChanged(online):
            return {"type": "presence", "bot_online": online}
        case BotMembershipChanged():
            return None


def page_state(world: World, person_id: int) -> Json:
    """Tell the page of a person how everything stands."""
    channels = [channel for channel in world.channels.values() if channel.seen_by(person_id)]
    return {
        "type": "state",
        "me": str(person_id),
        "channels": [channel_json(world, channel, person_id) for channel in channels],
        "people": [person_json(world, person) for person in world.people.values()],
        "roles": [{"id": role["id"], "name": role["name"]} for role in roles_json()],
        "locales": list(LOCALES),
        "messages": {
            str(channel.id): [
                message_json(world, message) for message in world.messages(channel.id)
            ]
            for channel in channels
        },
        "ephemeral_messages": [
            message_json(world, message) for message in world.ephemeral_messages(person_id)
        ],
        "bot_online": world.bot_online,
    }


def channel_json(world: World, channel: Channel, person_id: int) -> Json:
    """Describe a channel as the page shows it to a person."""
    may = permissions_of(world.person(person_id), channel)
    described: Json = {
        "id": str(channel.id),
        "name": _name(world, channel, person_id),
        "kind": channel.kind,
        "topic": channel.topic,
        "may_manage_messages": Permission.MANAGE_MESSAGES in may,
    }
    if channel.kind == "thread":
        parent = {"parent_id": str(channel.parent_id)}
        described |= parent | {"archived": channel.archived, "locked": channel.locked}
    return described


def _name(world: World, channel: Channel, person_id: int) -> str:
    """Give a channel's name; a conversation is called by who else is in it."""
    if channel.kind == "private":
        others = [person.name for person in channel.recipients if person.id != person_id]
        return ", ".join(others)
    return world.bot.name if channel.kind == "dm" else channel.name


def person_json(world: World, person: Person) -> Json:
    """Describe somebody as the page shows them."""
    return {
        "id": str(person.id),
        "name": person.name,
        "bot": person.bot,
        "colour": person.colour,
        "moderator": person.moderator,
        "locale": world.locale_of(person.id),
    }


def interaction_json(interaction: Interaction) -> Json:
    """Describe to the page of the person who began it how an interaction stands."""
    callback = interaction.callback
    original, source = interaction.original_id, interaction.source_id
    return {
        "id": str(interaction.id),
        "kind": interaction.kind.name.lower(),
        "channel_id": str(interaction.channel_id),
        "name": interaction.data.get("name"),
        "custom_id": interaction.data.get("custom_id"),
        "source_id": str(source) if source else None,
        "answered": callback.name.lower() if callback else None,
        "message_id": str(original) if original else None,
        "modal": interaction.modal,
        "choices": interaction.choices,
        "failed": interaction.failed,
    }
