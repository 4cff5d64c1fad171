"""An interaction that a person began in a test, and the bot's answers to it."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.playground import PlaygroundError
from bot.playground.errors import ApiError
from bot.playground.world import Callback, Interaction, Message, World, events, message_json

PATIENCE_SECONDS = 30.0  # for the bot, unless a test says otherwise

Json = dict[str, Any]


class Invocation:
    """An interaction that a person began; its properties are its state now."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self.interaction = interaction
        self._world = world
        self._touched = False  # a message that it had before was changed after the first answer
        self._changed = asyncio.Event()
        world.subscribe(self._on_event)

    @property
    def id(self) -> int:
        return self.interaction.id

    @property
    def callback(self) -> Callback | None:
        """The bot's first answer; None if there is none yet."""
        return self.interaction.callback

    @property
    def deferred(self) -> bool:
        """Whether the bot asked for more time at first."""
        return self.callback in (Callback.DEFERRED_MESSAGE, Callback.DEFERRED_UPDATE)

    @property
    def failed(self) -> bool:
        """Whether the bot did not answer in time: "The application did not respond"."""
        return self.interaction.failed

    @property
    def message(self) -> Json | None:
        """The first answer as it reads now, or the message that was changed, as JSON."""
        message = self._original()
        return message_json(self._world, message) if message else None

    @property
    def thinking(self) -> bool:
        """Whether the person still sees "is thinking…"."""
        return (message := self._original()) is not None and message.thinking

    @property
    def ephemeral(self) -> bool:
        """Whether only the person who asked sees the first answer."""
        return (message := self._original()) is not None and message.visible_to is not None

    @property
    def follow_ups(self) -> list[Json]:
        """The further messages that are still there, as JSON."""
        found = filter(None, map(self._find, self.interaction.follow_up_ids))
        return [message_json(self._world, message) for message in found]

    async def acknowledged(self, timeout: float = PATIENCE_SECONDS) -> "Invocation":  # noqa: ASYNC109
        """Wait for the bot's first answer, which may be that it is thinking."""
        return await self.until(lambda _: self.callback is not None, timeout)

    async def answer(self, timeout: float = PATIENCE_SECONDS) -> "Invocation":  # noqa: ASYNC109
        """Wait until the bot has answered, not counting that it is thinking.

        That is a message (or its being deleted), a further one, or a change to the message that
        the button was on.
        """
        return await self.until(lambda _: self._settled(), timeout)

    async def until(
        self,
        condition: Callable[["Invocation"], object],
        timeout: float = PATIENCE_SECONDS,  # noqa: ASYNC109
    ) -> "Invocation":
        """Wait until a condition on the answer holds, and check it at each change.

        Raises
        ------
        PlaygroundError
            It does not hold within `timeout` seconds, or the bot has not answered in the time that
            Discord gives it.
        """
        try:
            async with asyncio.timeout(timeout):
                while not condition(self):
                    if self.failed:
                        raise PlaygroundError("The application did not respond.")
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError as cause:
            raise PlaygroundError(f"No answer of the bot within {timeout:g} seconds.") from cause
        return self

    def _settled(self) -> bool:
        if self.callback is Callback.DEFERRED_UPDATE:
            return self._touched or bool(self.interaction.follow_up_ids)
        if self.callback is Callback.DEFERRED_MESSAGE:
            return not self.thinking
        return self.callback is not None

    def _on_event(self, event: events.Event) -> None:
        own = (self.interaction.original_id, *self.interaction.follow_up_ids)
        changed = isinstance(event, events.MessageEdited | events.MessageDeleted)
        if changed and event.message.id in own:
            self._touched |= self.callback is not None
        self._changed.set()

    def _original(self) -> Message | None:
        return self._find(self.interaction.original_id or 0)

    def _find(self, message_id: int) -> Message | None:
        try:
            return self._world.message(self.interaction.channel_id, message_id)
        except ApiError:  # there is none yet, or it was deleted
            return None
