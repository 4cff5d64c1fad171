"""The latest replies, for the buttons under them: in memory alone, and a few hundred at most.

Where a reply is no longer known, a button has the voice note analysed again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from bot.analysis import AnalysisResult
from bot.bounded_dict import BoundedDict
from bot.views import AttachmentResult

MAX_REPLIES = 300  # with images of some ten kilobytes each, a few megabytes


@dataclass(frozen=True)
class RecentReply:
    """One reply.

    Parameters
    ----------
    results
        The results that the reply shows.
    owner_id
        Id of the person who may delete the reply: whose voice notes they are, or who asked.
    note_id
        Id of the message with the voice notes, where everybody sees the reply to it.
    """

    results: tuple[AttachmentResult, ...]
    owner_id: int
    note_id: int | None = None


class RecentReplies:
    """The latest replies, by the id of their message."""

    def __init__(self) -> None:
        self._replies: BoundedDict[int, RecentReply] = BoundedDict(MAX_REPLIES)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def keep(
        self,
        message_id: int,
        results: Sequence[AttachmentResult],
        *,
        owner_id: int,
        note_id: int | None = None,
    ) -> None:
        """Keep a reply by the id of its message; the other parameters are those of `RecentReply`.

        A reply that is known already is replaced, but for its `note_id` where none is given.
        """
        known = self._replies.get(message_id)
        if note_id is None and known is not None:
            note_id = known.note_id
        self._replies[message_id] = RecentReply(tuple(results), owner_id, note_id)

    def get(self, message_id: int) -> RecentReply | None:
        """Return a reply by the id of its message, if it is still known."""
        return self._replies.get(message_id)

    def reply_to(self, note_id: int) -> int | None:
        """Return the id of the reply with the results of a message, if there is one."""
        replies = [
            reply_id
            for reply_id, reply in self._replies.items()
            if reply.note_id == note_id
            and any(isinstance(one.outcome, AnalysisResult) for one in reply.results)
        ]
        return replies[-1] if replies else None

    def lock(self, note_id: int) -> asyncio.Lock:
        """Return the lock to hold while a message is answered."""
        return self._locks.setdefault(note_id, asyncio.Lock())

    def forget_all(self) -> None:
        """Forget every reply, because some may be about a person who has just opted out."""
        self._replies.clear()

    def forget(self, message_id: int) -> None:
        """Forget a reply that was deleted."""
        self._replies.pop(message_id, None)
