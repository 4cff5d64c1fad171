"""What was answered lately, for the buttons under answers: in memory, bounded, and never on a disk.

A restart forgets it all, and so do a few hundred further answers: then a button hears the voice
note again, or asks somebody who knows.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from bot.hearing import Hearing
from bot.replies import Answer

MOST_ANSWERS = 300  # replies; with pictures of some ten kilobytes each, a few megabytes


@dataclass(frozen=True)
class RecentReply:
    """One reply.

    Parameters
    ----------
    answers
        What it says.
    asker_id
        Id of the person whose voice notes they are, or who asked for them.
    note_id
        Id of the message with the voice notes, where everybody sees the reply beside it.
    """

    answers: tuple[Answer, ...]
    asker_id: int
    note_id: int | None = None


class RecentReplies:
    """The latest replies, by the id of their message.

    Parameters
    ----------
    most
        How many are kept; the oldest go first.
    """

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        self._most = most
        self._replies: OrderedDict[int, RecentReply] = OrderedDict()
        self._about: dict[int, int] = {}  # which reply is about a message, by that message
        self._turns: dict[int, _Turn] = {}

    def keep(
        self,
        message_id: int,
        answers: Sequence[Answer],
        *,
        asker_id: int,
        note_id: int | None = None,
    ) -> None:
        """Keep what a reply says, in the place of what is known of it.

        Parameters
        ----------
        message_id
            Of the reply.
        answers, asker_id, note_id
            As in `RecentReply`.
        """
        known = self._replies.get(message_id)
        if note_id is None and known is not None:
            note_id = known.note_id
        self.forget(message_id)
        self._replies[message_id] = RecentReply(tuple(answers), asker_id, note_id)
        if note_id is not None:
            self._about[note_id] = message_id
        while len(self._replies) > self._most:
            self.forget(next(iter(self._replies)))

    def get(self, message_id: int) -> RecentReply | None:
        """Give what a reply says, if it is still known."""
        return self._replies.get(message_id)

    def about(self, note_id: int) -> int | None:
        """Give the id of the reply that tells what is heard in a message, if there is one."""
        reply_id = self._about.get(note_id)
        if reply_id is None:
            return None
        heard = [isinstance(one.outcome, Hearing) for one in self._replies[reply_id].answers]
        return reply_id if any(heard) else None

    @contextlib.asynccontextmanager
    async def turn(self, note_id: int) -> AsyncIterator[None]:
        """Answer a message while nobody else does: who comes second finds what the first said."""
        turn = self._turns.setdefault(note_id, _Turn())
        turn.wanted += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.wanted -= 1
            if not turn.wanted:
                del self._turns[note_id]

    def forget_all(self) -> None:
        """Forget every reply, because some may be about somebody who is not to be heard any more.

        What buttons are asked for is then heard again, or refused.
        """
        self._replies.clear()
        self._about.clear()

    def forget(self, message_id: int) -> None:
        """Forget a reply, because it was deleted."""
        known = self._replies.pop(message_id, None)
        note_id = None if known is None else known.note_id
        if note_id is not None and self._about.get(note_id) == message_id:
            del self._about[note_id]


@dataclass
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted: int = 0
