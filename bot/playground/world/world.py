"""The state of the playground: people, channels and messages, and the listeners to its events.

Only this module changes the state, synchronously, so that no task sees a partial change; then it
emits an event to all listeners. Nothing is stored on disk.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from discord import Intents, Permissions
from discord.utils import time_snowflake

from bot.playground.errors import unknown
from bot.playground.world.attachments import Attachment, AttachmentStore, Upload
from bot.playground.world.channels import CHANNELS, Channel
from bot.playground.world.events import (
    BotMembershipChanged,
    BotPresenceChanged,
    ChannelChanged,
    ChannelCreated,
    Event,
    LocaleChanged,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    TypingStarted,
)
from bot.playground.world.guild import guild_json
from bot.playground.world.mentions import AllowedMentions, mentioned_people, mentions_everyone
from bot.playground.world.messages import Message, MessageFlag, with_embedded_pictures
from bot.playground.world.people import BOT, DEFAULT_LOCALE, FRIEND, MODERATOR, YOU, Person

MAX_MESSAGES = 200  # kept in each channel; the oldest are dropped


class World:
    """The people, channels and messages of the playground.

    Attributes
    ----------
    people, channels
        All users, including the bot, and all channels, including direct messages, by id.
    you, friend, moderator, bot
        The default user of the page, another one, one who may manage the server, and Undertone.
    attachments
        The files of all messages.
    privileged_intents
        The privileged intents that are enabled for the bot; the gateway rejects others.
    bot_online
        Whether the bot is connected to the gateway.
    bot_is_member
        Whether the bot is in the server.
    max_messages
        Maximum number of messages that are kept in each channel.
    """

    def __init__(self) -> None:
        self.people = {person.id: person for person in (YOU, BOT, FRIEND, MODERATOR)}
        self.channels = {channel.id: channel for channel in CHANNELS}
        self.you, self.friend, self.moderator, self.bot = YOU, FRIEND, MODERATOR, BOT
        self.attachments = AttachmentStore()
        self.privileged_intents = Intents(message_content=True)
        self.bot_online = False
        self.bot_is_member = True
        self.max_messages = MAX_MESSAGES
        self._messages: dict[int, dict[int, Message]] = {channel.id: {} for channel in CHANNELS}
        self._locales: dict[int, str] = {}
        self._listeners: list[Callable[[Event], None]] = []
        self._last_id = 0

    def guild_json(self) -> dict[str, Any]:
        """Return Discord's guild object for the server."""
        return guild_json(self.people.values(), self.channels.values())

    def new_id(self) -> int:
        """Return a snowflake that is greater than all before, even if the clock is set back."""
        self._last_id = max(self._last_id + 1, time_snowflake(datetime.now(UTC)))
        return self._last_id

    # Events

    def subscribe(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call a listener with every event, until the returned function is called."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            with suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def emit(self, event: Event) -> None:
        """Call every listener with an event."""
        for listener in tuple(self._listeners):
            listener(event)

    # People and channels

    def person(self, person_id: int) -> Person:
        """Return a person, or the bot, by id.

        Raises
        ------
        ApiError
            The user is unknown (10013).
        """
        try:
            return self.people[person_id]
        except KeyError as cause:
            raise unknown("User", 10013) from cause

    def locale_of(self, person_id: int) -> str:
        """Return the locale of a person's client, as ``"en-US"``."""
        return self._locales.get(person_id, DEFAULT_LOCALE)

    def set_locale(self, person_id: int, locale: str) -> None:
        """Set the locale of a person's client."""
        self._locales[person_id] = locale
        self.emit(LocaleChanged(self.person(person_id)))

    def channel(self, channel_id: int) -> Channel:
        """Return a channel by id.

        Raises
        ------
        ApiError
            The channel is unknown (10003).
        """
        try:
            return self.channels[channel_id]
        except KeyError as cause:
            raise unknown("Channel", 10003) from cause

    def add_channel(self, channel: Channel) -> Channel:
        """Add a channel, and emit that it was created."""
        self.channels[channel.id] = channel
        self._messages[channel.id] = {}
        self.emit(ChannelCreated(channel))
        return channel

    def private_channel(self, people: Iterable[Person]) -> Channel:
        """Return the direct message channel between people; create it if there is none."""
        recipients = tuple(sorted(people, key=lambda person: person.id))
        for channel in self.channels.values():
            if channel.kind == "private" and channel.recipients == recipients:
                return channel
        return self.add_channel(
            Channel(id=self.new_id(), name="", kind="private", recipients=recipients)
        )

    def deny(self, channel_id: int, denied: Permissions) -> None:
        """Set the permissions that are denied to the bot in a channel."""
        channel = replace(self.channel(channel_id), denied=denied)
        self.channels[channel_id] = channel
        self.emit(ChannelChanged(channel))

    # Messages

    def messages(self, channel_id: int, *, seen_by: int | None = None) -> list[Message]:
        """Return the messages of a channel, oldest first, with the ephemeral ones of a person.

        Raises
        ------
        ApiError
            The channel is unknown (10003).
        """
        every = self._messages[self.channel(channel_id).id].values()
        return [one for one in every if one.visible_to in (None, seen_by)]

    def message(self, channel_id: int, message_id: int) -> Message:
        """Return a message by id, also an ephemeral one.

        Raises
        ------
        ApiError
            The channel (10003) or the message (10008) is unknown.
        """
        try:
            return self._messages[self.channel(channel_id).id][message_id]
        except KeyError as cause:
            raise unknown("Message", 10008) from cause

    def post(
        self,
        message: Message,
        *,
        uploads: Iterable[Upload] = (),
        allowed_mentions: AllowedMentions | None = None,
    ) -> Message:
        """Post a message with files, and return it with its id, attachments and mentions.

        Raises
        ------
        ApiError
            The channel (10003), or the message to reply to (10008), is unknown.
        """
        channel = self.channel(message.channel_id)
        if message.reply_to is not None:
            self.message(channel.id, message.reply_to)
        message = replace(message, id=self.new_id(), attachments=self._keep(message, uploads))
        message = with_embedded_pictures(self._with_mentions(message, allowed_mentions))
        messages = self._messages[channel.id]
        messages[message.id] = message
        if len(messages) > self.max_messages:
            self._discard(messages.pop(next(iter(messages))).files)
        self.emit(MessageCreated(message))
        return message

    def edit(
        self,
        message: Message,
        *,
        uploads: Iterable[Upload] = (),
        kept: Iterable[Attachment] | None = None,
        allowed_mentions: AllowedMentions | None = None,
        **changes: Any,
    ) -> Message:
        """Edit a message, and return its new state.

        Parameters
        ----------
        message
            The message before the edit.
        uploads, kept
            New files, and old files to keep; None to keep all.
        allowed_mentions
            The mentions that are allowed in the new text.
        changes
            Other fields of `Message`, with their new values.
        """
        old = message.attachments if kept is None else tuple(kept)
        edited = replace(message, **changes, attachments=old + self._keep(message, uploads))
        if message.thinking:  # the content of a deferred response does not count as an edit
            edited = replace(edited, flags=edited.flags & ~MessageFlag.LOADING)
        else:
            edited = replace(edited, edited_at=datetime.now(UTC))
        if "embeds" in changes:
            edited = with_embedded_pictures(edited)
        if "content" in changes:
            edited = self._with_mentions(edited, allowed_mentions)
        self._messages[message.channel_id][message.id] = edited
        self._discard(file for file in message.attachments if file not in old)
        self.emit(MessageEdited(edited))
        return edited

    def delete(self, message: Message) -> None:
        """Delete a message and its files."""
        del self._messages[message.channel_id][message.id]
        self._discard(message.files)
        self.emit(MessageDeleted(message))

    def forward(self, message: Message, channel: Channel, author: Person) -> Message:
        """Forward a message to a channel, with copies of its files."""
        files = [
            self.attachments.copy(file, channel.id, self.new_id()) for file in message.attachments
        ]
        forwarded = replace(message, attachments=tuple(files))
        return self.post(Message(channel_id=channel.id, author_id=author.id, forwarded=forwarded))

    def start_typing(self, channel_id: int, person_id: int) -> None:
        """Emit that a person is typing.

        Raises
        ------
        ApiError
            The channel is unknown (10003).
        """
        self.emit(TypingStarted(self.channel(channel_id).id, person_id))

    # The bot

    def set_bot_online(self, online: bool) -> None:
        """Set whether the bot is connected to the gateway."""
        if online != self.bot_online:
            self.bot_online = online
            self.emit(BotPresenceChanged(online))

    def set_bot_member(self, is_member: bool, *, unavailable: bool = False) -> None:
        """Set whether the bot is in the server, or whether the server is unavailable to it."""
        self.bot_is_member = is_member
        self.emit(BotMembershipChanged(is_member, unavailable))

    def _keep(self, message: Message, uploads: Iterable[Upload]) -> tuple[Attachment, ...]:
        private = message.visible_to is not None
        keep = self.attachments.keep
        return tuple(
            keep(message.channel_id, self.new_id(), upload, ephemeral=private) for upload in uploads
        )

    def _discard(self, attachments: Iterable[Attachment]) -> None:
        for attachment in attachments:
            self.attachments.discard(attachment)

    def _with_mentions(self, message: Message, allowed: AllowedMentions | None) -> Message:
        allowed = allowed or AllowedMentions()
        channel = self.channel(message.channel_id)
        replied = self._messages[channel.id].get(message.reply_to or 0)
        reachable = (
            self.people if channel.in_server else [one.id for one in (BOT, *channel.recipients)]
        )
        by_bot = message.author_id == BOT.id
        may_ping_everyone = not by_bot or channel.bot_permissions.mention_everyone
        return replace(
            message,
            mentions=mentioned_people(
                message.content,
                allowed,
                reachable,
                replied_to=replied.author_id if replied else None,
            ),
            mentions_everyone=may_ping_everyone and mentions_everyone(message.content, allowed),
        )
