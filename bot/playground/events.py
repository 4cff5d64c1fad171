"""What happens in the world, told to whoever listens: the gateway, the page, the tests."""

from dataclasses import dataclass

from bot.playground.messages import Message


@dataclass(frozen=True)
class MessageCreated:
    """Somebody sent a message."""

    message: Message


@dataclass(frozen=True)
class MessageEdited:
    """Somebody changed a message; this is how it reads now."""

    message: Message


@dataclass(frozen=True)
class MessageDeleted:
    """A message is gone."""

    channel_id: int
    message_id: int


@dataclass(frozen=True)
class TypingStarted:
    """Somebody types; Discord shows that for ten seconds or until their message arrives."""

    channel_id: int
    person_id: int


@dataclass(frozen=True)
class ChannelChanged:
    """What the bot may do in the channel has changed."""

    channel_id: int


@dataclass(frozen=True)
class BotPresenceChanged:
    """The bot has come online, or gone offline."""

    online: bool


Event = (
    MessageCreated
    | MessageEdited
    | MessageDeleted
    | TypingStarted
    | ChannelChanged
    | BotPresenceChanged
)
