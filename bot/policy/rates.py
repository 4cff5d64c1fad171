"""Rate limits: a token bucket for each person and each server.

aiolimiter, the library that is nearest to this, delays requests instead of refusing them with the
time to wait.
"""

import time
from collections.abc import Callable, Hashable

from bot.bounded_dict import BoundedDict

MINUTE = 60.0  # seconds
MAX_BUCKETS = 10_000  # that are kept; the least recently used go first, which are the fullest


class RateLimiter:
    """A token bucket for each key, which holds a minute's tokens and is refilled steadily.

    Parameters
    ----------
    per_minute
        The tokens of each key for a minute; 0 for no limit.
    clock
        A monotonic clock, in seconds.
    """

    def __init__(self, per_minute: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        # How many tokens a bucket had when it was last taken from, and when that was.
        self._buckets: BoundedDict[Hashable, tuple[float, float]] = BoundedDict(MAX_BUCKETS)

    def retry_after(self, key: Hashable) -> float:
        """Return after how many seconds a key has a token; 0.0 where it has one now."""
        if self.per_minute <= 0:
            return 0.0
        return max(0.0, (1.0 - self._tokens(key)) * MINUTE / self.per_minute)

    def take(self, key: Hashable) -> None:
        """Remove a token from a key's bucket; `retry_after` has returned 0.0."""
        if self.per_minute > 0:
            self._buckets[key] = (self._tokens(key) - 1.0, self._clock())

    def __len__(self) -> int:
        return len(self._buckets)

    def _tokens(self, key: Hashable) -> float:
        """Return how many tokens are in a bucket now."""
        tokens, when = self._buckets.get(key, (self.per_minute, self._clock()))
        return min(self.per_minute, tokens + (self._clock() - when) * self.per_minute / MINUTE)
