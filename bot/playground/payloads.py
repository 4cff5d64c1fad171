"""Messages as Discord's JSON, over REST and over the gateway, and what is hidden in them."""

from typing import Any

from bot.playground.channels import GUILD_ID
from bot.playground.errors import ApiError
from bot.playground.guild import member_json
from bot.playground.messages import Message
from bot.playground.snowflakes import timestamp
from bot.playground.world import World

Json = dict[str, Any]

REFERENCE, FORWARD = 0, 1  # Discord's numbers for why a message points to another
SNAPSHOT = (
    "type",
    "content",
    "embeds",
    "attachments",
    "timestamp",
    "edited_timestamp",
    "flags",
    "mentions",
    "mention_roles",
    "components",
)  # what is shown of a forwarded message


def message_json(world: World, message: Message, *, with_content: bool = True) -> Json:
    """Describe a message as the REST API does.

    Parameters
    ----------
    world
        Where it was sent.
    message
        The message.
    with_content
        Whether the reader may see what servers' messages say; see `content_visible`.
    """
    described = _bare(world, message, with_content=with_content)
    if message.forward is not None:
        original = message.forward.original
        return described | _forward(world, message, original, with_content=with_content)
    if message.reply_to is None:
        return described
    try:
        answered = world.find(message.channel_id, message.reply_to)
    except ApiError:  # it is gone
        referenced = None
    else:
        referenced = _bare(world, answered, with_content=with_content)
    reference = {"type": REFERENCE, "message_id": str(message.reply_to)}
    described["message_reference"] = reference | world.place_of(message.channel_id)
    described["referenced_message"] = referenced
    return described


def message_event(world: World, message: Message, *, with_content: bool) -> Json:
    """Describe a message as the gateway does: with the server, and its author there."""
    described = message_json(world, message, with_content=with_content)
    if message.visible_to is not None:  # which passes the server by
        return described
    channel = world.channels[message.channel_id]
    described["channel_type"] = channel.to_json()["type"]
    if not channel.guild_id:
        return described
    described["guild_id"] = str(GUILD_ID)
    described["member"] = member_json(world.people[message.author_id])
    for mentioned in described["mentions"]:
        mentioned["member"] = member_json(world.people[int(mentioned["id"])])
    return described


def content_visible(world: World, message: Message) -> bool:
    """Say whether the bot sees what a message says even without the Message Content intent."""
    return (
        not world.channels[message.channel_id].guild_id
        or message.author_id == world.bot.id
        or world.bot.id in message.pings.people
    )


def _bare(world: World, message: Message, *, with_content: bool) -> Json:
    visible = with_content or content_visible(world, message)
    described: Json = {
        "id": str(message.id),
        "type": message.kind,
        "channel_id": str(message.channel_id),
        "author": world.people[message.author_id].to_json(),
        "content": message.content if visible else "",
        "timestamp": timestamp(message.created_at),
        "edited_timestamp": timestamp(message.edited_at) if message.edited_at else None,
        "tts": message.tts,
        "mention_everyone": message.pings.everyone,
        "mentions": [world.people[person].to_json() for person in message.pings.people],
        "mention_roles": [str(role) for role in message.pings.roles],
        "attachments": [file.to_json() for file in message.attachments if not file.embedded]
        if visible
        else [],
        "embeds": [dict(embed) for embed in message.embeds] if visible else [],
        "components": [dict(component) for component in message.components] if visible else [],
        "pinned": False,
        "flags": int(message.flags),
    }
    if message.nonce is not None:
        described["nonce"] = message.nonce
    if message.interaction is not None:
        described["interaction_metadata"] = dict(message.interaction)
        described["application_id"] = described["webhook_id"] = str(world.bot.id)
    return described


def _forward(world: World, message: Message, original: Message, *, with_content: bool) -> Json:
    """Describe what a message forwards: all but who wrote it."""
    visible = with_content or content_visible(world, message)
    hidden: Json = {"content": "", "attachments": [], "embeds": [], "components": []}
    described = _bare(world, original, with_content=True) | ({} if visible else hidden)
    reference = {"type": FORWARD, "message_id": str(original.id)}
    return {
        "message_reference": reference | world.place_of(original.channel_id),
        "message_snapshots": [{"message": {key: described[key] for key in SNAPSHOT}}],
    }
