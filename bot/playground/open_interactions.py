"""All interactions that are under way: by their tokens, and with the time that each has."""

import asyncio
import secrets
import time
from typing import Any

from bot.playground.errors import ApiError, PlaygroundError, unknown
from bot.playground.events import InteractionBegun, InteractionChanged
from bot.playground.interactions import Callback, Interaction, InteractionKind
from bot.playground.messages import Message
from bot.playground.world import World

ANSWER_SECONDS = 3.0  # that a bot has for its first answer
TOKEN_SECONDS = 15 * 60.0  # that a bot may go on answering after that
MAX_INTERACTIONS = 500  # remembered; the oldest go first
TOKEN_BYTES = 64

Json = dict[str, Any]


class OpenInteractions:
    """What people have asked of the bot lately.

    Parameters
    ----------
    world
        Where they did, and who is told.

    Attributes
    ----------
    answer_seconds, token_seconds
        How long the bot has for its first answer, and for all.
    """

    def __init__(self, world: World) -> None:
        self.answer_seconds = ANSWER_SECONDS
        self.token_seconds = TOKEN_SECONDS
        self._world = world
        self._by_token: dict[str, Interaction] = {}
        self._skipped = 0.0  # seconds by which the clock was moved on

    def now(self) -> float:
        """Give the time, in seconds since some moment."""
        return time.monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        """Move the clock on: what has not been answered by then never will be."""
        self._skipped += seconds
        for interaction in tuple(self._by_token.values()):
            self._fail_if_late(interaction)

    def begin(
        self,
        kind: InteractionKind,
        *,
        payload: Json,
        metadata: Json,
        person_id: int,
        channel_id: int,
        source_id: int | None = None,
    ) -> Interaction:
        """Ask something of the bot.

        Parameters
        ----------
        kind
            By which means.
        payload
            What the bot is told, but for id and token.
        metadata
            What messages that answer say of it, but for the id.
        person_id, channel_id
            Who asks, and where.
        source_id
            The message whose button or menu was used, or that the form came from.
        """
        interaction_id, token = self._world.new_id(), secrets.token_urlsafe(TOKEN_BYTES)
        interaction = Interaction(
            id=interaction_id,
            token=token,
            kind=kind,
            person_id=person_id,
            channel_id=channel_id,
            began=self.now(),
            payload=payload | {"id": str(interaction_id), "token": token},
            metadata=metadata | {"id": str(interaction_id)},
            source_id=source_id,
        )
        while len(self._by_token) >= MAX_INTERACTIONS:
            del self._by_token[next(iter(self._by_token))]
        self._by_token[token] = interaction
        loop = asyncio.get_running_loop()
        loop.call_later(self.answer_seconds, self._fail_if_late, interaction)
        self._world.tell(InteractionBegun(interaction))
        return interaction

    def find(self, interaction_id: int) -> Interaction:
        """Find an interaction by its id.

        Raises
        ------
        PlaygroundError
            There is none.
        """
        for interaction in self._by_token.values():
            if interaction.id == interaction_id:
                return interaction
        raise PlaygroundError("That was too long ago: ask for it again.")

    def to_answer(self, interaction_id: int, token: str) -> Interaction:
        """Find an interaction that the bot may still answer for the first time.

        Raises
        ------
        ApiError
            There is none, or no longer (10062), or it has its answer (40060).
        """
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise unknown("interaction", 10062)
        if interaction.callback is not None:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        self._fail_if_late(interaction)
        if interaction.failed:
            raise unknown("interaction", 10062)
        return interaction

    def to_follow_up(self, application_id: int, token: str) -> Interaction:
        """Find an interaction that the bot has answered and may say more about.

        Raises
        ------
        ApiError
            There is none (10015), or it was too long ago (50027).
        """
        interaction = self._by_token.get(token)
        unanswered = interaction is None or interaction.callback is None
        if interaction is None or unanswered or application_id != self._world.bot.id:
            raise unknown("Webhook", 10015)
        if self.now() - interaction.began >= self.token_seconds:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return interaction

    def acknowledge(
        self,
        interaction: Interaction,
        callback: Callback,
        *,
        original: Message | None = None,
        modal: Json | None = None,
        choices: list[Json] | None = None,
    ) -> None:
        """Note the first answer, and tell everybody."""
        interaction.callback = callback
        interaction.original_id = original.id if original else None
        if callback is Callback.DEFERRED_UPDATE:
            interaction.original_id = interaction.source_id
        interaction.modal, interaction.choices = modal, choices
        self._world.tell(InteractionChanged(interaction))

    def follow_up(self, interaction: Interaction, message: Message) -> None:
        """Note another message about it, and tell everybody."""
        if message.id not in (interaction.original_id, *interaction.follow_up_ids):
            interaction.follow_up_ids.append(message.id)
        self.changed(interaction)

    def changed(self, interaction: Interaction) -> None:
        """Tell everybody that an answer was changed or taken away."""
        self._world.tell(InteractionChanged(interaction))

    def _fail_if_late(self, interaction: Interaction) -> None:
        late = self.now() - interaction.began >= self.answer_seconds
        if late and interaction.callback is None and not interaction.failed:
            interaction.failed = True
            self._world.tell(InteractionChanged(interaction))
