"""Discord's message objects, for the REST API, the gateway and the page."""

from typing import Any

from bot.playground.errors import ApiError
from bot.playground.world.channels import GUILD_ID
from bot.playground.world.guild import member_json
from bot.playground.world.messages import PLAIN_MESSAGE, REPLY, Message
from bot.playground.world.world import World

# Discord's application flags for privileged intents (limited).
PRESENCES_FLAG, MEMBERS_FLAG, MESSAGE_CONTENT_FLAG = 1 << 13, 1 << 15, 1 << 19
REFERENCE, FORWARD = 0, 1  # Discord's types of message references

Json = dict[str, Any]


def message_json(world: World, message: Message, *, with_content: bool = True) -> Json:
    """Return Discord's message object, with the fields of the REST API.

    Parameters
    ----------
    with_content
        Whether the receiver has the Message Content intent.
    """
    described = _without_reference(world, message, with_content=with_content)
    place = world.channel(message.channel_id).place
    if message.forwarded is not None:
        visible = with_content or _content_visible(world, message)
        snapshot = _snapshot(world, message.forwarded, visible=visible)
        place = world.channel(message.forwarded.channel_id).place
        reference = {"type": FORWARD, "message_id": str(message.forwarded.id)}
        return described | {
            "message_reference": reference | place,
            "message_snapshots": [{"message": snapshot}],
        }
    if message.reply_to is None:
        return described
    try:
        answered = world.message(message.channel_id, message.reply_to)
    except ApiError:  # it was deleted
        referenced = None
    else:
        referenced = _without_reference(world, answered, with_content=with_content)
    reference = {"type": REFERENCE, "message_id": str(message.reply_to)}
    return described | {"message_reference": reference | place, "referenced_message": referenced}


def message_event(world: World, message: Message, *, with_content: bool) -> Json:
    """Return Discord's message object, with the gateway's additional fields: guild and members."""
    described = message_json(world, message, with_content=with_content)
    channel = world.channel(message.channel_id)
    if message.visible_to is not None or not channel.in_server:
        return described
    for mentioned in described["mentions"]:
        mentioned["member"] = member_json(world.people[int(mentioned["id"])])
    member = member_json(world.people[message.author_id])
    return described | {"guild_id": str(GUILD_ID), "member": member}


def application_flags(world: World) -> int:
    """Return Discord's application flags, which have the privileged intents."""
    intents = world.privileged_intents
    return (
        PRESENCES_FLAG * intents.presences
        | MEMBERS_FLAG * intents.members
        | MESSAGE_CONTENT_FLAG * intents.message_content
    )


def _content_visible(world: World, message: Message) -> bool:
    """Return whether the bot gets the content even without the Message Content intent."""
    return (
        not world.channel(message.channel_id).in_server
        or message.author_id == world.bot.id
        or world.bot.id in message.mentions
    )


def _without_reference(world: World, message: Message, *, with_content: bool) -> Json:
    visible = with_content or _content_visible(world, message)
    described: Json = _snapshot(world, message, visible=visible) | {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "author": world.people[message.author_id].to_json(),
        "tts": False,
        "mention_everyone": message.mentions_everyone,
        "pinned": False,
    }
    if message.nonce is not None:
        described["nonce"] = message.nonce
    if message.interaction is not None:
        described["interaction_metadata"] = dict(message.interaction)
        described["application_id"] = described["webhook_id"] = str(world.bot.id)
    return described


def _snapshot(world: World, message: Message, *, visible: bool) -> Json:
    """Return the fields of a message that a forward of it has, too."""
    shown = [file for file in message.attachments if not file.embedded]
    kind = REPLY if message.reply_to is not None else PLAIN_MESSAGE
    return {
        "type": kind if message.kind is None else message.kind,
        "content": message.content if visible else "",
        "timestamp": message.created_at.isoformat(),
        "edited_timestamp": message.edited_at.isoformat() if message.edited_at else None,
        "mentions": [world.people[person].to_json() for person in message.mentions],
        "mention_roles": [],
        "attachments": [file.to_json() for file in shown] if visible else [],
        "embeds": list(message.embeds) if visible else [],
        "components": list(message.components) if visible else [],
        "flags": int(message.flags),
    }
