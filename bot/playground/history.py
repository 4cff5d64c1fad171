"""The last messages of each channel, and those that only one person sees."""

from collections import OrderedDict, defaultdict

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


class Histories:
    """The last messages of all channels.

    What only one person sees is kept apart: it is in no channel's history.
    """

    def __init__(self) -> None:
        self._public: defaultdict[int, History] = defaultdict(History)
        self._private: defaultdict[int, History] = defaultdict(History)

    def public(self, channel_id: int) -> History:
        """Give a channel's messages that all in it see."""
        return self._public[channel_id]

    def private(self, channel_id: int) -> History:
        """Give a channel's messages that only one person each sees."""
        return self._private[channel_id]

    def holding(self, channel_id: int, message_id: int) -> History:
        """Give that history of a channel that has a message; the public one if neither has."""
        private = self._private[channel_id]
        return private if message_id in private else self._public[channel_id]

    def of(self, message: Message) -> History:
        """Give the history that a message belongs into."""
        kept = self._public if message.visible_to is None else self._private
        return kept[message.channel_id]
