"""Gateway sessions: a bot's numbered events, kept across dropped connections."""

import secrets
from collections import deque
from collections.abc import Callable
from typing import Any

from discord import Intents

DISPATCH = 0  # Discord's number for an event
MAX_REPLAYED_EVENTS = 500  # kept for a bot that is away; who misses more has to begin anew

Json = dict[str, Any]


class Session:
    """The events of one bot, sent while it is connected and kept for when it comes back.

    Attributes
    ----------
    intents
        The groups of events that the bot wants.
    send
        Sends to the bot; None while it is not connected.
    """

    def __init__(self, intents: Intents) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.send: Callable[[Json], None] | None = None
        self._sequence = 0
        self._kept: deque[Json] = deque(maxlen=MAX_REPLAYED_EVENTS)

    def dispatch(self, name: str, data: Json) -> None:
        """Send an event with the next number, or keep it until the bot is back."""
        self._sequence += 1
        payload = {"op": DISPATCH, "s": self._sequence, "t": name, "d": data}
        self._kept.append(payload)
        if self.send is not None:
            self.send(payload)

    def knows(self, sequence: int) -> bool:
        """Return whether there has been an event of this number."""
        return 0 <= sequence <= self._sequence

    def can_replay(self, sequence: int) -> bool:
        """Return whether everything after this number is still kept."""
        return self._sequence - sequence <= len(self._kept)

    def replay(self, sequence: int) -> None:
        """Send everything after this number again, and then that this was all."""
        for payload in tuple(self._kept):
            if payload["s"] > sequence and self.send is not None:
                self.send(payload)
        self.dispatch("RESUMED", {})
