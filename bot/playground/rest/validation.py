"""Validation of bodies by pydantic models, with the errors of Discord's REST API (code 50035)."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.playground.errors import ApiError

Json = dict[str, Any]

REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")
MAX_LENGTH = ("BASE_TYPE_MAX_LENGTH", "Must be {max_length} or fewer in length.")
DISCORD_ERRORS = {
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
"""Discord's code and message by pydantic's type of error; a `invalid` has them itself."""


class Model(BaseModel):
    """A JSON object in a body; unknown keys are ignored."""

    model_config = ConfigDict(str_strip_whitespace=True, coerce_numbers_to_str=True)

    def to_json(self) -> Json:
        """Return the JSON object with the fields that were set."""
        return self.model_dump(exclude_unset=True, exclude_none=True)


AnyModel = TypeVar("AnyModel", bound=BaseModel)


def required_text(max_length: int) -> Any:
    """Return a field for a text that may not be empty."""
    return Field(min_length=1, max_length=max_length)


def optional_text(max_length: int) -> Any:
    """Return a field for a text that may be missing."""
    return Field(default=None, max_length=max_length)


def check_unique(values: Sequence[object], code: str, message: str) -> None:
    """Raise an error with Discord's code and message if a value occurs twice."""
    if len(set(values)) < len(values):
        raise invalid(code, message)


def invalid(code: str, message: str) -> PydanticCustomError:
    """Return an error with Discord's code and message, to raise in a validator."""
    return PydanticCustomError(code, message)


def validate(model: type[AnyModel], value: Any) -> AnyModel:
    """Return a JSON value as a model.

    Raises
    ------
    ApiError
        The value is invalid (50035).
    """
    try:
        return model.model_validate(value)
    except ValidationError as cause:
        tree: Json = {}
        for error in cause.errors():
            branch = tree
            for key in error["loc"]:
                branch = branch.setdefault(str(key), {})
            branch.setdefault("_errors", []).append(_discord_error(error))
        raise invalid_form(tree) from cause


def invalid_form(errors: Json) -> ApiError:
    """Return the error for a body with invalid fields, from the tree of errors by field."""
    return ApiError(400, 50035, "Invalid Form Body", errors=errors)


def _discord_error(error: ErrorDetails) -> Json:
    code, message = DISCORD_ERRORS.get(error["type"], (error["type"], error["msg"]))
    return {"code": code, "message": message.format(**error.get("ctx", {}))}
