"""The playground as a whole: everything put together behind one address."""

import asyncio
import errno
import ipaddress
import secrets
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.playground import page as page_module
from bot.playground import rest as rest_module
from bot.playground.actors import Actors
from bot.playground.asking import Asking
from bot.playground.attachments import Upload
from bot.playground.errors import PlaygroundError
from bot.playground.events import Event, MessageCreated
from bot.playground.faults import Faults
from bot.playground.gateway import Gateway
from bot.playground.guard import Guard
from bot.playground.messages import Draft, Message, MessageFlag
from bot.playground.open_interactions import OpenInteractions
from bot.playground.page import Page
from bot.playground.page_actions import PageActions
from bot.playground.payloads import message_json
from bot.playground.people import Person
from bot.playground.rest import Rest
from bot.playground.voice_message import WAV_MAGIC
from bot.playground.world import World

DEFAULT_PORT = 8765
DEFAULT_HOST = "127.0.0.1"
SHUTDOWN_SECONDS = 0.5  # for what is under way when the playground stops
TOKEN_BYTES = 24

Json = dict[str, Any]


class Playground(Actors):
    """A stand-in for Discord on this machine, for one bot and the person at the page.

    Parameters
    ----------
    port
        To listen on; 0 for any that is free.
    host
        IPv4 address to listen on, one of this machine's loopback interface.

    Raises
    ------
    PlaygroundError
        Others than this machine could reach that address.

    Attributes
    ----------
    page_url, api_url, gateway_url
        Where the page, the REST API and the gateway are; known once it has started.
    token
        With which the bot logs in here.
    world
        The server, its channels, people and messages.
    faults
        What goes wrong on demand.
    rate_limits
        How fast the bot may send.
    commands
        What the bot has registered.
    interactions
        What people have asked of the bot, and how much time it has to answer.
    """

    def __init__(self, *, port: int = DEFAULT_PORT, host: str = DEFAULT_HOST) -> None:
        self.token = f"playground.{secrets.token_urlsafe(TOKEN_BYTES)}"
        world = World()
        self._gateway = Gateway(world, self.token)
        self.faults = Faults(world, self._gateway)
        self.interactions = OpenInteractions(world)
        self._rest = Rest(world, self.token, self.interactions)
        self.commands = self._rest.commands
        asking = Asking(world, self.commands, self.interactions)
        super().__init__(world, asking)
        self._actions = PageActions(world, self.commands, self.interactions, asking, self.faults)
        self.rate_limits = self._rest.rate_limits
        self._page = Page(world)
        self._guard = Guard()
        self._host = _checked_host(host)
        self._wanted_port = port
        self._runner: web.AppRunner | None = None
        self._set_address(port)

    async def start(self) -> None:
        """Listen from now on.

        Raises
        ------
        PlaygroundError
            It cannot listen there.
        """
        runner = web.AppRunner(
            self._application(),
            access_log=None,
            handle_signals=False,
            handler_cancellation=True,
            shutdown_timeout=SHUTDOWN_SECONDS,
        )
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._wanted_port)
        try:
            await site.start()
        except (OSError, OverflowError) as cause:
            await runner.cleanup()
            raise _cannot_listen(self._wanted_port, cause) from cause
        self._runner = runner
        self._set_address(runner.addresses[0][1])

    async def stop(self) -> None:
        """Say goodbye to everybody, and listen no more."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> "Playground":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def say(
        self,
        channel_id: int,
        content: str = "",
        *,
        files: Sequence[Upload] = (),
        voice: Upload | None = None,
        author: Person | None = None,
    ) -> Message:
        """Send a message as a person.

        Parameters
        ----------
        channel_id
            Where to.
        content
            Text; ``@Undertone`` in it becomes a mention.
        files
            What is attached.
        voice
            A voice message: a WAV file is encoded as Discord does, anything else is sent as it
            is, with whatever duration and waveform it claims to have.
        author
            Who sends it; the person at the page if nobody else.

        Raises
        ------
        PlaygroundError
            There is no such channel, nothing to send, too much, or the recording cannot be used.
        """
        draft = Draft(
            channel_id=int(channel_id),
            author_id=(author or self.world.you).id,
            content=content,
            uploads=tuple(files),
        )
        if voice is None:
            return await self._page.say(draft)
        if (voice.data[:4], voice.data[8:12]) == WAV_MAGIC:
            return await self._page.say(draft, recording=voice.data)
        as_it_is = Draft(
            channel_id=draft.channel_id,
            author_id=draft.author_id,
            content=content,
            uploads=(*draft.uploads, voice),
            flags=MessageFlag.VOICE_MESSAGE,
        )
        return await self._page.say(as_it_is)

    def set_heartbeat(self, seconds: float) -> None:
        """Set how often a bot that connects from now on is told to give a sign of life."""
        self._gateway.heartbeat_seconds = seconds

    def bot_messages(self, channel_id: int | None = None) -> list[Json]:
        """Give what the bot has said, in one channel or all of them, oldest first, as JSON."""
        channels = self.world.channels if channel_id is None else (int(channel_id),)
        said = [
            message
            for channel in channels
            for message in self.world.messages(channel)
            if message.author_id == self.world.bot.id
        ]
        return [message_json(self.world, one) for one in sorted(said, key=lambda one: one.id)]

    async def wait_for_reply(self, message_id: int, timeout: float = 30.0) -> Json:  # noqa: ASYNC109
        """Wait until the bot has replied to a message, and give the reply as JSON.

        Parameters
        ----------
        message_id
            Of the message that is replied to.
        timeout
            Seconds to wait.

        Raises
        ------
        PlaygroundError
            The bot has not replied in time.
        """
        wanted = int(message_id)
        arrived: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

        def look(message: Message) -> None:
            by_bot = message.author_id == self.world.bot.id
            if by_bot and message.reply_to == wanted and not arrived.done():
                arrived.set_result(message)

        def hear(event: Event) -> None:
            if isinstance(event, MessageCreated):
                look(event.message)

        unsubscribe = self.world.subscribe(hear)
        try:
            for channel_id in self.world.channels:
                for message in self.world.messages(channel_id):
                    look(message)
            async with asyncio.timeout(timeout):
                return message_json(self.world, await arrived)
        except TimeoutError as cause:
            raise PlaygroundError(f"The bot has not replied within {timeout:g} seconds.") from cause
        finally:
            unsubscribe()

    def _application(self) -> web.Application:
        application = web.Application(
            middlewares=[self._guard.middleware, self.faults.middleware],
        )
        application.on_response_prepare.append(self._guard.add_headers)
        application.on_shutdown.append(self._say_goodbye)
        application.add_routes(
            [
                *self._page.routes(),
                web.get("/gateway", self._gateway.serve),
                web.get("/gateway/", self._gateway.serve),
                *self.world.attachments.routes(),
            ]
        )
        application.add_subapp(rest_module.PREFIX, self._rest.application())
        application.add_subapp(page_module.PREFIX, self._page.application(*self._actions.routes()))
        return application

    async def _say_goodbye(self, _: web.Application) -> None:
        self._gateway.close()
        self._page.close()

    def _set_address(self, port: int) -> None:
        self.page_url = f"http://{self._host}:{port}"
        self.api_url = f"{self.page_url}{rest_module.PREFIX}"
        self.gateway_url = f"ws://{self._host}:{port}/gateway"
        self._guard.set_address(self._host, port)
        self._gateway.url = self._rest.gateway_url = self.gateway_url
        self.world.attachments.base_url = self.page_url


def _checked_host(host: str) -> str:
    try:
        if ipaddress.IPv4Address(host).is_loopback:
            return host
    except ValueError:
        pass
    raise PlaygroundError(
        f"The playground cannot listen on {host}: it is for this machine alone, so give it an "
        f"IPv4 address of the loopback interface, such as {DEFAULT_HOST}."
    )


def _cannot_listen(port: int, cause: OSError | OverflowError) -> PlaygroundError:
    number = getattr(cause, "errno", None)
    if number == errno.EADDRINUSE:
        why = "something else uses it already"
    elif number == errno.EACCES:
        why = "this account may not use it"
    elif isinstance(cause, OverflowError):
        why = "there is no such port"
    else:
        why = (getattr(cause, "strerror", None) or str(cause)).lower()
    return PlaygroundError(
        f"The playground cannot use port {port}, because {why}: "
        "set PLAYGROUND_PORT to another number, such as 8766, or to 0 for any that is free."
    )
