"""How often somebody may ask: a bucket of tokens for each person and each server.

aiolimiter, the library that is nearest to this, makes who asks too often wait, without a word and
without a bound. Here they are told how long to wait, and nothing is kept of them meanwhile.
"""

import time
from collections.abc import Callable, Hashable

from bot.bounded_dict import BoundedDict

MINUTE = 60.0  # seconds
MAX_BUCKETS = 10_000  # remembered; those longest not asked go first, which are the fullest


class Rates:
    """A bucket for each key: it holds a minute's worth of tokens, and fills steadily.

    Parameters
    ----------
    per_minute
        How often in a minute each key may ask, all at once if it likes; 0 for as often as it likes.
    clock
        Returns the time in seconds; it never goes back.
    """

    def __init__(self, per_minute: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        # How many tokens a bucket had when it was last taken from, and when that was.
        self._buckets: BoundedDict[Hashable, tuple[float, float]] = BoundedDict(MAX_BUCKETS)

    def wait(self, key: Hashable) -> float:
        """Return how many seconds a key has to wait until it may ask again; 0.0 for none."""
        if self.per_minute <= 0:
            return 0.0
        return max(0.0, (1.0 - self._tokens(key)) * MINUTE / self.per_minute)

    def take(self, key: Hashable) -> None:
        """Remove a token from a key's bucket, which has one: `wait` says so."""
        if self.per_minute > 0:
            self._buckets[key] = (self._tokens(key) - 1.0, self._clock())

    def __len__(self) -> int:
        return len(self._buckets)

    def _tokens(self, key: Hashable) -> float:
        """Return how many tokens are in a bucket by now."""
        tokens, when = self._buckets.get(key, (self.per_minute, self._clock()))
        return min(self.per_minute, tokens + (self._clock() - when) * self.per_minute / MINUTE)
