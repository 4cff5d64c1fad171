"""What was read lately, so that the database is not asked for each message."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Values by key, each fresh for a while.

    Parameters
    ----------
    seconds
        How long a value is fresh. Another bot on the same database may change what it came from.
    most
        How many values are kept; those that were not asked for the longest go first.
    clock
        Tells the time in seconds, from any moment on.
    """

    def __init__(
        self, *, seconds: float, most: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._values: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._changes = 0

    @property
    def changes(self) -> int:
        """How often something was forgotten. What was read before that is not to be kept."""
        return self._changes

    def fresh(self, key: Key) -> Value | None:
        """Give a value that is still fresh."""
        found = self._values.get(key)
        if found is None or self._clock() - found[0] >= self._seconds:
            return None
        self._values.move_to_end(key)
        return found[1]

    def last(self, key: Key) -> Value | None:
        """Give the value that was last known, fresh or not."""
        found = self._values.get(key)
        return None if found is None else found[1]

    def keep(self, key: Key, value: Value, *, changes: int | None = None) -> None:
        """Keep a value, unless something was forgotten since `changes` was as given."""
        if changes is not None and changes != self._changes:
            return
        self._values[key] = (self._clock(), value)
        self._values.move_to_end(key)
        while len(self._values) > self._most:
            self._values.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Forget a value, because it was changed."""
        self._changes += 1
        self._values.pop(key, None)
