"""Mentions: whom a message pings by its text and by replying, and what its sender allows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.playground.world.people import Person

PERSON_PATTERN = re.compile(r"<@!?(\d{1,20})>")
EVERYONE_PATTERN = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, kw_only=True)
class AllowedMentions:
    """What a message may ping; unless told otherwise, all that it names."""

    everyone: bool = True
    every_person: bool = True
    people: frozenset[int] = frozenset()  # ids of those who may be pinged in any case
    replied_person: bool = True


def mentioned_people(
    content: str,
    allowed: AllowedMentions,
    people: Iterable[int],
    *,
    replied_to: int | None = None,
) -> tuple[int, ...]:
    """Return the ids of the people that a message pings.

    Parameters
    ----------
    content
        The message's text.
    allowed
        What its sender allows.
    people
        The ids of those who can be pinged in the channel.
    replied_to
        Id of the author of the message that this one replies to.
    """
    wanted = [
        person
        for person in map(int, PERSON_PATTERN.findall(content))
        if allowed.every_person or person in allowed.people
    ]
    if replied_to is not None and allowed.replied_person:
        wanted.append(replied_to)
    reachable = set(people)
    return tuple(person for person in dict.fromkeys(wanted) if person in reachable)


def mentions_everyone(content: str, allowed: AllowedMentions) -> bool:
    """Return whether a message pings everyone, if its sender has the permission to do so."""
    return allowed.everyone and EVERYONE_PATTERN.search(content) is not None


def with_mentions(content: str, people: Iterable[Person]) -> str:
    """Return a text with each typed ``@Name`` as the mention that Discord's client sends."""
    ids = {person.name.casefold(): person.id for person in people}
    names = "|".join(re.escape(name) for name in sorted(ids, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w<])@({names})(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: f"<@{ids[found[1].casefold()]}>", content)
