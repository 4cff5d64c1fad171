"""Snowflakes: Discord's ids, which carry the time at which they were made."""

import time
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000  # the first millisecond of 2015, UTC, since which Discord counts
TIME_SHIFT = 22  # bits below the milliseconds: worker, process, increment
MAX_DIGITS = len(str(1 << 64))
INCREMENTS = 1 << 12  # ids that one millisecond has room for


def snowflake_at(moment: datetime, increment: int = 0) -> int:
    """Give the id of something made at that moment.

    Parameters
    ----------
    moment
        A time with its zone.
    increment
        Tells apart what was made in the same millisecond; below ``INCREMENTS``.
    """
    return (int(moment.timestamp() * 1000) - EPOCH_MS) << TIME_SHIFT | increment


def moment_of(snowflake: int) -> datetime:
    """Give the time at which the thing with this id was made, in UTC."""
    return datetime.fromtimestamp(((snowflake >> TIME_SHIFT) + EPOCH_MS) / 1000, UTC)


def timestamp(moment: datetime) -> str:
    """Write a time as Discord does, ISO 8601 with microseconds and the offset of UTC."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def number(text: str) -> int:
    """Read an id; 0, which nothing has, if the text is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else 0


class SnowflakeMaker:
    """Gives out ids, each greater than the one before, even if the clock is set back."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self) -> int:
        """Give the next id."""
        now = (time.time_ns() // 1_000_000 - EPOCH_MS) << TIME_SHIFT
        self._last = max(self._last + 1, now)
        return self._last
