"""What was answered lately, for the buttons under answers: in memory, bounded, and never on a disk.

A restart forgets it all, and so do a few hundred further answers: then a button hears the voice
note again, or asks somebody who knows.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

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
    """

    answers: tuple[Answer, ...]
    asker_id: int


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

    def keep(self, message_id: int, answers: Sequence[Answer], *, asker_id: int) -> None:
        """Keep what a reply says, in the place of what is known of it."""
        self._replies[message_id] = RecentReply(tuple(answers), asker_id)
        self._replies.move_to_end(message_id)
        while len(self._replies) > self._most:
            self._replies.popitem(last=False)

    def get(self, message_id: int) -> RecentReply | None:
        """Give what a reply says, if it is still known."""
        return self._replies.get(message_id)

    def forget(self, message_id: int) -> None:
        """Forget a reply, because it was deleted."""
        self._replies.pop(message_id, None)
