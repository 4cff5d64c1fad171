"""Messages as Discord's JSON, over REST and over the gateway, and what is hidden in them."""

from typing import Any

from bot.playground.guild import GUILD_ID, member_json
from bot.playground.messages import PLAIN_MESSAGE, REPLY, Message
from bot.playground.snowflakes import timestamp
from bot.playground.world import World

Json = dict[str, Any]


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
    if message.reply_to is None:
        return described
    reference = {
        "type": 0,
        "message_id": str(message.reply_to),
        "channel_id": str(message.channel_id),
    }
    if world.channels[message.channel_id].guild_id:
        reference["guild_id"] = str(GUILD_ID)
    answered = next(
        (m for m in world.messages(message.channel_id) if m.id == message.reply_to), None
    )
    described["message_reference"] = reference
    described["referenced_message"] = (
        _bare(world, answered, with_content=with_content) if answered else None
    )
    return described


def message_event(world: World, message: Message, *, with_content: bool) -> Json:
    """Describe a message as the gateway does: with the server, and its author there."""
    described = message_json(world, message, with_content=with_content)
    channel = world.channels[message.channel_id]
    described["channel_type"] = channel.to_json()["type"]
    if channel.kind == "dm":
        return described
    described["guild_id"] = str(GUILD_ID)
    described["member"] = member_json(world.people[message.author_id])
    for mentioned in described["mentions"]:
        mentioned["member"] = member_json(world.people[int(mentioned["id"])])
    return described


def content_visible(world: World, message: Message) -> bool:
    """Say whether the bot sees what a message says even without the Message Content intent."""
    return (
        world.channels[message.channel_id].kind == "dm"
        or message.author_id == world.bot.id
        or world.bot.id in message.pings.people
    )


def _bare(world: World, message: Message, *, with_content: bool) -> Json:
    visible = with_content or content_visible(world, message)
    described: Json = {
        "id": str(message.id),
        "type": PLAIN_MESSAGE if message.reply_to is None else REPLY,
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
    return described
