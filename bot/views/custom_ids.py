"""The ids of the buttons and menus under answers: where all of them are made and parsed.

A button's ``custom_id`` has all that its action needs, so buttons go on working after a restart. It
holds the label that everybody reads in the answer, and nothing about people. The ids are part of
messages that stay for years: their meaning must not change.
"""

import enum
import re
from dataclasses import dataclass

PREFIX = "undertone"


class Action(enum.StrEnum):
    """The action of a button or a menu."""

    DETAILS = "details"
    DELETE = "delete"
    ASK = "right"
    YES = "yes"
    SAID = "said"


PATTERN = re.compile(
    rf"{PREFIX}:(?P<action>{'|'.join(Action)})(:(?P<answer_id>\d+))?(:(?P<label>[^:]+))?"
)


@dataclass(frozen=True)
class CustomId:
    """The id of a button or menu, such as ``undertone:yes:123:happy``.

    Parameters
    ----------
    action
        The action of the button or menu.
    answer_id
        Id of the message with the answer; None where the button is in that message itself.
    label
        The label that the bot answered: an emotion, or `NOT_SURE`.
    """

    action: Action
    answer_id: int | None = None
    label: str | None = None

    def __str__(self) -> str:
        parts = (PREFIX, self.action, self.answer_id, self.label)
        return ":".join(str(part) for part in parts if part is not None)

    @classmethod
    def parse(cls, text: str) -> "CustomId | None":
        """Return the parsed id, or None for an id of something else."""
        match = PATTERN.fullmatch(text)
        if match is None:
            return None
        answer_id = match["answer_id"]
        return cls(Action(match["action"]), int(answer_id) if answer_id else None, match["label"])
