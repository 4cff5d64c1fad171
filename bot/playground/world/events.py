"""Events: what happens in the world, for the gateway, the page and the tests."""

from dataclasses import dataclass

from bot.playground.world.channels import Channel
from bot.playground.world.interactions import Interaction
from bot.playground.world.messages import Message
from bot.playground.world.people import Person


class Event:
    """Something that happened."""


@dataclass(frozen=True)
class MessageEvent(Event):
    """Something that happened to a message; this is its state now, or before it was deleted."""

    message: Message


class MessageCreated(MessageEvent):
    """A message was posted."""


class MessageEdited(MessageEvent):
    """A message was changed."""


class MessageDeleted(MessageEvent):
    """A message was deleted."""


@dataclass(frozen=True)
class TypingStarted(Event):
    """Somebody types; Discord shows that for ten seconds or until their message arrives."""

    channel_id: int
    person_id: int


@dataclass(frozen=True)
class ChannelEvent(Event):
    """Something that happened to a channel."""

    channel: Channel


class ChannelCreated(ChannelEvent):
    """There is a new channel."""


class ChannelChanged(ChannelEvent):
    """The bot's permissions in a channel changed."""


@dataclass(frozen=True)
class LocaleChanged(Event):
    """A person changed their language."""

    person: Person


class CommandsChanged(Event):
    """The bot has registered other commands."""


@dataclass(frozen=True)
class InteractionEvent(Event):
    """Something that happened to an interaction."""

    interaction: Interaction


class InteractionCreated(InteractionEvent):
    """Somebody asks something of the bot."""


class InteractionChanged(InteractionEvent):
    """The bot has answered, or has not answered in time."""


@dataclass(frozen=True)
class BotPresenceChanged(Event):
    """The bot has come online, or gone offline."""

    online: bool


@dataclass(frozen=True)
class BotMembershipChanged(Event):
    """The bot joined or left the server, or the server is unavailable for a while."""

    is_member: bool
    unavailable: bool = False
