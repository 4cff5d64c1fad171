"""Events of the world, to which the gateway, the page and the tests subscribe."""

from dataclasses import dataclass

from bot.playground.world.channels import Channel
from bot.playground.world.interactions import Interaction
from bot.playground.world.messages import Message
from bot.playground.world.people import Person


class Event:
    """Base class of all events."""


@dataclass(frozen=True)
class MessageEvent(Event):
    """An event about a message, with its new state, or its last one before it was deleted."""

    message: Message


class MessageCreated(MessageEvent):
    """A message was posted."""


class MessageEdited(MessageEvent):
    """A message was changed."""


class MessageDeleted(MessageEvent):
    """A message was deleted."""


@dataclass(frozen=True)
class TypingStarted(Event):
    """Somebody is typing; Discord shows it for ten seconds or until their message arrives."""

    channel_id: int
    person_id: int


@dataclass(frozen=True)
class ChannelEvent(Event):
    """An event about a channel."""

    channel: Channel


class ChannelCreated(ChannelEvent):
    """A channel was created."""


class ChannelChanged(ChannelEvent):
    """The permissions of the bot in a channel were changed."""


@dataclass(frozen=True)
class LocaleChanged(Event):
    """A person changed their language."""

    person: Person


class CommandsChanged(Event):
    """The bot registered its commands."""


@dataclass(frozen=True)
class InteractionEvent(Event):
    """An event about an interaction."""

    interaction: Interaction


class InteractionCreated(InteractionEvent):
    """Somebody used a command or a component."""


class InteractionChanged(InteractionEvent):
    """The bot responded, or failed to respond in time."""


@dataclass(frozen=True)
class BotPresenceChanged(Event):
    """The bot went online or offline."""

    online: bool


@dataclass(frozen=True)
class BotMembershipChanged(Event):
    """The bot joined or left the server, or the server became unavailable."""

    is_member: bool
    unavailable: bool = False
