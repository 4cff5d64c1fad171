"""What Discord checks in a message that a bot sends, and how it words what is wrong."""

from collections.abc import Mapping
from typing import Any

from bot.playground.errors import ApiError, invalid_form
from bot.playground.messages import ATTACHMENT_SCHEME

MAX_CONTENT = 2_000  # characters
MAX_EMBEDS = 10  # in one message
MAX_EMBED_TEXT = 6_000  # characters, of all embeds of a message together
MAX_FIELDS = 25  # in one embed
MAX_TITLE = MAX_FIELD_NAME = MAX_AUTHOR_NAME = 256  # characters
MAX_DESCRIPTION = 4_096  # characters
MAX_FIELD_VALUE = 1_024  # characters
MAX_FOOTER = 2_048  # characters
MAX_COLOUR = 0xFFFFFF
URL_SCHEMES = ("http://", "https://", ATTACHMENT_SCHEME)

Json = dict[str, Any]


class Problems:
    """Gathers what is wrong with which field, in the form of Discord's code 50035."""

    def __init__(self) -> None:
        self._tree: Json = {}

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Note one problem with the field at that path."""
        branch = self._tree
        for key in path:
            branch = branch.setdefault(str(key), {})
        branch.setdefault("_errors", []).append({"code": code, "message": message})

    def raise_if_any(self) -> None:
        """Refuse the body if anything is wrong with it.

        Raises
        ------
        ApiError
            Something is (50035).
        """
        if self._tree:
            raise invalid_form(self._tree)

    def text(self, path: tuple[str | int, ...], value: Any, limit: int, *, required: bool) -> str:
        """Check a text, and give it without white space around it."""
        if value is None and not required:
            return ""
        if not isinstance(value, str | int | float):
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
            return ""
        text = str(value).strip()
        if required and not text:
            self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        if len(text) > limit:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")
        return text

    def listing(self, path: tuple[str | int, ...], value: Any, limit: int) -> list[Any]:
        """Check a list."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if len(value) > limit:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")
        return value

    def url(self, path: tuple[str | int, ...], value: Any) -> str:
        """Check an address."""
        if not isinstance(value, str) or not value.lower().startswith(URL_SCHEMES):
            scheme = str(value).partition(":")[0][:40]
            message = (
                f"Scheme {scheme!r} is not supported. "
                "Scheme must be one of ('http', 'https', 'attachment')."
            )
            self.add(path, "URL_TYPE_INVALID_SCHEME", message)
            return ""
        return value


def checked_content(payload: Json) -> str:
    """Give the message's text.

    Raises
    ------
    ApiError
        It is too long (50035).
    """
    problems = Problems()
    content = problems.text(("content",), payload.get("content"), MAX_CONTENT, required=False)
    problems.raise_if_any()
    return content


def checked_embeds(payload: Json) -> list[Json]:
    """Give the message's embeds, with nothing in them that Discord would not keep.

    Raises
    ------
    ApiError
        There is something wrong with them (50035).
    """
    problems = Problems()
    embeds = []
    for index, given in enumerate(problems.listing(("embeds",), payload.get("embeds"), MAX_EMBEDS)):
        if isinstance(given, dict):
            embeds.append(_embed(problems, ("embeds", index), given))
        else:
            message = "Only dictionaries may be used in a ModelType"
            problems.add(("embeds", index), "MODEL_TYPE_CONVERT", message)
    if sum(_text_length(embed) for embed in embeds) > MAX_EMBED_TEXT:
        message = f"Embed size exceeds maximum size of {MAX_EMBED_TEXT}"
        problems.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", message)
    problems.raise_if_any()
    return embeds


def unknown_reference() -> ApiError:
    """Say that the message to reply to is not there."""
    problem = {"code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message"}
    return invalid_form({"message_reference": {"_errors": [problem]}})


def _embed(problems: Problems, path: tuple[str | int, ...], given: Json) -> Json:
    embed: Json = {}
    for key, limit in (("title", MAX_TITLE), ("description", MAX_DESCRIPTION)):
        if text := problems.text((*path, key), given.get(key), limit, required=False):
            embed[key] = text
    if given.get("url"):
        embed["url"] = problems.url((*path, "url"), given["url"])
    if isinstance(given.get("timestamp"), str):
        embed["timestamp"] = given["timestamp"]
    if given.get("color") is not None:
        colour = given["color"]
        if isinstance(colour, int) and 0 <= colour <= MAX_COLOUR:
            embed["color"] = colour
        else:
            message = f"int value should be less than or equal to {MAX_COLOUR}."
            problems.add((*path, "color"), "NUMBER_TYPE_MAX", message)
    for key in ("image", "thumbnail"):
        if isinstance(given.get(key), Mapping) and given[key].get("url"):
            embed[key] = {"url": problems.url((*path, key, "url"), given[key]["url"])}
    for key, name, limit in (("author", "name", MAX_AUTHOR_NAME), ("footer", "text", MAX_FOOTER)):
        if isinstance(given.get(key), Mapping):
            embed[key] = _line(problems, (*path, key), given[key], name, limit)
    fields = problems.listing((*path, "fields"), given.get("fields"), MAX_FIELDS)
    if fields:
        embed["fields"] = [
            _field(problems, (*path, "fields", index), field) for index, field in enumerate(fields)
        ]
    if not embed:
        message = "This field is required"
        problems.add((*path, "description"), "BASE_TYPE_REQUIRED", message)
    return embed


def _line(
    problems: Problems, path: tuple[str | int, ...], given: Mapping[str, Any], name: str, limit: int
) -> Json:
    line: Json = {name: problems.text((*path, name), given.get(name), limit, required=True)}
    for key in ("url", "icon_url"):
        if given.get(key):
            line[key] = problems.url((*path, key), given[key])
    return line


def _field(problems: Problems, path: tuple[str | int, ...], given: Any) -> Json:
    if not isinstance(given, dict):
        message = "Only dictionaries may be used in a ModelType"
        problems.add(path, "MODEL_TYPE_CONVERT", message)
        return {"name": "", "value": "", "inline": False}
    return {
        "name": problems.text((*path, "name"), given.get("name"), MAX_FIELD_NAME, required=True),
        "value": problems.text(
            (*path, "value"), given.get("value"), MAX_FIELD_VALUE, required=True
        ),
        "inline": bool(given.get("inline", False)),
    }


def _text_length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [embed.get("author", {}).get("name"), embed.get("footer", {}).get("text")]
    for field in embed.get("fields", []):
        texts += [field["name"], field["value"]]
    return sum(len(text or "") for text in texts)
