"""Who is pinged by a message: its text, the reply, and what the sender allows of both."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.playground.errors import invalid_form
from bot.playground.people import Person

PERSON_PATTERN = re.compile(r"<@!?(\d{1,20})>")
ROLE_PATTERN = re.compile(r"<@&(\d{1,20})>")
EVERYONE_PATTERN = re.compile(r"@(everyone|here)\b")
KINDS = ("users", "roles", "everyone")
MAX_LISTED = 100  # ids in each list of allowed mentions


@dataclass(frozen=True, kw_only=True)
class AllowedMentions:
    """What a message may ping; as it stands, all that it names."""

    everyone: bool = True
    every_person: bool = True
    every_role: bool = True
    people: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    replied_person: bool = True

    @classmethod
    def from_json(cls, given: Any) -> "AllowedMentions":
        """Read the ``allowed_mentions`` of a request.

        Raises
        ------
        ApiError
            It is not of the form that Discord asks for.
        """
        if given is None:
            return cls()
        if not isinstance(given, dict):
            raise _wrong("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        kinds = given.get("parse") or []
        people, roles = given.get("users") or [], given.get("roles") or []
        if not all(isinstance(listed, list) for listed in (kinds, people, roles)):
            raise _wrong("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        if not all(kind in KINDS for kind in kinds):
            raise _wrong("BASE_TYPE_CHOICES", f"Value must be one of {KINDS}.", "parse")
        for kind, listed in (("users", people), ("roles", roles)):
            if len(listed) > MAX_LISTED:
                message = f"Must be {MAX_LISTED} or fewer in length."
                raise _wrong("BASE_TYPE_MAX_LENGTH", message, kind)
            if kind in kinds and listed:
                message = f"parse:[{kind!r}] and {kind}: [ids...] are mutually exclusive."
                raise _wrong("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
        return cls(
            everyone="everyone" in kinds,
            every_person="users" in kinds,
            every_role="roles" in kinds,
            people=frozenset(_snowflakes(people, "users")),
            roles=frozenset(_snowflakes(roles, "roles")),
            replied_person=bool(given.get("replied_user", False)),
        )


@dataclass(frozen=True, kw_only=True)
class Pings:
    """Who is pinged."""

    people: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False


def pings_of(
    content: str,
    *,
    allowed: AllowedMentions,
    people: Iterable[int],
    roles: Iterable[int],
    may_ping_everyone: bool,
    replied_to: int | None = None,
) -> Pings:
    """Find out whom a message pings.

    Parameters
    ----------
    content
        The message's text.
    allowed
        What its sender allows.
    people, roles
        The ids of those who can be pinged where the message is.
    may_ping_everyone
        Whether its sender has the permission to do so.
    replied_to
        Id of the author of the message that this one replies to.
    """
    reachable, known_roles = set(people), set(roles)
    named = dict.fromkeys(int(found) for found in PERSON_PATTERN.findall(content))
    pinged = [
        person
        for person in named
        if person in reachable and (allowed.every_person or person in allowed.people)
    ]
    if replied_to in reachable and allowed.replied_person and replied_to not in pinged:
        pinged.append(replied_to)
    named_roles = dict.fromkeys(int(found) for found in ROLE_PATTERN.findall(content))
    return Pings(
        people=tuple(pinged),
        roles=tuple(
            role
            for role in named_roles
            if role in known_roles and (allowed.every_role or role in allowed.roles)
        ),
        everyone=bool(may_ping_everyone and allowed.everyone and EVERYONE_PATTERN.search(content)),
    )


def with_mentions(content: str, people: Iterable[Person]) -> str:
    """Turn the ``@Name`` that a person types into the mention that Discord's own page sends."""
    ids = {person.name.casefold(): person.id for person in people}
    names = "|".join(re.escape(name) for name in sorted(ids, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w<])@({names})(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: f"<@{ids[found[1].casefold()]}>", content)


def _snowflakes(listed: list[Any], kind: str) -> list[int]:
    try:
        return [int(item) for item in listed]
    except (TypeError, ValueError) as cause:
        raise _wrong("NUMBER_TYPE_COERCE", "Value is not snowflake.", kind) from cause


def _wrong(code: str, message: str, field: str | None = None) -> Exception:
    tree: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    return invalid_form({"allowed_mentions": {field: tree} if field else tree})
