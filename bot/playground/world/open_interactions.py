"""The interactions that the bot can respond to, with Discord's deadlines."""

import asyncio
import time

from bot.playground.errors import ApiError, unknown
from bot.playground.world.events import InteractionChanged, InteractionCreated
from bot.playground.world.interactions import Callback, Interaction
from bot.playground.world.messages import Message
from bot.playground.world.world import World

ANSWER_SECONDS = 3.0  # for the callback
TOKEN_SECONDS = 15 * 60.0  # for edits and follow-up messages
MAX_INTERACTIONS = 500  # kept; the oldest are dropped


class OpenInteractions:
    """The latest interactions, by token.

    Attributes
    ----------
    answer_seconds, token_seconds
        Seconds for the callback, and seconds for which the token is valid.
    """

    def __init__(self, world: World) -> None:
        self.answer_seconds = ANSWER_SECONDS
        self.token_seconds = TOKEN_SECONDS
        self._world = world
        self._by_token: dict[str, Interaction] = {}

    def begin(self, interaction: Interaction) -> None:
        """Send an interaction to the bot, and let it fail after `answer_seconds`."""
        while len(self._by_token) >= MAX_INTERACTIONS:
            del self._by_token[next(iter(self._by_token))]
        self._by_token[interaction.token] = interaction
        loop = asyncio.get_running_loop()
        loop.call_later(self.answer_seconds, self._fail_if_late, interaction)
        self._world.emit(InteractionCreated(interaction))

    def find_unanswered(self, interaction_id: int, token: str) -> Interaction:
        """Return an interaction that still waits for its callback.

        Raises
        ------
        ApiError
            It is unknown or has failed (10062), or already has a callback (40060).
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

    def find_answered(self, application_id: int, token: str) -> Interaction:
        """Return an interaction with a callback and a valid token.

        Raises
        ------
        ApiError
            It is unknown (10015), or its token has expired (50027).
        """
        interaction = self._by_token.get(token)
        if (
            interaction is None
            or interaction.callback is None
            or application_id != self._world.bot.id
        ):
            raise unknown("Webhook", 10015)
        if time.monotonic() - interaction.began >= self.token_seconds:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return interaction

    def acknowledge(
        self, interaction: Interaction, callback: Callback, original: Message | None
    ) -> None:
        """Record the callback, and the message that it posted or edited."""
        interaction.callback = callback
        interaction.original_id = original.id if original else interaction.source_id
        self.emit_change(interaction)

    def emit_change(self, interaction: Interaction) -> None:
        """Emit that the state of an interaction changed."""
        self._world.emit(InteractionChanged(interaction))

    def _fail_if_late(self, interaction: Interaction) -> None:
        late = time.monotonic() - interaction.began >= self.answer_seconds
        if late and interaction.callback is None and not interaction.failed:
            interaction.failed = True
            self.emit_change(interaction)
