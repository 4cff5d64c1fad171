"""Message components (buttons and select menus), and their validation."""

from typing import Any, Literal

from pydantic import Field, model_validator

from bot.playground.rest.validation import (
    Model,
    check_unique,
    invalid,
    optional_text,
    required_text,
)

# Discord's types of components.
BUTTON, STRING_SELECT, CHANNEL_SELECT = 2, 3, 8

Json = dict[str, Any]


class SelectOption(Model):
    """An option of a string select menu."""

    label: str = required_text(100)
    value: str = required_text(100)
    description: str | None = optional_text(100)
    emoji: Json | None = None
    default: bool = False


class Component(Model):
    """A button or a select menu."""

    type: Literal[2, 3, 6, 8]
    id: int = 0
    custom_id: str = required_text(100)
    disabled: bool = False
    style: Literal[1, 2, 3, 4] = 2
    label: str | None = optional_text(80)
    emoji: Json | None = None
    placeholder: str | None = optional_text(150)
    options: list[SelectOption] = Field(default=[], max_length=25)
    channel_types: list[int] = Field(default=[])
    min_values: int = 1
    max_values: int = 1

    @model_validator(mode="after")
    def _check(self) -> "Component":
        if self.type == BUTTON and not self.label and not self.emoji:
            raise invalid("BUTTON_COMPONENT_INVALID", "A button must have a label or an emoji")
        if self.type == STRING_SELECT and not self.options:
            raise invalid("BASE_TYPE_REQUIRED", "This field is required")
        check_unique(
            [option.value for option in self.options],
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
            "The specified option value is already used",
        )
        return self


class Row(Model):
    """An action row: up to five buttons, or a select menu."""

    type: Literal[1]
    id: int = 0
    components: list[Component] = Field(min_length=1, max_length=5)


def with_ids(rows: list[Row]) -> list[Json]:
    """Return rows as JSON, in which every component has an id; Discord numbers those without."""
    number = 0
    for row in rows:
        components: list[Row | Component] = [row, *row.components]
        for component in components:
            number += 1
            component.id = component.id or number
    return [row.to_json() for row in rows]
