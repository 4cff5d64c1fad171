"""What was answered lately, for the buttons under answers: in memory, bounded, and never on a disk.

A restart forgets it all, and so do a few hundred further answers: then a button hears the voice
note again, or asks somebody who knows.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from bot.analysis import Hearing
from bot.bounded_dict import BoundedDict
from bot.views import Answer

MAX_REPLIES = 300  # with pictures of some ten kilobytes each, a few megabytes


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
    """The latest replies, by the id of their message."""

    def __init__(self) -> None:
        self._replies: BoundedDict[int, RecentReply] = BoundedDict(MAX_REPLIES)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

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
        self._replies[message_id] = RecentReply(tuple(answers), asker_id, note_id)

    def get(self, message_id: int) -> RecentReply | None:
        """Return what a reply says, if it is still known."""
        return self._replies.get(message_id)

    def about(self, note_id: int) -> int | None:
        """Return the id of the reply that tells what is heard in a message, if there is one."""
        heard = [
            reply_id
            for reply_id, reply in self._replies.items()
            if reply.note_id == note_id
            and any(isinstance(one.outcome, Hearing) for one in reply.answers)
        ]
        return heard[-1] if heard else None

    def turn(self, note_id: int) -> asyncio.Lock:
        """Return what to hold to answer a message while nobody else does."""
        return self._turns.setdefault(note_id, asyncio.Lock())

    def forget_all(self) -> None:
        """Forget every reply, because some may be about somebody who is not to be heard any more.

        What buttons are asked for is then heard again, or refused.
        """
        self._replies.clear()

    def forget(self, message_id: int) -> None:
        """Forget a reply, because it was deleted."""
        self._replies.pop(message_id, None)
