"""What Discord checks in a command that a bot registers, and how it words what is wrong."""

import re
from typing import Any

from bot.playground.checks import Problems
from bot.playground.interactions import Context

CHAT_INPUT, USER, MESSAGE = 1, 2, 3  # Discord's numbers for the kinds of command
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER_OPTION = 1, 2, 3, 4, 5, 6  # for kinds of options
CHANNEL_OPTION, ROLE_OPTION, MENTIONABLE, NUMBER, ATTACHMENT = 7, 8, 9, 10, 11
WITH_CHOICES = (STRING, INTEGER, NUMBER)
INSTALLS = (0, 1)  # Discord's numbers: for a server, for a person

NAME = re.compile(r"[-_'\w]{1,32}")
MAX_NAME, MAX_DESCRIPTION, MAX_CHOICE = 32, 100, 100  # characters
MAX_OPTIONS, MAX_CHOICES = 25, 25
MAX_SIZE = 8_000  # characters in all names, descriptions and choices of a command
LOCALE_NAMES = """
id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el
bg ru uk hi th zh-CN ja zh-TW ko
"""  # every language in which people use Discord
LOCALES = frozenset(LOCALE_NAMES.split())

Json = dict[str, Any]
Path = tuple[str | int, ...]


def checked_command(given: Any, path: Path) -> Json:
    """Give a command as Discord keeps it, but for ids and version.

    Parameters
    ----------
    given
        What the bot sent.
    path
        Where in the body it was.

    Raises
    ------
    ApiError
        There is something wrong with it (50035).
    """
    problems = Problems()
    if not isinstance(given, dict):
        problems.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        problems.raise_if_any()
    kind = given.get("type") or CHAT_INPUT
    if kind not in (CHAT_INPUT, USER, MESSAGE):
        problems.add((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3).")
    made = _named(problems, path, given, typed=kind == CHAT_INPUT)
    if kind != CHAT_INPUT and (made["description"] or given.get("options")):
        message = "Context menu commands cannot have a description or options"
        code = "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID"
        problems.add((*path, "description"), code, message)
    options = _options(problems, (*path, "options"), given.get("options"))
    for key, known in (("contexts", Context), ("integration_types", INSTALLS)):
        wanted = problems.listing((*path, key), given.get(key), len(known))
        if not all(value in tuple(known) for value in wanted):
            message = f"Value must be one of {tuple(int(value) for value in known)}."
            problems.add((*path, key), "BASE_TYPE_CHOICES", message)
    if _size(given) > MAX_SIZE:
        message = f"Command exceeds maximum size ({MAX_SIZE})"
        problems.add(path, "APPLICATION_COMMAND_TOO_LARGE", message)
    problems.raise_if_any()
    permissions = given.get("default_member_permissions")
    contexts = given.get("contexts")
    in_conversations = given.get("dm_permission")
    return {
        "type": kind,
        **made,
        "default_member_permissions": None if permissions is None else str(permissions),
        "dm_permission": in_conversations is not False,
        "contexts": None if contexts is None else [int(one) for one in contexts],
        "integration_types": given.get("integration_types") or list(INSTALLS),
        "nsfw": bool(given.get("nsfw", False)),
        "options": options,
    }


def _named(problems: Problems, path: Path, given: Json, *, typed: bool) -> Json:
    """Check what commands and options have in common: a name and a description, also translated."""
    name = problems.text((*path, "name"), given.get("name"), MAX_NAME, required=True)
    _check_name(problems, (*path, "name"), name, typed=typed)
    description = problems.text(
        (*path, "description"), given.get("description"), MAX_DESCRIPTION, required=typed
    )
    for key, limit in (("name", MAX_NAME), ("description", MAX_DESCRIPTION)):
        translations = given.get(f"{key}_localizations") or {}
        for locale, text in translations.items():
            here = (*path, f"{key}_localizations", locale)
            if locale not in LOCALES:
                problems.add(here, "ENUM_TYPE_COERCE", f"Value {locale!r} is not a valid locale.")
            translated = problems.text(here, text, limit, required=True)
            if key == "name":
                _check_name(problems, here, translated, typed=typed)
    return {
        "name": name,
        "name_localizations": given.get("name_localizations"),
        "description": description,
        "description_localizations": given.get("description_localizations"),
    }


def _check_name(problems: Problems, path: Path, name: str, *, typed: bool) -> None:
    if typed and not (NAME.fullmatch(name) and name == name.lower()):
        problems.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _options(problems: Problems, path: Path, given: Any, parent: int | None = None) -> list[Json]:
    options = problems.listing(path, given, MAX_OPTIONS)
    kinds = [option.get("type") for option in options if isinstance(option, dict)]
    nested = [kind for kind in kinds if kind in (SUBCOMMAND, GROUP)]
    misplaced = {None: False, GROUP: GROUP in nested, SUBCOMMAND: bool(nested)}[parent]
    if misplaced or (nested and len(nested) < len(kinds)) or (parent == GROUP and not nested):
        message = "Sub-command and sub-command group option types are mutually exclusive"
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
    made = [_option(problems, (*path, index), option) for index, option in enumerate(options)]
    if len({option["name"] for option in made}) < len(made):
        message = "Option names must be unique"
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message)
    wanted = [bool(option.get("required")) for option in made]
    if wanted != sorted(wanted, reverse=True):
        message = "Required options must be placed before non-required options"
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
    return made


def _option(problems: Problems, path: Path, given: Any) -> Json:
    if not isinstance(given, dict):
        problems.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return {"name": ""}
    kind = given.get("type")
    if kind not in range(SUBCOMMAND, ATTACHMENT + 1):
        message = f"Value must be one of {tuple(range(SUBCOMMAND, ATTACHMENT + 1))}."
        problems.add((*path, "type"), "BASE_TYPE_CHOICES", message)
    option = given | _named(problems, path, given, typed=True)
    if kind in (SUBCOMMAND, GROUP):
        inner = _options(problems, (*path, "options"), given.get("options"), kind)
        return option | {"options": inner}
    choices = problems.listing((*path, "choices"), given.get("choices"), MAX_CHOICES)
    if (choices or given.get("autocomplete")) and kind not in WITH_CHOICES:
        message = "Option type does not support choices or autocomplete"
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
    if choices and given.get("autocomplete"):
        message = "Choices and autocomplete are mutually exclusive"
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", message)
    for index, choice in enumerate(choices):
        here, told = (*path, "choices", index), choice if isinstance(choice, dict) else {}
        problems.text((*here, "name"), told.get("name"), MAX_CHOICE, required=True)
        problems.text((*here, "value"), told.get("value"), MAX_CHOICE, required=True)
    return option


def _size(given: Any) -> int:
    if not isinstance(given, dict):
        return 0
    texts = [given.get("name"), given.get("description"), given.get("value")]
    inner = [part for key in ("options", "choices") for part in given.get(key) or []]
    own = sum(len(text) for text in texts if isinstance(text, str))
    return own + sum(_size(part) for part in inner)
