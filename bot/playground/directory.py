"""Who is there and where: people, channels, and who wants to hear of what happens to them."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from bot.playground.channels import CHANNELS, GUILD_ID, Channel
from bot.playground.errors import ApiError, PlaygroundError, unknown
from bot.playground.events import ChannelChanged, Event, PersonChanged
from bot.playground.guild import guild_json
from bot.playground.people import BOT, COLOURS, DEFAULT_LOCALE, FRIEND, MODERATOR, YOU, Person
from bot.playground.permissions import Permission
from bot.playground.snowflakes import SnowflakeMaker


class Directory:
    """The people and the channels.

    Attributes
    ----------
    people
        Everybody, by id.
    channels
        All channels, by id, the conversations among them.
    you, friend, moderator, bot
        The person at the page, another one, one who may manage the server, and Undertone.
    """

    def __init__(self) -> None:
        self.people: dict[int, Person] = {
            person.id: person for person in (YOU, BOT, FRIEND, MODERATOR)
        }
        self.channels: dict[int, Channel] = {channel.id: channel for channel in CHANNELS}
        self.you, self.friend, self.moderator, self.bot = YOU, FRIEND, MODERATOR, BOT
        self.new_id = SnowflakeMaker()
        self._locales: dict[int, str] = {}
        self._listeners: list[Callable[[Event], None]] = []

    # Who listens

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Have a listener told of everything from now on, until the returned function is called."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def tell(self, event: Event) -> None:
        """Tell everybody who listens what has happened."""
        for listener in tuple(self._listeners):
            listener(event)

    # People

    def guild_json(self) -> dict[str, Any]:
        """Describe the server as it is now."""
        return guild_json(list(self.people.values()), list(self.channels.values()))

    def person(self, person_id: int) -> Person:
        """Find a person or the bot.

        Raises
        ------
        ApiError
            There is nobody with this id (10013).
        """
        try:
            return self.people[person_id]
        except KeyError as cause:
            raise unknown("User", 10013) from cause

    def add_person(self, name: str, *, moderator: bool = False) -> Person:
        """Let somebody else join the server.

        Raises
        ------
        PlaygroundError
            Somebody there has that name.
        """
        if name.casefold() in {person.name.casefold() for person in self.people.values()}:
            raise PlaygroundError(f"Somebody called {name} is there already.")
        colour = COLOURS[len(self.people) % len(COLOURS)]
        person = Person(id=self.new_id(), name=name, colour=colour, moderator=moderator)
        self.people[person.id] = person
        self.tell(PersonChanged(person.id))
        return person

    def locale_of(self, person_id: int) -> str:
        """Give the language in which somebody uses Discord, as ``"en-US"``."""
        return self._locales.get(person_id, DEFAULT_LOCALE)

    def set_locale(self, person_id: int, locale: str) -> None:
        """Say in which language somebody uses Discord from now on.

        Raises
        ------
        ApiError
            There is nobody with this id (10013).
        """
        self._locales[self.person(person_id).id] = locale
        self.tell(PersonChanged(person_id))

    # Channels

    def channel(self, channel_id: int) -> Channel:
        """Find a channel.

        Raises
        ------
        ApiError
            There is none with this id (10003).
        """
        try:
            return self.channels[channel_id]
        except KeyError as cause:
            raise unknown("Channel", 10003) from cause

    def channel_named(self, name: str) -> Channel:
        """Find a channel of the server by its name, or your conversation with the bot by its.

        Raises
        ------
        PlaygroundError
            There is none.
        """
        for channel in self.channels.values():
            if channel.name == name:
                return channel
        raise PlaygroundError(f"There is no channel {name!r} here.")

    def direct_channel(self, person_id: int) -> Channel:
        """Find the conversation of the bot with a person, or begin one.

        Raises
        ------
        ApiError
            There is no such person (10013), or it is a bot (50007).
        """
        person = self.person(person_id)
        if person.bot:
            raise ApiError(403, 50007, "Cannot send messages to this user")
        for channel in self.channels.values():
            if channel.kind == "dm" and channel.seen_by(person.id):
                return channel
        name = person.name
        return self._add(Channel(id=self.new_id(), name=name, kind="dm", recipients=(person,)))

    def private_channel(self, people: Iterable[Person]) -> Channel:
        """Find the conversation of people among themselves, or begin one: the bot is not in it."""
        recipients = tuple(sorted(people, key=lambda person: person.id))
        for channel in self.channels.values():
            if channel.kind == "private" and channel.recipients == recipients:
                return channel
        name = ", ".join(person.name for person in recipients)
        return self._add(
            Channel(id=self.new_id(), name=name, kind="private", recipients=recipients)
        )

    def add_thread(self, parent_id: int, name: str) -> Channel:
        """Begin a thread in a channel of the server.

        Raises
        ------
        ApiError
            There is no such channel (10003).
        """
        parent = self.channel(parent_id)
        return self._add(Channel(id=self.new_id(), name=name, kind="thread", parent_id=parent.id))

    def put_away(self, thread_id: int, *, archived: bool = True, locked: bool = False) -> None:
        """Archive a thread, or take it out again, and tell everybody.

        Raises
        ------
        ApiError
            There is no such thread (10003).
        """
        thread = self.channel(thread_id)
        self.channels[thread.id] = replace(thread, archived=archived, locked=locked)
        self.tell(ChannelChanged(thread.id))

    def set_denied(self, channel_id: int, denied: Permission) -> None:
        """Say what the bot may not do in a channel, and tell everybody.

        Raises
        ------
        ApiError
            There is no such channel (10003).
        """
        self.channels[channel_id] = replace(self.channel(channel_id), denied=denied)
        self.tell(ChannelChanged(channel_id))

    def place_of(self, channel_id: int) -> dict[str, str]:
        """Give a channel's id, and that of its server if it is in one, as Discord's JSON does."""
        place = {"channel_id": str(channel_id)}
        return place | {"guild_id": str(GUILD_ID)} if self.channel(channel_id).guild_id else place

    def _add(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self.tell(ChannelChanged(channel.id, new=True))
        return channel
