"""The world of the playground: who is there, what was said, and who wants to hear of it.

Everything changes here and nowhere else, synchronously, so that nobody ever sees half a change;
whoever subscribed is then told what happened. Nothing is kept on disk.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from bot.playground.attachments import Attachment, AttachmentStore, Upload
from bot.playground.channels import Channel
from bot.playground.directory import Directory
from bot.playground.errors import unknown
from bot.playground.events import (
    BotMembershipChanged,
    BotPresenceChanged,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    TypingStarted,
)
from bot.playground.guild import ROLE_IDS
from bot.playground.history import Histories, History
from bot.playground.mentions import AllowedMentions, Pings, pings_of
from bot.playground.messages import (
    PLAIN_MESSAGE,
    REPLY,
    Draft,
    Forward,
    Message,
    MessageFlag,
    Revision,
    place_pictures,
)
from bot.playground.permissions import Intent, Permission


class World(Directory):
    """The server, its channels, its people and their messages.

    Attributes
    ----------
    attachments
        The files of all messages.
    privileged_intents
        Those that the bot's owner has switched on; asking for another closes the gateway.
    bot_online
        Whether the bot is connected.
    bot_is_member
        Whether it is told of what happens in the server.
    accepts_direct_messages
        Whether people let the bot write to them.
    blocking
        The ids of those who block the bot.
    """

    def __init__(self) -> None:
        super().__init__()
        self.attachments = AttachmentStore()
        self.privileged_intents = Intent.MESSAGE_CONTENT
        self.bot_online = False
        self.bot_is_member = True
        self.accepts_direct_messages = True
        self.blocking: set[int] = set()
        self._histories = Histories()

    # What was said

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

    def find(self, channel_id: int, message_id: int) -> Message:
        """Find a message, even if only one person sees it.

        Raises
        ------
        ApiError
            There is no such channel (10003) or message (10008).
        """
        return self._histories.holding(self.channel(channel_id).id, message_id).find(message_id)

    def locate(self, message_id: int) -> Message:
        """Find a message in whatever channel, even if only one person sees it.

        Raises
        ------
        ApiError
            There is no such message (10008).
        """
        for channel_id in self.channels:
            history = self._histories.holding(channel_id, message_id)
            if message_id in history:
                return history.find(message_id)
        raise unknown("Message", 10008)

    def ephemeral_messages(self, person_id: int, channel_id: int | None = None) -> list[Message]:
        """Give the messages that only this person sees, in one channel or all, oldest first."""
        channels = self.channels if channel_id is None else (channel_id,)
        messages = [
            message
            for channel in channels
            for message in self._histories.private(channel).all()
            if message.visible_to == person_id
        ]
        return sorted(messages, key=lambda message: message.id)

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
            self.find(channel.id, draft.reply_to)
        private = draft.visible_to is not None
        attachments = self._keep(channel, draft.uploads, ephemeral=private)
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
            kind=_kind_of(draft),
            visible_to=draft.visible_to,
            interaction=draft.interaction,
            forward=draft.forward,
        )
        message = replace(message, pings=self._pings(message, draft.allowed_mentions))
        for oldest in self._histories.of(message).put(message):
            self._discard(oldest.files)
        if message.visible_to is None:
            self.channels[channel.id] = replace(channel, last_message_id=message.id)
        self.tell(MessageCreated(message))
        return message

    def edit(self, channel_id: int, message_id: int, revision: Revision) -> Message:
        """Change a message, and tell everybody.

        Raises
        ------
        ApiError
            There is no such channel (10003) or message (10008).
        """
        channel, old = self.channel(channel_id), self.find(channel_id, message_id)
        kept = revision.kept_attachments
        stay = [file for file in old.attachments if kept is None or file.id in kept]
        gone = [file for file in old.attachments if file not in stay]
        private = old.visible_to is not None
        attachments = [*stay, *self._keep(channel, revision.uploads, ephemeral=private)]
        message = replace(old, attachments=tuple(attachments))
        if old.thinking:  # what was promised has come, which is no edit
            message = replace(message, flags=old.flags & ~MessageFlag.LOADING)
        else:
            message = replace(message, edited_at=datetime.now(UTC))
        if revision.embeds is not None:
            embeds, shown = place_pictures(revision.embeds, attachments)
            message = replace(message, embeds=embeds, attachments=_marked(attachments, shown))
        if revision.content is not None:
            message = replace(message, content=revision.content)
            message = replace(message, pings=self._pings(message, revision.allowed_mentions))
        if revision.components is not None:
            message = replace(message, components=tuple(revision.components))
        if revision.flags is not None:
            message = replace(message, flags=revision.flags & ~MessageFlag.LOADING)
        self._histories.of(message).put(message)
        self._discard(gone)
        self.tell(MessageEdited(message))
        return message

    def delete(self, channel_id: int, message_id: int) -> None:
        """Take a message and its files away, and tell everybody.

        Raises
        ------
        ApiError
            There is no such channel (10003) or message (10008).
        """
        history = self._histories.holding(self.channel(channel_id).id, message_id)
        message = history.remove(message_id)
        self._discard(message.files)
        self.tell(MessageDeleted(channel_id, message_id, message.visible_to))

    def forward(self, message: Message, channel_id: int, author_id: int) -> Message:
        """Show a message again elsewhere, as somebody, and tell everybody.

        Raises
        ------
        ApiError
            There is no such channel (10003).
        """
        channel = self.channel(channel_id)
        files = [
            self.attachments.copy(file, channel.id, self.new_id()) for file in message.attachments
        ]
        original = replace(message, attachments=tuple(files))
        return self.post(
            Draft(channel_id=channel.id, author_id=author_id, forward=Forward(original))
        )

    def start_typing(self, channel_id: int, person_id: int) -> None:
        """Tell everybody that somebody types.

        Raises
        ------
        ApiError
            There is no such channel (10003).
        """
        self.tell(TypingStarted(self.channel(channel_id).id, person_id))

    def refuses_bot(self, channel: Channel) -> bool:
        """Say whether the person in a conversation lets the bot not write to them."""
        blocked = any(person.id in self.blocking for person in channel.recipients)
        return blocked or not self.accepts_direct_messages

    def set_bot_online(self, online: bool) -> None:
        """Say whether the bot is connected, and tell everybody if that is news."""
        if online != self.bot_online:
            self.bot_online = online
            self.tell(BotPresenceChanged(online))

    def set_bot_member(self, is_member: bool, *, unavailable: bool = False) -> None:
        """Let the bot into the server, or remove it; or let the server be unavailable to it."""
        self.bot_is_member = is_member
        self.tell(BotMembershipChanged(is_member, unavailable))

    def _history(self, channel_id: int) -> History:
        return self._histories.public(self.channel(channel_id).id)

    def _keep(
        self, channel: Channel, uploads: Iterable[Upload], *, ephemeral: bool
    ) -> list[Attachment]:
        return [
            self.attachments.keep(channel.id, self.new_id(), upload, ephemeral=ephemeral)
            for upload in uploads
        ]

    def _discard(self, attachments: Iterable[Attachment]) -> None:
        for attachment in attachments:
            self.attachments.discard(attachment.id)

    def _pings(self, message: Message, allowed: AllowedMentions) -> Pings:
        channel, reply_to = self.channel(message.channel_id), message.reply_to
        by_bot = message.author_id == self.bot.id
        history = self._histories.holding(channel.id, reply_to or 0)
        return pings_of(
            message.content,
            allowed=allowed,
            people=self.people
            if channel.guild_id
            else [person.id for person in (self.bot, *channel.recipients)],
            roles=ROLE_IDS if channel.guild_id else [],
            may_ping_everyone=not by_bot or Permission.MENTION_EVERYONE in channel.bot_may,
            replied_to=history.find(reply_to).author_id
            if reply_to is not None and reply_to in history
            else None,
        )


def _kind_of(draft: Draft) -> int:
    if draft.kind is not None:
        return draft.kind
    return PLAIN_MESSAGE if draft.reply_to is None else REPLY


def _marked(attachments: Iterable[Attachment], shown: frozenset[int]) -> tuple[Attachment, ...]:
    return tuple(replace(attachment, embedded=attachment.id in shown) for attachment in attachments)
