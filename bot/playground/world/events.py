"""Events: what happens in the world, for the gateway, the page and the tests."""

from dataclasses import dataclass

from bot.playground.world.channels import Channel
from bot.playground.world.interactions import Interaction
from bot.playground.world.messages import Message
from bot.playground.world.people import Person


class Event:
    """Something that happened."""


@dataclass(frozen=True)
class MessageCreated(Event):
    """A message was posted."""

    message: Message


@dataclass(frozen=True)
class MessageEdited(Event):
    """A message was changed; this is its new state."""

    message: Message


@dataclass(frozen=True)
class MessageDeleted(Event):
    """A message was deleted."""

    message: Message


@dataclass(frozen=True)
class TypingStarted(Event):
    """Somebody types; Discord shows that for ten seconds or until their message arrives."""

    channel_id: int
    person_id: int


@dataclass(frozen=True)
class ChannelCreated(Event):
    """There is a new channel."""

    channel: Channel


@dataclass(frozen=True)
class ChannelChanged(Event):
    """The bot's permissions in a channel changed."""

    channel: Channel


@dataclass(frozen=True)
class LocaleChanged(Event):
    """A person changed their language."""

    person: Person


@dataclass(frozen=True)
class CommandsChanged(Event):
    """The bot has registered other commands."""


@dataclass(frozen=True)
class InteractionCreated(Event):
    """Somebody asks something of the bot."""

    interaction: Interaction


@dataclass(frozen=True)
class InteractionChanged(Event):
    """The bot has answered, or has not answered in time."""

    interaction: Interaction


@dataclass(frozen=True)
class BotPresenceChanged(Event):
    """The bot has come online, or gone offline."""

    online: bool


@dataclass(frozen=True)
class BotMembershipChanged(Event):
    """The bot joined or left the server, or the server is unavailable for a while."""

    is_member: bool
    unavailable: bool = False
