"""The start of the bot's parts in order, and their end in the opposite order.

What the person who started the bot should read is printed; everything else is logged.
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
from bot.check import (
    check_decoders,
    check_gateway,
    check_message_content,
    check_model,
    check_token,
    run_checks,
)
from bot.client import Address, Client, connect, connection_error
from bot.errors import BotError, SettingsError
from bot.lifecycle import (
    DISCONNECT_SECONDS,
    EXIT_SECONDS,
    FINISH_SECONDS,
    NOTIFY_SECONDS,
    PLAYGROUND_SECONDS,
    WATCHDOG_SECONDS,
    WORKERS_SECONDS,
    Watchdog,
    stop_within,
)
from bot.settings import Settings
from bot.storage import Storage
from ser_core.errors import UndertoneError

PrintLine = Callable[[str], None]

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
"""The permissions that the bot needs in a server: for voice notes, embeds and images."""


async def run(settings: Settings, print_line: PrintLine) -> None:
    """Run the bot until Ctrl-C or SIGTERM; parameters and errors are those of `serve`."""
    watchdog = Watchdog()
    with _stop_signals(watchdog) as stop:
        await serve(settings, print_line, stop, watchdog)
        if stop.is_set():
            # Python would wait for a thread that starts a worker, or a connection that hangs.
            watchdog.exit_after(EXIT_SECONDS)


async def serve(
    settings: Settings, print_line: PrintLine, stop: asyncio.Event, watchdog: Watchdog
) -> None:
    """Run the bot until an event is set.

    Parameters
    ----------
    settings
        All settings; without a token, the playground is started beside the bot.
    print_line
        Function that prints a text for the person who started the bot.
    stop
        Event after which the requests in flight are finished, and the bot ends.
    watchdog
        The watchdog of the shutdown; its exit code becomes 0 when all requests were answered or
        notified.

    Raises
    ------
    BotError, UndertoneError
        The bot cannot start, or cannot go on; the text is a sentence for that person.
    """
    async with contextlib.AsyncExitStack() as stack:
        storage = await stack.enter_async_context(Storage.open(settings.database_url))
        token, address = await locate_discord(settings, print_line, stack)
        address.use()
        downloads = await stack.enter_async_context(make_downloads(settings, address))
        analyser = Analyser(settings)
        stack.push_async_callback(stop_within, WORKERS_SECONDS, analyser.stop, "A worker")
        service = AnswerService(Pipeline(settings, analyser, downloads), storage)
        was_announced = False

        async def prepare(client: Client) -> None:
            await analyser.start()
            # The playground forgets the commands whenever it is started.
            client.registration.start(forced=settings.token is None)

        def announce(client: Client) -> None:
            nonlocal was_announced
            if not was_announced and client.user is not None:  # sessions may begin more than once
                was_announced = True
                print_line(READY.format(name=client.user.display_name))
                if not client.guilds:
                    link = discord.utils.oauth_url(client.user.id, permissions=PERMISSIONS)
                    print_line(INVITATION.format(link=link))

        def make_client(message_content: bool) -> Client:
            return Client(
                service,
                message_content=message_content,
                on_login=prepare,
                on_online=announce,
            )

        content = settings.require_message_content
        connection = asyncio.create_task(connect(make_client, token, require_content=content))
        stack.push_async_callback(_cancel, connection)
        stopped = asyncio.create_task(stop.wait())
        stack.callback(stopped.cancel)
        await asyncio.wait({connection, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if connection.done():
            await connection  # raises the error that ended it
        print_line("Stopping.")
        await service.finish(FINISH_SECONDS)
        analyser.retire()
        await service.notify_unfinished(NOTIFY_SECONDS)
        watchdog.exit_code = 0


async def check_all(settings: Settings, print_line: PrintLine) -> BotError | UndertoneError | None:
    """Check all that the bot needs, without going online; parameters are those of `serve`.

    Returns
    -------
    BotError or UndertoneError or None
        The worst error that was found.
    """
    async with contextlib.AsyncExitStack() as stack:
        # At any port, since a bot that is already running here is no error.
        anywhere = settings.model_copy(update={"playground_port": 0})
        token, address = await locate_discord(anywhere, lambda _: None, stack)
        address.use()
        if settings.token is None:
            print_line("✓ Token: there is none, so what follows is about the playground.")
        analyser = Analyser(settings)
        stack.push_async_callback(analyser.stop)

        async def check_database() -> str:
            async with Storage.open(settings.database_url):
                return "it can be read and written."

        return await run_checks(
            {
                "Model": functools.partial(check_model, analyser),
                "Decoders": functools.partial(check_decoders, analyser),
                "Database": check_database,
                "Token": functools.partial(check_token, token),
                "Message Content": functools.partial(check_message_content, token),
                "Gateway": functools.partial(check_gateway, address),
            },
            print_line,
        )


async def sync(settings: Settings) -> int:
    """Send the commands to Discord, whether they changed or not, and return their number.

    Raises
    ------
    BotError
        There is no token, or Discord or the database cannot be used.
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
    """Return the downloads with the limits and origins of the settings."""
    given = frozenset(URL(origin).origin() for origin in settings.origins)
    return Downloads(
        settings.max_file_bytes,
        settings.download_timeout_seconds,
        given or address.attachment_origins,
    )


async def locate_discord(
    settings: Settings, print_line: PrintLine, stack: contextlib.AsyncExitStack
) -> tuple[str, Address]:
    """Return the token and Discord's address; without a token, start the playground for both."""
    if settings.token is not None:
        return settings.token, Address(settings.discord_api_url, settings.discord_gateway_url)
    from bot.playground import Playground  # is not needed on Discord

    playground = Playground(port=settings.playground_port)
    await playground.start()
    stack.push_async_callback(stop_within, PLAYGROUND_SECONDS, playground.stop, "The playground")
    print_line(WELCOME.format(address=playground.page_url))
    print_line(HOW_TO_GO_ON)
    return playground.token, Address(playground.api_url, playground.gateway_url)


async def _cancel(task: "asyncio.Task[None]") -> None:
    """Cancel a task, and wait a moment for it to clean up."""
    task.cancel()
    await asyncio.wait({task}, timeout=DISCONNECT_SECONDS)


@contextlib.contextmanager
def _stop_signals(watchdog: Watchdog) -> Iterator[asyncio.Event]:
    """Yield an event that SIGTERM and Ctrl-C set; a second Ctrl-C ends the process at once.

    The first signal also starts the watchdog's time.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def on_signal(number: signal.Signals) -> None:
        if number == signal.SIGINT and stop.is_set():
            os._exit(128 + signal.SIGINT)  # the workers end with their parent
        if not stop.is_set():
            watchdog.exit_after(WATCHDOG_SECONDS)
        stop.set()

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        # Not loop.add_signal_handler, which Windows lacks.
        signal.signal(
            number,
            lambda number, _: loop.call_soon_threadsafe(on_signal, signal.Signals(number)),
        )
    try:
        yield stop
    finally:
        for number in numbers:
            signal.signal(number, before[number])
