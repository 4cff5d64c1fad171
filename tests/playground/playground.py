"""The playground, with methods for what people do at the page, and with faults."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.playground import Playground as BarePlayground
from bot.playground import PlaygroundError
from bot.playground.page.voice_message import WAV_MAGIC
from bot.playground.rest.rate_limits import Limit
from bot.playground.world import (
    Channel,
    Message,
    MessageFlag,
    Person,
    Upload,
    events,
    message_json,
)
from bot.playground.world.channels import VOICE_NOTES_ID
from tests.playground.faults import Faults
from tests.playground.invocation import Invocation

UNLIMITED = Limit(requests=10**6, seconds=1.0)

Json = dict[str, Any]


class Playground(BarePlayground):
    """A playground whose people are controlled by a test.

    Where no person is named, it is the one at the page; where no channel is, it is the server's
    first. What Discord's client would not let a person do raises a `PlaygroundError`.

    Attributes
    ----------
    faults
        Faults on demand.
    command_syncs
        How often the bot has registered its commands.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.faults = Faults(self)
        self.command_syncs = 0
        self.world.subscribe(self._count_syncs)

    async def __aenter__(self) -> "Playground":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def application(self) -> web.Application:
        """Return the application, with the faults before all handlers."""
        application = super().application()
        application.middlewares.append(self.faults.middleware)
        return application

    def lift_rate_limits(self) -> None:
        """Remove the rate limits."""
        self.rest.rate_limits.limits.clear()
        self.rest.rate_limits.default = UNLIMITED

    async def say(
        self,
        channel_id: int,
        content: str = "",
        *,
        files: Sequence[Upload] = (),
        voice: Upload | None = None,
        author: Person | None = None,
    ) -> Message:
        """Post a message as a person.

        A `voice` message that is a WAV file is encoded as Discord does; anything else is sent as
        it is, with the duration and waveform that it declares.
        """
        recording = None
        flags = MessageFlag.NONE
        if voice is not None and (voice.data[:4], voice.data[8:12]) == WAV_MAGIC:
            recording = voice.data
        elif voice is not None:
            files, flags = [*files, voice], MessageFlag.VOICE_MESSAGE
        author = author or self.world.you
        message = Message(channel_id=channel_id, author_id=author.id, content=content, flags=flags)
        return await self.page.post(message, uploads=files, recording=recording)

    def bot_messages(self, channel_id: int | None = None) -> list[Json]:
        """Return what the bot has said, in one channel or all of them, oldest first, as JSON."""
        return self._json(lambda one: one.author_id == self.world.bot.id, channel_id)

    def ephemeral_messages(self, person: Person | None = None) -> list[Json]:
        """Return what only this person sees, oldest first, as JSON."""
        person_id = (person or self.world.you).id
        return self._json(lambda one: one.visible_to == person_id, seen_by=person_id)

    async def wait_for_reply(self, message_id: int, timeout: float = 30.0) -> Json:  # noqa: ASYNC109
        """Wait until the bot has replied to a message, and return the reply as JSON.

        Raises
        ------
        PlaygroundError
            The bot has not replied in time.
        """

        def is_wanted(message: Message) -> bool:
            return (message.author_id, message.reply_to) == (self.world.bot.id, message_id)

        news = asyncio.Event()
        unsubscribe = self.world.subscribe(lambda _: news.set())
        try:
            async with asyncio.timeout(timeout):
                while not (replies := self._json(is_wanted)):
                    news.clear()
                    await news.wait()
            return replies[0]
        except TimeoutError as cause:
            raise PlaygroundError(f"The bot has not replied within {timeout:g} seconds.") from cause
        finally:
            unsubscribe()

    async def slash(
        self,
        command: str,
        /,
        *,
        person: Person | None = None,
        channel: Channel | int = VOICE_NOTES_ID,
        options: Mapping[str, Any] | None = None,
        **more_options: Any,
    ) -> Invocation:
        """Use a command, ``slash("settings channel", confidence=5)``; files are `Upload`s."""
        values = {**(options or {}), **more_options}
        for name, value in values.items():
            values[name] = value.id if isinstance(value, Channel) else value
        where, person = self._channel(channel), person or self.world.you
        asked = self.client.use_command(command, values, person=person, channel=where)
        return Invocation(self.world, asked)

    async def use_menu(
        self, name: str, message_id: int, /, *, person: Person | None = None
    ) -> Invocation:
        """Choose an entry in the Apps menu of a message."""
        message, person = self.locate(message_id), person or self.world.you
        return Invocation(self.world, self.client.use_message_command(name, message, person=person))

    async def press(
        self, message_id: int | str, custom_id: str, /, *, person: Person | None = None
    ) -> Invocation:
        """Press a button of a message."""
        return await self.choose(message_id, custom_id, None, person=person)

    async def choose(
        self,
        message_id: int | str,
        custom_id: str,
        values: Sequence[str] | None,
        /,
        *,
        person: Person | None = None,
    ) -> Invocation:
        """Choose from a select menu of a message: options' values, or ids of channels or roles."""
        message, person = self.locate(message_id), person or self.world.you
        asked = self.client.use_component(message, custom_id, values, person=person)
        return Invocation(self.world, asked)

    async def forward(
        self, message_id: int, channel: Channel | int, /, *, person: Person | None = None
    ) -> Message:
        """Forward a message to another channel, or the same."""
        message, person = self.locate(message_id), person or self.world.you
        return self.world.forward(message, self._channel(channel), person)

    async def delete(self, message_id: int | str, /, *, person: Person | None = None) -> None:
        """Delete a message, or dismiss one that only this person sees."""
        self.client.delete(self.locate(message_id), person=person or self.world.you)

    def locate(self, message_id: int | str) -> Message:
        """Return a message of any channel, even if only one person sees it."""
        for channel_id in self.world.channels:
            for person_id in self.world.people:
                for message in self.world.messages(channel_id, seen_by=person_id):
                    if message.id == int(message_id):
                        return message
        raise PlaygroundError(f"There is no message {message_id}.")

    def _channel(self, channel: Channel | int) -> Channel:
        return channel if isinstance(channel, Channel) else self.world.channel(channel)

    def _json(
        self,
        wanted: Callable[[Message], bool],
        channel_id: int | None = None,
        *,
        seen_by: int | None = None,
    ) -> list[Json]:
        found = [
            message
            for channel in ([channel_id] if channel_id else self.world.channels)
            for message in self.world.messages(channel, seen_by=seen_by)
            if wanted(message)
        ]
        return [message_json(self.world, one) for one in sorted(found, key=lambda one: one.id)]

    def _count_syncs(self, event: events.Event) -> None:
        self.command_syncs += isinstance(event, events.CommandsChanged)
