"""How often somebody may ask: a bucket of tokens for each person and each server.

aiolimiter, the library that is nearest to this, makes who asks too often wait, without a word and
without a bound. Here they are told how long to wait, and nothing is kept of them meanwhile.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

MINUTE = 60.0  # seconds
MAX_BUCKETS = 10_000  # remembered; full ones are forgotten first, for they say nothing


@dataclass
class _Bucket:
    tokens: float
    filled: float  # when, in seconds of the clock


class Rates:
    """A bucket for each key: it holds a minute's worth of tokens, and fills steadily.

    Parameters
    ----------
    per_minute
        How often in a minute each key may ask, all at once if it likes; 0 for as often as it likes.
    clock
        Gives the time in seconds; it never goes back.
    """

    def __init__(self, per_minute: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._buckets: dict[Hashable, _Bucket] = {}

    def wait(self, key: Hashable) -> float:
        """Tell how many seconds a key has to wait until it may ask again; 0.0 for none."""
        bucket = self._buckets.get(key)
        if self.per_minute <= 0 or bucket is None:
            return 0.0
        missing = 1.0 - self._level(bucket)
        return max(0.0, missing * MINUTE / self.per_minute)

    def take(self, key: Hashable) -> None:
        """Take a token out of a key's bucket, which has one: `wait` says so."""
        if self.per_minute <= 0:
            return
        bucket = self._buckets.get(key)
        if bucket is None:
            self._make_room()
            bucket = self._buckets[key] = _Bucket(self.per_minute, self._clock())
        bucket.tokens = self._level(bucket) - 1.0
        bucket.filled = self._clock()

    def __len__(self) -> int:
        """Tell how many buckets are remembered."""
        return len(self._buckets)

    def _level(self, bucket: _Bucket) -> float:
        """Tell how many tokens are in a bucket by now."""
        gained = (self._clock() - bucket.filled) * self.per_minute / MINUTE
        return min(self.per_minute, bucket.tokens + gained)

    def _make_room(self) -> None:
        """Forget the buckets that are full again, and if none is, the oldest."""
        if len(self._buckets) < MAX_BUCKETS:
            return
        self._buckets = {
            key: bucket
            for key, bucket in self._buckets.items()
            if self._level(bucket) < self.per_minute
        }
        while len(self._buckets) >= MAX_BUCKETS:
            del self._buckets[next(iter(self._buckets))]
