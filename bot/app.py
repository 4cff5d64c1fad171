"""The bot's life: everything is started in order, and ended in the order opposite.

What a person should read is said through `say`; everything else goes to the log.
"""

import asyncio
import contextlib
import functools
import os
import signal
from collections.abc import Callable, Iterator

import aiohttp
import discord
from yarl import URL

from bot.analysis import Analyser
from bot.answers import AnswerService, Downloads, Pipeline
from bot.check import check_up, try_decoders, try_gateway, try_message_content, try_model, try_token
from bot.client import Address, Client, connect, connection_error
from bot.errors import BotError, SettingsError
from bot.lifecycle import (
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
from bot.settings import Settings
from bot.storage import Storage
from ser_core.errors import UndertoneError

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
NOWHERE_TO_SYNC = (
    "There is no DISCORD_TOKEN, so there is nowhere to send the commands: put it in .env (the "
    "playground gets them by itself)."
)

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
        downloads = await stack.enter_async_context(make_downloads(settings, address))
        analyser = Analyser(settings)
        stack.push_async_callback(within, WORKERS_SECONDS, analyser.stop, "A worker")
        answers = AnswerService(Pipeline(settings, analyser, downloads), storage)
        is_greeted = False

        async def prepare(client: Client) -> None:
            await analyser.start()
            # The playground forgets the commands whenever it is started.
            client.registration.start(forced=settings.token is None)

        def greet(client: Client) -> None:
            nonlocal is_greeted
            if not is_greeted and client.user is not None:  # sessions may begin more than once
                is_greeted = True
                say(READY.format(name=client.user.display_name))
                if not client.guilds:
                    link = discord.utils.oauth_url(client.user.id, permissions=PERMISSIONS)
                    say(INVITATION.format(link=link))

        def make_client(message_content: bool) -> Client:
            return Client(
                answers,
                message_content=message_content,
                on_login=prepare,
                on_online=greet,
            )

        content = settings.require_message_content
        connection = asyncio.create_task(connect(make_client, token, require_content=content))
        stack.push_async_callback(_end, connection)
        stopped = asyncio.create_task(stop.wait())
        stack.callback(stopped.cancel)
        await asyncio.wait({connection, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if connection.done():
            await connection  # raises what ended it
        say("Stopping.")
        await answers.finish(FINISH_SECONDS)
        analyser.retire()
        await answers.hand_back(FAREWELL_SECONDS)
        last_resort.exit_code = 0


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
        token, address = await whereabouts(anywhere, lambda _: None, stack)
        address.use()
        if settings.token is None:
            say("✓ Token: there is none, so what follows is about the playground.")
        analyser = Analyser(settings)
        stack.push_async_callback(analyser.stop)

        async def try_database() -> str:
            async with Storage.open(settings.database_url):
                return "it can be read and written."

        return await check_up(
            {
                "Model": functools.partial(try_model, analyser),
                "Decoders": functools.partial(try_decoders, analyser),
                "Database": try_database,
                "Token": functools.partial(try_token, token),
                "Message Content": functools.partial(try_message_content, token),
                "Gateway": functools.partial(try_gateway, address),
            },
            say,
        )


async def sync(settings: Settings) -> int:
    """Send the commands to Discord, whether they changed or not.

    Returns
    -------
    int
        How many there are.

    Raises
    ------
    BotError
        There is no token, Discord or the database cannot be used.
    """
    if settings.token is None:
        raise SettingsError(NOWHERE_TO_SYNC)
    address = Address(settings.discord_api_url, settings.discord_gateway_url)
    address.use()
    pipeline = Pipeline(settings, Analyser(settings), make_downloads(settings, address))

    async def register(client: Client) -> None:
        await client.registration.register(forced=True)

    try:
        async with (
            Storage.open(settings.database_url) as storage,
            Client(
                AnswerService(pipeline, storage), on_login=register, on_online=lambda _: None
            ) as client,
        ):
            await client.login(settings.token)
            return len(client.tree.get_commands())
    except (discord.DiscordException, aiohttp.ClientError, OSError) as cause:
        raise connection_error(cause) from cause


def make_downloads(settings: Settings, address: Address) -> Downloads:
    """Make what fetches attachments, as the settings describe."""
    given = frozenset(URL(origin).origin() for origin in settings.origins)
    return Downloads(
        settings.max_file_bytes,
        settings.download_timeout_seconds,
        given or address.attachment_origins,
    )


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


async def _end(task: "asyncio.Task[None]") -> None:
    """Cancel a task and give it a moment to clean up."""
    task.cancel()
    await asyncio.wait({task}, timeout=LEAVE_SECONDS)


@contextlib.contextmanager
def _stop_signals(last_resort: LastResort) -> Iterator[asyncio.Event]:
    """Yield an event that SIGTERM and Ctrl-C set; a second Ctrl-C ends the process at once.

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
