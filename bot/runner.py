"""The bot's life: everything is started in order, and ended in the order opposite.

What a person should read is said through `say`; everything else goes to the log.
"""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable, Iterator

import discord
from yarl import URL

from bot.analyser import Analyser, AnalyserOptions
from bot.checkup import Check, check_up, checks
from bot.claims import RecentClaims
from bot.client import Address, Client, connect
from bot.commands import Services, install
from bot.downloads import DownloadLimits, Downloads
from bot.ending import (
    EXIT_SECONDS,
    FAREWELL_SECONDS,
    FINISH_SECONDS,
    LAST_RESORT_SECONDS,
    LEAVE_SECONDS,
    PLAYGROUND_SECONDS,
    WORKERS_SECONDS,
    LastResort,
    within,
)
from bot.errors import BotError
from bot.hearings import Hearings
from bot.house_rules import HouseRules
from bot.requests import Requests
from bot.settings import Settings
from bot.storage import Storage
from bot.voice_notes import VoiceNotes
from ser_core.errors import UndertoneError

log = logging.getLogger(__name__)

Say = Callable[[str], None]

WELCOME = """\
There is no DISCORD_TOKEN, so Undertone runs in its playground: a small stand-in for Discord on this
computer. Open the address in a browser, and record a voice message or attach a file.

Playground: {address}
"""
HOW_TO_GO_ON = """\
To take it to Discord:
  1. Open https://discord.com/developers/applications and press "New Application".
  2. On its page "Bot", press "Reset Token", and switch on "Message Content Intent".
  3. Put the token into a file called .env, as a line DISCORD_TOKEN=... (.env.example explains all
     settings), and start again: you will be shown the link that invites the bot to a server.

Ctrl-C stops it.
"""
READY = "Undertone is ready: {name} listens."
INVITATION = "It is in no server yet. Invite it: {link}"

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
)
"""What the bot needs in a server: to see voice notes, and to reply with cards and pictures."""


async def run(settings: Settings, say: Say) -> None:
    """Run the bot until Ctrl-C or SIGTERM; parameters and errors are those of `serve`."""
    last_resort = LastResort()
    with _stop_signals(last_resort) as stop:
        await serve(settings, say, stop, last_resort)
        if stop.is_set():
            # What Python would still wait for, a thread that starts a worker or a connection that
            # hangs, is left behind.
            last_resort.within(EXIT_SECONDS)


async def serve(settings: Settings, say: Say, stop: asyncio.Event, last_resort: LastResort) -> None:
    """Run the bot until it is told to stop.

    Parameters
    ----------
    settings
        All of them; without a token, the playground is started beside the bot.
    say
        Shows a text to the person who started the bot.
    stop
        Once it is set, what is in flight is finished, and the bot ends.
    last_resort
        What ends the process if the bot does not; told when nobody waits for the bot any more.

    Raises
    ------
    BotError, UndertoneError
        It cannot start, or cannot go on; the text is a sentence for that person.
    """
    async with contextlib.AsyncExitStack() as stack:
        storage = await stack.enter_async_context(Storage.open(settings.database_url))
        token, address = await whereabouts(settings, say, stack)
        address.use()
        downloads = await stack.enter_async_context(_downloads(settings, address))
        analyser = make_analyser(settings)
        warm_up = _WarmUp(analyser)
        stack.push_async_callback(within, WORKERS_SECONDS, warm_up.undo, "A worker")
        hearings = Hearings(analyser.analyse, seconds=settings.remember_seconds)
        stack.callback(hearings.clear)
        rules = HouseRules(storage)
        claims = RecentClaims(storage)
        voice_notes = VoiceNotes(analyser, downloads, rules=rules, claims=claims, hearings=hearings)
        requests = Requests()
        greeting = _Greeting(say)
        services = Services(
            storage=storage,
            rules=rules,
            hear=voice_notes.hear_files,
            draw=analyser.draw,
            requests=requests,
            claims=claims,
            notices=voice_notes.notices,
            recent=voice_notes.recent,
            always_register=settings.token is None,  # each playground begins without commands
        )

        def make_client(message_content: bool) -> Client:
            client = Client(
                voice_notes,
                rules=rules,
                requests=requests,
                message_content=message_content,
                on_login=warm_up.wait,
                on_online=greeting.greet,
            )
            client.commands = install(client, services)
            return client

        content = settings.require_message_content
        connection = asyncio.create_task(connect(make_client, token, require_content=content))
        stack.push_async_callback(_end, connection)
        stopped = asyncio.create_task(stop.wait())
        stack.callback(stopped.cancel)
        await asyncio.wait({connection, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if connection.done():
            await connection  # raises what ended it
        say("Stopping.")
        await _part(voice_notes, requests, analyser)
        last_resort.exit_code = 0


async def _part(voice_notes: VoiceNotes, requests: Requests, analyser: Analyser) -> None:
    """Finish what is in flight as far as time allows, and hand back the rest."""
    await asyncio.gather(voice_notes.finish(FINISH_SECONDS), requests.finish(FINISH_SECONDS))
    analyser.retire()
    await asyncio.gather(
        voice_notes.hand_back(FAREWELL_SECONDS), requests.hand_back(FAREWELL_SECONDS)
    )


async def check_all(settings: Settings, say: Say) -> BotError | UndertoneError | None:
    """Try all that the bot needs, without going online; parameters are those of `serve`.

    Returns
    -------
    BotError or UndertoneError or None
        The worst of what is wrong.
    """
    async with contextlib.AsyncExitStack() as stack:
        # At any port: a bot that runs here already is no fault.
        anywhere = settings.model_copy(update={"playground_port": 0})
        token, address = await whereabouts(anywhere, _unsaid, stack)
        if settings.token is None:
            say("✓ Token: there is none, so what follows is about the playground.")
        analyser = make_analyser(settings)
        stack.push_async_callback(analyser.stop)

        async def try_database() -> str:
            async with Storage.open(settings.database_url):
                return "it can be read and written."

        further = (Check("Database", try_database),)
        return await check_up(checks(analyser, token, address, further=further), say)


def _unsaid(_: str) -> None:
    """Keep a text to oneself."""


def make_analyser(settings: Settings) -> Analyser:
    """Make the analyser that the settings describe."""
    return Analyser(
        AnalyserOptions(
            model_path=settings.model_path,
            max_bytes=settings.max_file_bytes,
            max_seconds=settings.max_audio_seconds,
            workers=settings.workers,
            max_waiting=settings.max_waiting_notes,
            max_waiting_of_server=settings.max_waiting_notes_of_server,
            max_waiting_of_person=settings.max_waiting_notes_of_person,
            per_minute_of_server=settings.notes_per_minute_of_server,
            per_minute_of_person=settings.notes_per_minute_of_person,
            timeout=settings.analysis_timeout_seconds,
        )
    )


def _downloads(settings: Settings, address: Address) -> Downloads:
    """Make what fetches attachments, as the settings describe."""
    limits = DownloadLimits(
        max_bytes=settings.max_file_bytes, seconds=settings.download_timeout_seconds
    )
    given = frozenset(URL(origin).origin() for origin in settings.origins)
    return Downloads(limits, given or address.attachment_origins)


async def whereabouts(
    settings: Settings, say: Say, stack: contextlib.AsyncExitStack
) -> tuple[str, Address]:
    """Find out the token and where Discord is; without a token, open the playground."""
    if settings.token is not None:
        return settings.token, Address(settings.discord_api_url, settings.discord_gateway_url)
    from bot.playground import Playground  # on Discord the bot needs none of what this imports

    playground = Playground(port=settings.playground_port)
    await playground.start()
    stack.push_async_callback(within, PLAYGROUND_SECONDS, playground.stop, "The playground")
    say(WELCOME.format(address=playground.page_url))
    say(HOW_TO_GO_ON)
    return playground.token, Address(playground.api_url, playground.gateway_url)


class _WarmUp:
    """Starts the workers once there is somebody to work for: after the first login."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._task: asyncio.Task[None] | None = None

    async def wait(self) -> None:
        """Return when the workers are warm; a second client waits for the same ones."""
        if self._task is None:
            self._task = asyncio.create_task(self._analyser.start())
        await asyncio.shield(self._task)

    async def undo(self) -> None:
        """End the workers, also where they have not quite begun."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self._analyser.stop()


class _Greeting:
    """Says once that the bot is ready, and how to invite it where nobody has yet."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._is_said = False

    def greet(self, client: Client) -> None:
        """Say it, unless it was said before: sessions may begin more than once."""
        if self._is_said or client.user is None:
            return
        self._is_said = True
        self._say(READY.format(name=client.user.display_name))
        if not client.guilds:
            link = discord.utils.oauth_url(client.user.id, permissions=PERMISSIONS)
            self._say(INVITATION.format(link=link))


async def _end(task: "asyncio.Task[None]") -> None:
    """Cancel a task and give it a moment to clean up."""
    task.cancel()
    await asyncio.wait({task}, timeout=LEAVE_SECONDS)


@contextlib.contextmanager
def _stop_signals(last_resort: LastResort) -> Iterator[asyncio.Event]:
    """Give an event that SIGTERM and Ctrl-C set; a second Ctrl-C ends the process at once.

    From the first signal on, the time is counted that the bot has to end.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def on_signal(number: signal.Signals) -> None:
        if number == signal.SIGINT and stop.is_set():
            os._exit(128 + signal.SIGINT)  # the workers notice, and go too
        if not stop.is_set():
            last_resort.within(LAST_RESORT_SECONDS)
        stop.set()

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        try:
            loop.add_signal_handler(number, on_signal, number)
        except NotImplementedError:  # on Windows
            signal.signal(
                number,
                lambda number, _: loop.call_soon_threadsafe(on_signal, signal.Signals(number)),
            )
    try:
        yield stop
    finally:
        for number in numbers:
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
            signal.signal(number, before[number])
