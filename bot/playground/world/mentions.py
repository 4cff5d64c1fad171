"""Mentions in messages, by their text or by a reply, and Discord's allowed mentions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.playground.world.people import Person

PERSON_PATTERN = re.compile(r"<@!?(\d{1,20})>")
EVERYONE_PATTERN = re.compile(r"@(everyone|here)\b")


@dataclass(frozen=True, kw_only=True)
class AllowedMentions:
    """The mentions that a message may have; by default all."""

    everyone: bool = True
    every_person: bool = True
    people: frozenset[int] = frozenset()  # ids of people who may be mentioned in any case
    replied_person: bool = True


def mentioned_people(
    content: str,
    allowed: AllowedMentions,
    people: Iterable[int],
    *,
    replied_to: int | None = None,
) -> tuple[int, ...]:
    """Return the ids of the people that a message mentions.

    Parameters
    ----------
    content
        The text of the message.
    allowed
        The mentions that are allowed.
    people
        Ids of the people in the channel.
    replied_to
        Id of the author of the message that is replied to.
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
    """Return whether a message mentions everyone, if its author has the permission."""
    return allowed.everyone and EVERYONE_PATTERN.search(content) is not None


def with_mentions(content: str, people: Iterable[Person]) -> str:
    """Return a text with each ``@Name`` replaced by a mention, as Discord's client does."""
    ids = {person.name.casefold(): person.id for person in people}
    names = "|".join(re.escape(name) for name in sorted(ids, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w<])@({names})(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: f"<@{ids[found[1].casefold()]}>", content)
