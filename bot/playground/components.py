"""Buttons and menus on messages, and fields of forms: what Discord checks, and finding one."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.playground.checks import Problems

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4  # Discord's numbers for kinds of components
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
LABEL, FILE_UPLOAD = 18, 19
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
LINK, PREMIUM = 5, 6  # Discord's numbers for styles of buttons that the bot does not hear of
MAX_ROWS, MAX_BUTTONS, MAX_OPTIONS = 5, 5, 25  # on a message, in a row, in a menu
MAX_CUSTOM_ID, MAX_LABEL, MAX_OPTION_TEXT, MAX_PLACEHOLDER = 100, 80, 100, 150  # characters
MAX_TITLE, MAX_FIELD_LABEL = 45, 45  # characters, of a form and of a field in it

Json = dict[str, Any]
Path = tuple[str | int, ...]


def walk(components: Iterable[Any]) -> Iterator[Json]:
    """Go through components and all that are in them, of whatever kinds."""
    for component in components:
        if isinstance(component, Mapping):
            yield dict(component)
            yield from walk(component.get("components") or ())
            for single in ("component", "accessory"):
                yield from walk([component.get(single)])


def find_component(components: Iterable[Any], custom_id: str) -> Json | None:
    """Find the component that the bot calls so, if there is one."""
    return next((one for one in walk(components) if one.get("custom_id") == custom_id), None)


def choosable(component: Mapping[str, Any]) -> tuple[int, int]:
    """Give the fewest and the most things that a menu or a file field takes."""
    fewest, most = component.get("min_values"), component.get("max_values")
    return 1 if fewest is None else fewest, 1 if most is None else most


def checked_components(payload: Mapping[str, Any]) -> list[Json]:
    """Give a message's components, each with a number; kinds that are not known here pass as well.

    Raises
    ------
    ApiError
        There is something wrong with them (50035).
    """
    problems = Problems()
    limit = MAX_ROWS if not _is_new_layout(payload) else 40
    given = problems.listing(("components",), payload.get("components"), limit)
    for index, row in enumerate(given):
        path: Path = ("components", index)
        if not isinstance(row, dict) or not isinstance(row.get("type"), int):
            problems.add(path, "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
        elif row["type"] == ROW:
            _check_row(problems, (*path, "components"), row)
        elif row["type"] in (BUTTON, TEXT_INPUT, *SELECTS):
            problems.add(path, "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
    problems.raise_if_any()
    ids = [one["custom_id"] for one in walk(given) if one.get("custom_id")]
    if len(set(ids)) < len(ids):
        message = "Component custom id cannot be duplicated"
        problems.add(("components",), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    problems.raise_if_any()
    return _numbered(given)


def checked_modal(payload: Mapping[str, Any]) -> Json:
    """Give a form, as a bot shows it.

    Raises
    ------
    ApiError
        There is something wrong with it (50035).
    """
    problems, data = Problems(), ("data",)
    title = problems.text((*data, "title"), payload.get("title"), MAX_TITLE, required=True)
    path: Path = (*data, "custom_id")
    custom_id = problems.text(path, payload.get("custom_id"), MAX_CUSTOM_ID, required=True)
    fields = problems.listing((*data, "components"), payload.get("components"), MAX_ROWS)
    if not fields:
        problems.add((*data, "components"), "BASE_TYPE_REQUIRED", "This field is required")
    for index, field in enumerate(fields):
        path = (*data, "components", index)
        for part in walk([field]):
            if part.get("type") in (TEXT_INPUT, FILE_UPLOAD, *SELECTS):
                _check_custom_id(problems, path, part)
            if part.get("type") in (TEXT_INPUT, LABEL) and part.get("label") is not None:
                label = part["label"]
                problems.text((*path, "label"), label, MAX_FIELD_LABEL, required=True)
    problems.raise_if_any()
    return {"title": title, "custom_id": custom_id, "components": _numbered(fields)}


def _is_new_layout(payload: Mapping[str, Any]) -> bool:
    flags = payload.get("flags")
    return isinstance(flags, int) and bool(flags & 1 << 15)


def _check_row(problems: Problems, path: Path, row: Json) -> None:
    parts = problems.listing(path, row.get("components"), MAX_BUTTONS)
    if not parts:
        message = f"Must be between 1 and {MAX_BUTTONS} in length."
        problems.add(path, "BASE_TYPE_BAD_LENGTH", message)
    for index, part in enumerate(parts):
        here = (*path, index)
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == BUTTON:
            _check_button(problems, here, part)
        elif kind in SELECTS:
            if len(parts) > 1:
                message = "The specified component exceeds the maximum width"
                problems.add(here, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)
            _check_select(problems, here, part)
        elif not isinstance(kind, int) or kind in (ROW, TEXT_INPUT):
            message = 'Value of field "type" must be one of (2, 3, 5, 6, 7, 8).'
            problems.add(here, "UNION_TYPE_CHOICES", message)


def _check_button(problems: Problems, path: Path, button: Json) -> None:
    style = button.get("style")
    if style not in range(1, PREMIUM + 1):
        message = "Value must be one of (1, 2, 3, 4, 5, 6)."
        problems.add((*path, "style"), "BASE_TYPE_CHOICES", message)
    problems.text((*path, "label"), button.get("label"), MAX_LABEL, required=False)
    if style == LINK:
        problems.url((*path, "url"), button.get("url"))
    elif style != PREMIUM:
        _check_custom_id(problems, path, button)
    if style != PREMIUM and not button.get("label") and not button.get("emoji"):
        message = "A button must have a label or an emoji"
        problems.add(path, "BUTTON_COMPONENT_INVALID", message)


def _check_select(problems: Problems, path: Path, menu: Json) -> None:
    _check_custom_id(problems, path, menu)
    placeholder = menu.get("placeholder")
    problems.text((*path, "placeholder"), placeholder, MAX_PLACEHOLDER, required=False)
    if menu["type"] != STRING_SELECT:
        return
    options = problems.listing((*path, "options"), menu.get("options"), MAX_OPTIONS)
    if not options:
        problems.add((*path, "options"), "BASE_TYPE_REQUIRED", "This field is required")
    for index, option in enumerate(options):
        here = (*path, "options", index)
        given = option if isinstance(option, dict) else {}
        for key in ("label", "value"):
            problems.text((*here, key), given.get(key), MAX_OPTION_TEXT, required=True)
    values = [option.get("value") for option in options if isinstance(option, dict)]
    if len(set(values)) < len(values):
        message = "The specified option value is already used"
        problems.add((*path, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)


def _check_custom_id(problems: Problems, path: Path, component: Json) -> None:
    given = component.get("custom_id")
    problems.text((*path, "custom_id"), given, MAX_CUSTOM_ID, required=True)


def _numbered(components: list[Any]) -> list[Json]:
    """Give every component a number that it does not have yet, as Discord does."""
    taken = {one["id"] for one in walk(components) if one.get("id")}
    free = (number for number in range(1, 10_000) if number not in taken)

    def number(component: Any) -> Any:
        if not isinstance(component, dict):
            return component
        numbered = component if component.get("id") else component | {"id": next(free)}
        if isinstance(component.get("components"), list):
            parts = [number(part) for part in component["components"]]
            numbered = numbered | {"components": parts}
        for single in ("component", "accessory"):
            if single in component:
                numbered = numbered | {single: number(component[single])}
        return numbered

    return [number(component) for component in components]
