"""Which messages are answered already: each is answered once, however often Discord tells of it.

Discord repeats itself when a connection is taken up again, and a bot that was started anew may be
told what the one before it has answered. The first to claim a message answers it.
"""

import logging
from collections import OrderedDict
from typing import Protocol

from bot.errors import StorageError, outline

log = logging.getLogger(__name__)

MOST_REMEMBERED = 10_000  # messages; ids alone, of about 100 bytes each


class Claims(Protocol):
    """Where messages are claimed: something that outlives the process, such as a database."""

    async def claim(self, message_id: int) -> bool:
        """Claim a message; False where it was claimed before."""


class RecentClaims:
    """Remembers the latest messages that were claimed, and asks something more lasting too.

    Parameters
    ----------
    lasting
        What outlives the process; None for nothing. If it fails, a message is rather answered
        twice than never.
    most
        How many messages are remembered.
    """

    def __init__(self, lasting: Claims | None = None, *, most: int = MOST_REMEMBERED) -> None:
        self._lasting = lasting
        self._most = most
        self._claimed: OrderedDict[int, None] = OrderedDict()

    async def claim(self, message_id: int) -> bool:
        """Claim a message; False where it was claimed before."""
        if message_id in self._claimed:
            self._claimed.move_to_end(message_id)
            return False
        self._claimed[message_id] = None
        if len(self._claimed) > self._most:
            self._claimed.popitem(last=False)
        if self._lasting is None:
            return True
        try:
            return await self._lasting.claim(message_id)
        except StorageError as error:
            log.warning("It cannot be known whether a message was answered. %s", error)
            return True
        except Exception as error:
            log.error("It cannot be known whether a message was answered:\n%s", outline(error))
            return True
