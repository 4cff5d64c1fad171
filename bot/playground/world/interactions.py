"""Interactions, and the state of the bot's response to them."""

import secrets
import time
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from typing import Any

TOKEN_BYTES = 64

Json = dict[str, Any]


class InteractionKind(IntEnum):
    """Discord's types of interactions."""

    COMMAND = 2
    COMPONENT = 3


class Callback(IntEnum):
    """Discord's types of interaction callbacks."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5  # "is thinking…"
    DEFERRED_UPDATE = 6
    UPDATE = 7


class Context(IntEnum):
    """Discord's contexts of interactions."""

    GUILD = 0
    BOT_DM = 1
    PRIVATE_CHANNEL = 2


@dataclass(eq=False, kw_only=True)
class Interaction:
    """An interaction of a person with the bot.

    Attributes
    ----------
    payload
        Discord's interaction object, as sent to the bot.
    metadata
        Discord's interaction metadata object, as part of the response messages.
    source_id
        Id of the message whose component was used.
    token
        The token for the responses of the bot.
    began
        Time of the creation, in seconds of the monotonic clock.
    callback
        The bot's callback; None if there is none yet.
    original_id
        Id of the message that the callback posted or edited.
    failed
        Whether there was no callback in time.
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
        """Discord's data of the command, or of the component, with the chosen values."""
        data: Json = self.payload["data"]
        return data

    @property
    def allowed_callbacks(self) -> tuple[Callback, ...]:
        """The callbacks that Discord accepts."""
        if self.kind is InteractionKind.COMPONENT:
            return tuple(Callback)
        return Callback.MESSAGE, Callback.DEFERRED_MESSAGE
