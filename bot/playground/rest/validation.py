"""What Discord's REST API checks in a body, and how it words what is wrong with it.

The limits stand in pydantic models; `validated` turns pydantic's errors into Discord's code 50035.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.playground.errors import ApiError

Json = dict[str, Any]

REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")
MAX_LENGTH = ("BASE_TYPE_MAX_LENGTH", "Must be {max_length} or fewer in length.")
DISCORDS_ERRORS = {
    "missing": REQUIRED,
    "string_type": REQUIRED,
    "string_too_short": REQUIRED,
    "string_too_long": MAX_LENGTH,
    "too_long": MAX_LENGTH,
    "too_short": ("BASE_TYPE_BAD_LENGTH", "Must be at least {min_length} in length."),
    "list_type": ("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"),
    "dict_type": ("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"),
    "model_type": ("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"),
    "literal_error": ("BASE_TYPE_CHOICES", "Value must be one of {expected}."),
    "less_than_equal": ("NUMBER_TYPE_MAX", "Value should be less than or equal to {le}."),
}
"""Discord's code and message by pydantic's type of error; the type of others is Discord's code."""


class Model(BaseModel):
    """An object in a body; keys that it does not know are left out."""

    model_config = ConfigDict(str_strip_whitespace=True, coerce_numbers_to_str=True)

    def to_json(self) -> Json:
        """Return what was given of it."""
        return self.model_dump(exclude_unset=True, exclude_none=True)


AnyModel = TypeVar("AnyModel", bound=BaseModel)


def required_text(longest: int) -> Any:
    """Return the field of a text that may not be empty."""
    return Field(min_length=1, max_length=longest)


def optional_text(longest: int) -> Any:
    """Return the field of a text that may be left out."""
    return Field(default=None, max_length=longest)


def check_unique(values: Sequence[object], code: str, message: str) -> None:
    """Raise an error with Discord's code and message if a value is there twice."""
    if len(set(values)) < len(values):
        raise wrong(code, message)


def wrong(code: str, message: str) -> PydanticCustomError:
    """Return the error, to be raised in a validator, with Discord's code and message."""
    return PydanticCustomError(code, message)


def validated(model: type[AnyModel], given: Any) -> AnyModel:
    """Return a body, or a part of one, as a model.

    Raises
    ------
    ApiError
        Something is wrong with it (50035).
    """
    try:
        return model.model_validate(given)
    except ValidationError as cause:
        tree: Json = {}
        for error in cause.errors():
            branch = tree
            for key in error["loc"]:
                branch = branch.setdefault(str(key), {})
            branch.setdefault("_errors", []).append(_in_discords_words(error))
        raise invalid_form(tree) from cause


def invalid_form(errors: Json) -> ApiError:
    """Return the error for a body with wrong fields, from the tree of what is wrong with which."""
    return ApiError(400, 50035, "Invalid Form Body", errors=errors)


def _in_discords_words(error: ErrorDetails) -> Json:
    code, message = DISCORDS_ERRORS.get(error["type"], (error["type"], error["msg"]))
    return {"code": code, "message": message.format(**error.get("ctx", {}))}
