"""The world of the playground: who is there, what was said, and who wants to hear of it.

Everything changes here and nowhere else, synchronously, so that nobody ever sees half a change;
whoever subscribed is then told what happened. Nothing is kept on disk.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.playground.attachments import Attachment, AttachmentStore, Upload
from bot.playground.errors import ApiError, PlaygroundError, unknown
from bot.playground.events import (
    BotPresenceChanged,
    ChannelChanged,
    Event,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    TypingStarted,
)
from bot.playground.guild import BOT_ROLE_ID, CHANNELS, Channel, guild_json
from bot.playground.history import History
from bot.playground.mentions import AllowedMentions, Pings, pings_of
from bot.playground.messages import Draft, Message, Revision, place_pictures
from bot.playground.people import BOT, COLOURS, YOU, Person
from bot.playground.permissions import Intent, Permission
from bot.playground.snowflakes import SnowflakeMaker


class World:
    """The server, its channels, its people and their messages.

    Attributes
    ----------
    people
        Everybody, by id.
    channels
        All channels, by id, the conversation with the bot among them.
    you, bot
        The person at the page, and Undertone.
    attachments
        The files of all messages.
    privileged_intents
        Those that the bot's owner has switched on; asking for another closes the gateway.
    bot_online
        Whether the bot is connected.
    accepts_direct_messages
        Whether people let the bot write to them.
    """

    def __init__(self) -> None:
        self.people: dict[int, Person] = {YOU.id: YOU, BOT.id: BOT}
        self.channels: dict[int, Channel] = {channel.id: channel for channel in CHANNELS}
        self.you = YOU
        self.bot = BOT
        self.attachments = AttachmentStore()
        self.privileged_intents = Intent.MESSAGE_CONTENT
        self.bot_online = False
        self.accepts_direct_messages = True
        self.new_id = SnowflakeMaker()
        self._histories = {channel_id: History() for channel_id in self.channels}
        self._listeners: list[Callable[[Event], None]] = []

    # Who listens

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Have a listener told of everything from now on, until the returned function is called."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def _tell(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            listener(event)

    # Who and what is there

    def guild_json(self) -> dict[str, Any]:
        """Describe the server as it is now."""
        return guild_json(list(self.people.values()), list(self.channels.values()))

    def add_person(self, name: str) -> Person:
        """Let somebody else join the server.

        Raises
        ------
        PlaygroundError
            Somebody there has that name.
        """
        if name.casefold() in {person.name.casefold() for person in self.people.values()}:
            raise PlaygroundError(f"Somebody called {name} is there already.")
        colour = COLOURS[len(self.people) % len(COLOURS)]
        person = Person(id=self.new_id(), name=name, colour=colour)
        self.people[person.id] = person
        return person

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
        """Find a text channel by its name, or the conversation with the bot by the bot's.

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
        person = self.people.get(person_id)
        if person is None:
            raise unknown("User", 10013)
        if person.bot:
            raise ApiError(403, 50007, "Cannot send messages to this user")
        for channel in self.channels.values():
            if channel.kind == "dm" and person in channel.recipients:
                return channel
        channel = Channel(id=self.new_id(), name=person.name, kind="dm", recipients=(person,))
        self.channels[channel.id] = channel
        self._histories[channel.id] = History()
        return channel

    def messages(self, channel_id: int) -> list[Message]:
        """Give a channel's messages, oldest first.

        Raises
        ------
        ApiError
            There is no such channel (10003).
        """
        return self._history(channel_id).all()

    def message(self, channel_id: int, message_id: int) -> Message:
        """Find a message.

        Raises
        ------
        ApiError
            There is no such channel (10003) or message (10008).
        """
        return self._history(channel_id).find(message_id)

    # What happens

    def post(self, draft: Draft) -> Message:
        """Send a message, and tell everybody.

        Raises
        ------
        ApiError
            There is no such channel (10003), or no such message to reply to (10008).
        """
        channel = self.channel(draft.channel_id)
        if draft.reply_to is not None:
            self.message(channel.id, draft.reply_to)
        attachments = self._keep(channel, draft.uploads)
        embeds, shown = place_pictures(draft.embeds, attachments)
        message = Message(
            id=self.new_id(),
            channel_id=channel.id,
            author_id=draft.author_id,
            content=draft.content,
            attachments=_marked(attachments, shown),
            embeds=embeds,
            components=tuple(draft.components),
            reply_to=draft.reply_to,
            flags=draft.flags,
            nonce=draft.nonce,
            tts=draft.tts,
        )
        message = replace(message, pings=self._pings(message, draft.allowed_mentions))
        for oldest in self._history(channel.id).put(message):
            self._discard(oldest.attachments)
        self.channels[channel.id] = replace(channel, last_message_id=message.id)
        self._tell(MessageCreated(message))
        return message

    def edit(self, channel_id: int, message_id: int, revision: Revision) -> Message:
        """Change a message, and tell everybody.

        Raises
        ------
        ApiError
            There is no such channel (10003) or message (10008).
        """
        channel, old = self.channel(channel_id), self.message(channel_id, message_id)
        kept = revision.kept_attachments
        stay = [file for file in old.attachments if kept is None or file.id in kept]
        gone = [file for file in old.attachments if file not in stay]
        attachments = [*stay, *self._keep(channel, revision.uploads)]
        message = replace(old, attachments=tuple(attachments), edited_at=datetime.now(UTC))
        if revision.embeds is not None:
            embeds, shown = place_pictures(revision.embeds, attachments)
            message = replace(message, embeds=embeds, attachments=_marked(attachments, shown))
        if revision.content is not None:
            message = replace(message, content=revision.content)
            message = replace(message, pings=self._pings(message, revision.allowed_mentions))
        if revision.components is not None:
            message = replace(message, components=tuple(revision.components))
        if revision.flags is not None:
            message = replace(message, flags=revision.flags)
        self._history(channel.id).put(message)
        self._discard(gone)
        self._tell(MessageEdited(message))
        return message

    def delete(self, channel_id: int, message_id: int) -> None:
        """Take a message and its files away, and tell everybody.

        Raises
        ------
        ApiError
            There is no such channel (10003) or message (10008).
        """
        self._discard(self._history(channel_id).remove(message_id).attachments)
        self._tell(MessageDeleted(channel_id, message_id))

    def start_typing(self, channel_id: int, person_id: int) -> None:
        """Tell everybody that somebody types.

        Raises
        ------
        ApiError
            There is no such channel (10003).
        """
        self._tell(TypingStarted(self.channel(channel_id).id, person_id))

    def set_denied(self, channel_id: int, denied: Permission) -> None:
        """Say what the bot may not do in a channel, and tell everybody.

        Raises
        ------
        ApiError
            There is no such channel (10003).
        """
        self.channels[channel_id] = replace(self.channel(channel_id), denied=denied)
        self._tell(ChannelChanged(channel_id))

    def set_bot_online(self, online: bool) -> None:
        """Say whether the bot is connected, and tell everybody if that is news."""
        if online != self.bot_online:
            self.bot_online = online
            self._tell(BotPresenceChanged(online))

    def _history(self, channel_id: int) -> History:
        return self._histories[self.channel(channel_id).id]

    def _keep(self, channel: Channel, uploads: Iterable[Upload]) -> list[Attachment]:
        return [self.attachments.keep(channel.id, self.new_id(), upload) for upload in uploads]

    def _discard(self, attachments: Iterable[Attachment]) -> None:
        for attachment in attachments:
            self.attachments.discard(attachment.id)

    def _pings(self, message: Message, allowed: AllowedMentions) -> Pings:
        channel, history = self.channel(message.channel_id), self._history(message.channel_id)
        in_server = channel.kind == "text"
        by_bot = message.author_id == self.bot.id
        reply_to = message.reply_to
        return pings_of(
            message.content,
            allowed=allowed,
            people=self.people
            if in_server
            else [person.id for person in (self.bot, *channel.recipients)],
            roles=[BOT_ROLE_ID] if in_server else [],
            may_ping_everyone=not by_bot or Permission.MENTION_EVERYONE in channel.bot_may,
            replied_to=history.find(reply_to).author_id
            if reply_to is not None and reply_to in history
            else None,
        )


def _marked(attachments: Iterable[Attachment], shown: frozenset[int]) -> tuple[Attachment, ...]:
    return tuple(replace(attachment, embedded=attachment.id in shown) for attachment in attachments)
