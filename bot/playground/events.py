"""What happens in the world, told to whoever listens: the gateway, the page, the tests."""

from dataclasses import dataclass

from bot.playground.interactions import Interaction
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
    visible_to: int | None = None  # id of the only person who saw it; None: all in the channel


@dataclass(frozen=True)
class TypingStarted:
    """Somebody types; Discord shows that for ten seconds or until their message arrives."""

    channel_id: int
    person_id: int


@dataclass(frozen=True)
class ChannelChanged:
    """There is a new channel, or another is not as it was."""

    channel_id: int
    new: bool = False


@dataclass(frozen=True)
class PersonChanged:
    """There is somebody new, or they changed their language."""

    person_id: int


@dataclass(frozen=True)
class CommandsChanged:
    """The bot has registered other commands."""


@dataclass(frozen=True)
class InteractionBegun:
    """Somebody asks something of the bot."""

    interaction: Interaction


@dataclass(frozen=True)
class InteractionChanged:
    """The bot has answered, or has not answered in time."""

    interaction: Interaction


@dataclass(frozen=True)
class BotPresenceChanged:
    """The bot has come online, or gone offline."""

    online: bool


@dataclass(frozen=True)
class BotMembershipChanged:
    """The bot was let into the server or removed from it, or the server is unwell for a while."""

    is_member: bool
    unavailable: bool = False


Event = (
    MessageCreated
    | MessageEdited
    | MessageDeleted
    | TypingStarted
    | ChannelChanged
    | PersonChanged
    | CommandsChanged
    | InteractionBegun
    | InteractionChanged
    | BotPresenceChanged
    | BotMembershipChanged
)
