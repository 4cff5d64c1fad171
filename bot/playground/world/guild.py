"""The server: members, roles and permissions."""

from collections.abc import Iterable
from typing import Any

from discord import Permissions

from bot.playground.world.channels import (
    BOT_ROLE_ID,
    EVERYBODYS_PERMISSIONS,
    GUILD_ID,
    MODERATOR_ROLE_ID,
    Channel,
)
from bot.playground.world.people import BOT, BOT_ID, CREATED_AT, MODERATOR, Person

OWNER = MODERATOR  # of the server, with all permissions
MODERATORS_PERMISSIONS = EVERYBODYS_PERMISSIONS | Permissions(
    manage_guild=True, manage_messages=True
)

Json = dict[str, Any]


def permissions_of(person: Person, channel: Channel) -> Permissions:
    """Return the permissions of a person in a channel."""
    if person.bot:
        return channel.bot_permissions
    if person.id == OWNER.id and channel.in_server:
        return Permissions.all()
    return EVERYBODYS_PERMISSIONS


def member_json(person: Person) -> Json:
    """Return Discord's member object, without its field ``user``."""
    roles = [BOT_ROLE_ID] * person.bot + [MODERATOR_ROLE_ID] * person.moderator
    return {
        "nick": None,
        "roles": [str(role) for role in roles],
        "joined_at": CREATED_AT.isoformat(),
        "flags": 0,
    }


def roles_json() -> list[Json]:
    """Return Discord's role objects of the server."""
    roles: tuple[tuple[int, str, Permissions, Json], ...] = (
        (GUILD_ID, "@everyone", EVERYBODYS_PERMISSIONS, {}),
        (BOT_ROLE_ID, BOT.name, EVERYBODYS_PERMISSIONS, {"tags": {"bot_id": str(BOT_ID)}}),
        (MODERATOR_ROLE_ID, "Moderators", MODERATORS_PERMISSIONS, {}),
    )
    return [
        {
            "id": str(role_id),
            "name": name,
            "position": position,
            "permissions": str(permissions.value),
            "managed": bool(more),
            **more,
        }
        for position, (role_id, name, permissions, more) in enumerate(roles)
    ]


def guild_json(people: Iterable[Person], channels: Iterable[Channel]) -> Json:
    """Return Discord's guild object, with the fields of GUILD_CREATE."""
    members = [member_json(person) | {"user": person.to_json()} for person in people]
    return {
        "id": str(GUILD_ID),
        "name": "Undertone playground",
        "owner_id": str(OWNER.id),
        "verification_level": 0,
        "default_message_notifications": 0,
        "joined_at": CREATED_AT.isoformat(),
        "roles": roles_json(),
        "member_count": len(members),
        "members": members,
        "channels": [channel.to_json() for channel in channels if channel.kind == "text"],
        "threads": [channel.to_json() for channel in channels if channel.kind == "thread"],
    }
