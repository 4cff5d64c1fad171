"""Which messages were answered, so that none is twice: after a resume, an edit, a restart."""

import time
from collections.abc import Callable

from sqlalchemy import delete

from bot.storage.database import Database, insert
from bot.storage.memory import Memory
from bot.storage.tables import ANSWERED

DISCORD_EPOCH_SECONDS = 1_420_070_400  # 2015, since which Discord counts
MILLISECOND_SHIFT = 22  # the bits of an id below its time, in milliseconds

KEPT_SECONDS = 7 * 24 * 3600  # by the time in the message's id
MOST_LATELY = 1000  # messages that this process remembers by itself
PRUNE_SECONDS = 3600.0  # from one clearing out to the next


class Answered:
    """The messages that a bot has begun to answer.

    Parameters
    ----------
    database
        Where they are kept.
    clock
        Tells the time in seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._pruned = float("-inf")
        self._lately: Memory[int, bool] = Memory(seconds=KEPT_SECONDS, most=MOST_LATELY)

    async def claim(self, message_id: int) -> bool:
        """Take a message for oneself; see `Storage.claim`."""
        now = self._clock()
        oldest = _first_id_at(now - KEPT_SECONDS)
        if message_id < oldest or self._lately.fresh(message_id):
            return False
        self._lately.keep(message_id, True)  # in this process it is taken, even if the rest fails
        async with self._database.write() as connection:
            claimed = await connection.execute(
                insert(connection, ANSWERED)
                .values(message_id=message_id)
                .on_conflict_do_nothing()
                .returning(ANSWERED.c.message_id)
            )
            is_first = claimed.first() is not None
            if not 0 <= now - self._pruned < PRUNE_SECONDS:
                await connection.execute(delete(ANSWERED).where(ANSWERED.c.message_id < oldest))
                self._pruned = now
        return is_first


def _first_id_at(seconds: float) -> int:
    """Give the lowest id that Discord could have given at a time, in seconds since 1970."""
    return int((seconds - DISCORD_EPOCH_SECONDS) * 1000) << MILLISECOND_SHIFT
