"""Interactions: what people ask of the bot, and how it has answered so far."""

import secrets
import time
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from typing import Any

TOKEN_BYTES = 64

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
    payload
        What the bot is told, as Discord's JSON.
    metadata
        What the messages that answer it say of it, as Discord's JSON.
    source_id
        Of the message whose button or menu was used.
    token
        With which the bot answers.
    began
        When, in seconds of the monotonic clock.
    callback
        The first answer; None if there is none yet.
    original_id
        Of the message that is the first answer, or that it changed.
    failed
        Whether it was not answered in time.
    """

    id: int
    kind: InteractionKind
    person_id: int
    channel_id: int
    payload: Json
    metadata: Json
    source_id: int | None = None
    token: str = field(default_factory=partial(secrets.token_urlsafe, TOKEN_BYTES))
    began: float = field(default_factory=time.monotonic)
    callback: Callback | None = None
    original_id: int | None = None
    follow_up_ids: list[int] = field(default_factory=list)
    failed: bool = False

    def __post_init__(self) -> None:
        self.payload |= {"id": str(self.id), "token": self.token}
        self.metadata |= {"id": str(self.id)}

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
