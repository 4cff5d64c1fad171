"""The forms that a bot shows, filled in by a person."""

from collections.abc import Mapping
from typing import Any

from bot.playground.attachments import Upload
from bot.playground.channels import Channel
from bot.playground.components import FILE_UPLOAD, LABEL, ROW, SELECTS, TEXT_INPUT, choosable, walk
from bot.playground.errors import PlaygroundError
from bot.playground.interaction_payloads import Resolved
from bot.playground.people import Person
from bot.playground.selections import selected
from bot.playground.world import World

MAX_TEXT = 4_000  # characters in a field

Json = dict[str, Any]


def filled_form(
    world: World,
    modal: Json,
    values: Mapping[str, Any],
    resolved: Resolved,
    person: Person,
    channel: Channel,
) -> list[Json]:
    """Give a form's fields with what a person filled in, in Discord's form.

    Parameters
    ----------
    world
        Where people, channels and files are.
    modal
        The form, as the bot showed it.
    values
        By what the bot calls each field: a text, a list of what is chosen, or `Upload` files.
    resolved
        Takes who and what is named by the values.
    person, channel
        Who fills it in, and where.

    Raises
    ------
    PlaygroundError
        A field is missing, or does not take that value.
    """
    names = {part["custom_id"] for part in walk(modal["components"]) if part.get("custom_id")}
    unknown = [name for name in values if name not in names]
    if unknown:
        raise PlaygroundError(f"The form has no field {unknown[0]!r}.")

    def fill(part: Json) -> Json:
        kind = part["type"]
        told: Json = {"type": kind, "id": part["id"]}
        if kind == ROW:
            return told | {"components": [fill(inner) for inner in part["components"]]}
        if kind == LABEL:
            return told | {"component": fill(part["component"])}
        if "custom_id" not in part:
            return told
        told["custom_id"] = part["custom_id"]
        value = values.get(part["custom_id"])
        if kind == TEXT_INPUT:
            return told | {"value": _text(part, value)}
        if kind in SELECTS:
            optional = value is None and not part.get("required", True)
            chosen = [] if optional else selected(world, part, value or [], resolved, person)
            return told | {"values": chosen}
        if kind == FILE_UPLOAD:
            return told | {"values": _files(world, part, value, resolved, channel)}
        if isinstance(value, list | tuple):  # a kind that is not known here
            return told | {"values": list(value)}
        return told | {"value": value}

    return [fill(part) for part in modal["components"]]


def _text(part: Json, value: Any) -> str:
    text = str(part.get("value") or "" if value is None else value)
    if not text and part.get("required", True):
        raise PlaygroundError(f"The field {part['custom_id']!r} is missing.")
    shortest, longest = part.get("min_length") or 0, part.get("max_length") or MAX_TEXT
    if text and not shortest <= len(text) <= longest:
        raise PlaygroundError(
            f"The field {part['custom_id']!r} takes {shortest} to {longest} characters."
        )
    return text


def _files(world: World, part: Json, value: Any, resolved: Resolved, channel: Channel) -> list[str]:
    files = [value] if isinstance(value, Upload) else list(value or [])
    fewest, most = choosable(part)
    fewest = fewest if part.get("required", True) else 0
    if not fewest <= len(files) <= most or not all(isinstance(one, Upload) for one in files):
        raise PlaygroundError(
            f"The field {part['custom_id']!r} takes from {fewest} to {most} files."
        )
    keep = world.attachments.keep
    return [
        resolved.attachment(keep(channel.id, world.new_id(), file, ephemeral=True))
        for file in files
    ]
