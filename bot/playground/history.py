"""The last messages of each channel."""

from collections import OrderedDict

from bot.playground.errors import unknown
from bot.playground.messages import Message

MAX_MESSAGES = 200  # kept in each channel; the oldest go first


class History:
    """The last messages of one channel, oldest first."""

    def __init__(self) -> None:
        self._messages: OrderedDict[int, Message] = OrderedDict()

    def __contains__(self, message_id: object) -> bool:
        return message_id in self._messages

    def all(self) -> list[Message]:
        """Give all messages that are kept."""
        return list(self._messages.values())

    def find(self, message_id: int) -> Message:
        """Find a message.

        Raises
        ------
        ApiError
            It is not there, or no longer (10008).
        """
        try:
            return self._messages[message_id]
        except KeyError as cause:
            raise unknown("Message", 10008) from cause

    def put(self, message: Message) -> list[Message]:
        """Keep a message, in the place of its older self if there is one.

        Returns
        -------
        list of Message
            Those that there is no more room for.
        """
        self._messages[message.id] = message
        surplus = len(self._messages) - MAX_MESSAGES
        return [self._messages.popitem(last=False)[1] for _ in range(surplus)]

    def remove(self, message_id: int) -> Message:
        """Take a message out.

        Raises
        ------
        ApiError
            It is not there, or no longer (10008).
        """
        message = self.find(message_id)
        del self._messages[message_id]
        return message
