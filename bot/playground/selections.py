"""What a person chooses from a menu, on a message or in a form."""

from collections.abc import Sequence
from typing import Any

from bot.playground.channels import Channel
from bot.playground.components import (
    CHANNEL_SELECT,
    MENTIONABLE_SELECT,
    ROLE_SELECT,
    STRING_SELECT,
    USER_SELECT,
    choosable,
)
from bot.playground.errors import ApiError, PlaygroundError
from bot.playground.interaction_payloads import Resolved
from bot.playground.people import Person
from bot.playground.world import World

Json = dict[str, Any]


def selected(
    world: World, menu: Json, values: Sequence[Any], resolved: Resolved, person: Person
) -> list[str]:
    """Give what is chosen from a menu, in Discord's form.

    Parameters
    ----------
    world
        Where people and channels are.
    menu
        The menu, as the bot sent it.
    values
        The values of its options, or people, channels and roles, or their ids.
    resolved
        Takes who and what is named by the values.
    person
        Who chooses.

    Raises
    ------
    PlaygroundError
        They are too few or too many, or not among what can be chosen.
    """
    fewest, most = choosable(menu)
    if not fewest <= len(values) <= most:
        raise PlaygroundError(f"Choose from {fewest} to {most} here.")
    try:
        return [_value(world, menu, value, resolved, person) for value in values]
    except (ApiError, TypeError, ValueError) as cause:
        raise PlaygroundError("That cannot be chosen here.") from cause


def _value(world: World, menu: Json, value: Any, resolved: Resolved, person: Person) -> str:
    kind = menu["type"]
    if kind == STRING_SELECT:
        if value not in [option["value"] for option in menu["options"]]:
            raise ValueError
        return str(value)
    chosen = value.id if isinstance(value, Person | Channel) else int(value)
    if kind == USER_SELECT or (kind == MENTIONABLE_SELECT and chosen in world.people):
        return resolved.person(world.person(chosen))
    if kind in (ROLE_SELECT, MENTIONABLE_SELECT):
        return resolved.role(chosen)
    channel = world.channel(chosen)
    kinds = menu.get("channel_types")
    if kind != CHANNEL_SELECT or (kinds and channel.to_json()["type"] not in kinds):
        raise ValueError
    return resolved.channel(channel, person)
