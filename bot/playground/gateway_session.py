"""What the gateway remembers of a bot that identified itself, across dropped connections."""

import secrets
from collections import deque
from collections.abc import Callable
from typing import Any

from bot.playground.permissions import Intent

DISPATCH = 0  # Discord's number for an event
MAX_REPLAYED_EVENTS = 500  # kept for a bot that is away; who misses more has to begin anew

Json = dict[str, Any]


class Session:
    """The numbered events of one bot, sent to where it is connected, and kept for when it is not.

    Parameters
    ----------
    intents
        The groups of events that the bot wants.
    """

    def __init__(self, intents: Intent) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self._sequence = 0
        self._send: Callable[[Json], None] | None = None
        self._kept: deque[tuple[int, Json]] = deque()
        self._forgotten = 0  # the highest number among the events that are no longer kept

    @property
    def connected(self) -> bool:
        """Whether the bot is there to hear events at once."""
        return self._send is not None

    def connect(self, send: Callable[[Json], None]) -> None:
        """Send events this way from now on."""
        self._send = send

    def disconnect(self) -> None:
        """Keep events until the bot is back."""
        self._send = None

    def dispatch(self, name: str, data: Json, *, keep: bool = True) -> None:
        """Give an event its number, keep it for a replay, and send it if the bot is there."""
        self._sequence += 1
        payload = {"op": DISPATCH, "s": self._sequence, "t": name, "d": data}
        if keep:
            self._kept.append((self._sequence, payload))
        while len(self._kept) > MAX_REPLAYED_EVENTS:
            self._forgotten, _ = self._kept.popleft()
        if self._send is not None:
            self._send(payload)

    def knows(self, sequence: int) -> bool:
        """Whether there has been an event of this number."""
        return 0 <= sequence <= self._sequence

    def can_replay(self, sequence: int) -> bool:
        """Whether everything after this number is still kept."""
        return sequence >= self._forgotten

    def replay(self, sequence: int) -> None:
        """Send again all that came after this number, and say that this was all."""
        for number, payload in tuple(self._kept):
            if number > sequence and self._send is not None:
                self._send(payload)
        self.dispatch("RESUMED", {}, keep=False)
