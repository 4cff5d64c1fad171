"""What a person gives to a command: checked and put into Discord's form as its own client does."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.attachments import Upload
from bot.playground.channels import Channel
from bot.playground.command_checks import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL_OPTION,
    GROUP,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE_OPTION,
    STRING,
    SUBCOMMAND,
    USER_OPTION,
)
from bot.playground.errors import ApiError, PlaygroundError
from bot.playground.interaction_payloads import Resolved
from bot.playground.people import Person
from bot.playground.world import World

MAX_INTEGER = 2**53  # of what Discord takes for a whole number
MAX_TEXT = 6_000  # characters

Json = dict[str, Any]


def subcommand(command: Json, names: list[str]) -> tuple[list[Json], list[Json]]:
    """Follow the names of subcommands into a command.

    Parameters
    ----------
    command
        A command as it is registered.
    names
        The words after the command's own name.

    Returns
    -------
    tuple
        The groups and the subcommand on the way, and the options of the last.

    Raises
    ------
    PlaygroundError
        There is no such subcommand, or its name is missing.
    """
    path, options = [], command["options"]
    for name in names:
        found = [one for one in options if one["type"] in (SUBCOMMAND, GROUP) and _is(one, name)]
        if not found:
            raise PlaygroundError(f"The command {command['name']!r} has no part {name!r}.")
        path.append(found[0])
        options = found[0].get("options") or []
    parts = [one["name"] for one in options if one["type"] in (SUBCOMMAND, GROUP)]
    if parts:
        raise PlaygroundError(f"Say which part of it you mean: {', '.join(parts)}.")
    return path, options


def wrapped(path: list[Json], options: list[Json]) -> list[Json]:
    """Put options into the subcommand that they belong to."""
    for part in reversed(path):
        options = [{"name": part["name"], "type": part["type"], "options": options}]
    return options


class OptionValues:
    """Puts what a person gives to a command into Discord's form.

    Parameters
    ----------
    world
        Where people, channels and files are.
    person, channel
        Who gives it, and where.
    resolved
        Takes what is named by the values.
    """

    def __init__(self, world: World, person: Person, channel: Channel, resolved: Resolved) -> None:
        self._world = world
        self._person = person
        self._channel = channel
        self._resolved = resolved

    def given(self, options: list[Json], values: Mapping[str, Any]) -> list[Json]:
        """Give all options that have a value, with the value.

        Raises
        ------
        PlaygroundError
            One is missing or not known, or has a value that it does not take.
        """
        unknown = [name for name in values if not any(_is(option, name) for option in options)]
        if unknown:
            raise PlaygroundError(f"The command has no option {unknown[0]!r}.")
        given = []
        for option in options:
            value = next((values[name] for name in values if _is(option, name)), None)
            if value is not None:
                told = {"name": option["name"], "type": option["type"]}
                given.append(told | {"value": self._value(option, value)})
            elif option.get("required"):
                raise PlaygroundError(f"The option {option['name']!r} is missing.")
        return given

    def being_typed(
        self, options: list[Json], values: Mapping[str, Any], focused: str
    ) -> list[Json]:
        """Give the options that have a value so far, and mark the one that is being typed.

        Raises
        ------
        PlaygroundError
            That one cannot be completed, or another has a value that it does not take.
        """
        option = next((one for one in options if _is(one, focused)), None)
        if option is None or not option.get("autocomplete"):
            raise PlaygroundError(f"The option {focused!r} is not one that the bot completes.")
        others = [one | {"required": False} for one in options if one is not option]
        rest = {name: value for name, value in values.items() if not _is(option, name)}
        typed = next((values[name] for name in values if _is(option, name)), "")
        told = {"name": option["name"], "type": option["type"]}
        return [*self.given(others, rest), told | {"value": str(typed), "focused": True}]

    def _value(self, option: Json, value: Any) -> Any:
        convert: dict[int, Callable[[Json, Any], Any]] = {
            STRING: self._text,
            INTEGER: self._number,
            NUMBER: self._number,
            BOOLEAN: self._truth,
            USER_OPTION: self._who,
            CHANNEL_OPTION: self._where,
            ROLE_OPTION: self._role,
            MENTIONABLE: self._who_or_role,
            ATTACHMENT: self._file,
        }
        try:
            converted = convert[option["type"]](option, value)
        except (TypeError, ValueError, ApiError) as cause:
            raise _not_taken(option) from cause
        choices = [choice["value"] for choice in option.get("choices") or []]
        if choices and converted not in choices:
            offered = ", ".join(str(choice) for choice in choices)
            raise PlaygroundError(f"The option {option['name']!r} is one of {offered}.")
        return converted

    def _text(self, option: Json, value: Any) -> str:
        text = str(value)
        shortest, longest = option.get("min_length") or 0, option.get("max_length") or MAX_TEXT
        if not shortest <= len(text) <= longest:
            raise _not_taken(option)
        return text

    def _number(self, option: Json, value: Any) -> int | float:
        number = int(value) if option["type"] == INTEGER else float(value)
        lowest, highest = option.get("min_value"), option.get("max_value")
        lowest = -MAX_INTEGER if lowest is None else lowest
        highest = MAX_INTEGER if highest is None else highest
        if not lowest <= number <= highest:
            raise _not_taken(option)
        return number

    def _truth(self, _: Json, value: Any) -> bool:
        if value in (True, "true"):
            return True
        if value in (False, "false"):
            return False
        raise ValueError

    def _who(self, _: Json, value: Any) -> str:
        return self._resolved.person(self._world.person(_id(value)))

    def _where(self, option: Json, value: Any) -> str:
        channel = self._world.channel(_id(value))
        kinds = option.get("channel_types")
        if kinds and channel.to_json()["type"] not in kinds:
            raise _not_taken(option)
        return self._resolved.channel(channel, self._person)

    def _role(self, _: Json, value: Any) -> str:
        return self._resolved.role(_id(value))

    def _who_or_role(self, option: Json, value: Any) -> str:
        known = _id(value) in self._world.people
        return self._who(option, value) if known else self._role(option, value)

    def _file(self, option: Json, value: Any) -> str:
        if not isinstance(value, Upload):
            raise _not_taken(option)
        store, file_id = self._world.attachments, self._world.new_id()
        return self._resolved.attachment(
            store.keep(self._channel.id, file_id, value, ephemeral=True)
        )


def _is(option: Json, name: str) -> bool:
    return name == option["name"] or name in (option.get("name_localizations") or {}).values()


def _id(value: Any) -> int:
    return value.id if isinstance(value, Person | Channel) else int(value)


def _not_taken(option: Json) -> PlaygroundError:
    lowest, highest = option.get("min_value"), option.get("max_value")
    limits = [f"at least {lowest:g}"] if lowest is not None else []
    limits += [f"at most {highest:g}"] if highest is not None else []
    why = f": it takes {' and '.join(limits)}." if limits else "."
    return PlaygroundError(f"The option {option['name']!r} does not take that value{why}")
