"""Gateway sessions: numbered events, kept for a bot that resumes after a lost connection."""

import secrets
from collections import deque
from collections.abc import Callable
from typing import Any

from discord import Intents

DISPATCH = 0  # Discord's opcode of an event
MAX_REPLAYED_EVENTS = 500  # kept for a resume; after more missed events, the bot has to identify

Json = dict[str, Any]


class Session:
    """A gateway session of a bot.

    Attributes
    ----------
    intents
        The intents that the bot identified with.
    send
        Function that sends a payload to the bot; None while it is disconnected.
    """

    def __init__(self, intents: Intents) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.send: Callable[[Json], None] | None = None
        self._sequence = 0
        self._kept: deque[Json] = deque(maxlen=MAX_REPLAYED_EVENTS)

    def dispatch(self, name: str, data: Json) -> None:
        """Send an event with the next sequence number, and keep it for a resume."""
        self._sequence += 1
        payload = {"op": DISPATCH, "s": self._sequence, "t": name, "d": data}
        self._kept.append(payload)
        if self.send is not None:
            self.send(payload)

    def knows(self, sequence: int) -> bool:
        """Return whether there was an event with a sequence number."""
        return 0 <= sequence <= self._sequence

    def can_replay(self, sequence: int) -> bool:
        """Return whether all events after a sequence number are still kept."""
        return self._sequence - sequence <= len(self._kept)

    def replay(self, sequence: int) -> None:
        """Send all events after a sequence number again, followed by RESUMED."""
        for payload in tuple(self._kept):
            if payload["s"] > sequence and self.send is not None:
                self.send(payload)
        self.dispatch("RESUMED", {})
