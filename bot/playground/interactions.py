"""Interactions: what a person asks of the bot by a command, a button, a menu or a form."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

Json = dict[str, Any]


class InteractionKind(IntEnum):
    """Discord's numbers for what a person may do."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    """Discord's numbers for how a bot may answer at first."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5  # "is thinking…"
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


class Context(IntEnum):
    """Discord's numbers for where it happens."""

    GUILD = 0
    BOT_DM = 1
    PRIVATE_CHANNEL = 2


@dataclass(eq=False, kw_only=True)
class Interaction:
    """One thing that a person asked for, and how the bot answered so far.

    Attributes
    ----------
    token
        With which the bot answers.
    began
        When, in seconds of the clock of `OpenInteractions`.
    payload
        What the bot is told, as Discord's JSON.
    metadata
        What the messages that it leads to say of it, as Discord's JSON.
    source_id
        Of the message whose button or menu was used, or that the form came from.
    callback
        How it was answered at first; None if it was not yet.
    original_id
        Of the message that is the first answer, or that was changed by it.
    modal
        The form that the bot showed.
    choices
        What the bot suggested for completing an option.
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
    modal: Json | None = None
    choices: list[Json] | None = None
    failed: bool = False

    @property
    def data(self) -> Json:
        """What was asked for."""
        data: Json = self.payload["data"]
        return data

    @property
    def on_message(self) -> bool:
        """Whether the bot may answer by changing the message that it came from."""
        return self.source_id is not None

    @property
    def allowed_callbacks(self) -> tuple[Callback, ...]:
        """The ways in which the bot may answer."""
        if self.kind is InteractionKind.AUTOCOMPLETE:
            return (Callback.CHOICES,)
        allowed = [Callback.MESSAGE, Callback.DEFERRED_MESSAGE]
        if self.on_message:
            allowed += [Callback.DEFERRED_UPDATE, Callback.UPDATE]
        if self.kind is not InteractionKind.MODAL:
            allowed.append(Callback.MODAL)
        return tuple(allowed)
