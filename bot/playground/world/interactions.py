"""Interactions: what people ask of the bot, and how it has answered so far."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

Json = dict[str, Any]


class InteractionKind(IntEnum):
    """Discord's numbers for the kinds of interaction."""

    COMMAND = 2
    COMPONENT = 3


class Callback(IntEnum):
    """Discord's numbers for the first answer to an interaction."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5  # "is thinking…"
    DEFERRED_UPDATE = 6
    UPDATE = 7


class Context(IntEnum):
    """Discord's numbers for where an interaction happens."""

    GUILD = 0
    BOT_DM = 1
    PRIVATE_CHANNEL = 2


@dataclass(eq=False, kw_only=True)
class Interaction:
    """Something that a person asked of the bot.

    Attributes
    ----------
    token
        With which the bot answers.
    began
        When, in seconds of the monotonic clock.
    payload
        What the bot is told, as Discord's JSON.
    metadata
        What the messages that answer it say of it, as Discord's JSON.
    source_id
        Of the message whose button or menu was used.
    callback
        The first answer; None if there is none yet.
    original_id
        Of the message that is the first answer, or that it changed.
    failed
        Whether it was not answered in time.
    """

    id: int
    token: str
    kind: InteractionKind
    person_id: int
    channel_id: int
    began: float
    payload: Json
    metadata: Json
    source_id: int | None = None
    callback: Callback | None = None
    original_id: int | None = None
    follow_up_ids: list[int] = field(default_factory=list)
    failed: bool = False

    @property
    def data(self) -> Json:
        """The command, or the component, with its values."""
        data: Json = self.payload["data"]
        return data

    @property
    def allowed_callbacks(self) -> tuple[Callback, ...]:
        """The first answers that Discord takes."""
        if self.kind is InteractionKind.COMPONENT:
            return tuple(Callback)
        return Callback.MESSAGE, Callback.DEFERRED_MESSAGE
