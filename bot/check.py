"""The checks of ``python -m bot check``: everything that the bot needs, with a sentence for each.

A check returns a sentence, or raises an error with one; the others are run all the same.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import aiohttp
import discord
from yarl import URL

from bot.analysis import KINDS, Analyser, trial_recording
from bot.client import NO_MESSAGE_CONTENT, UNREACHABLE, Address, connection_error
from bot.errors import (
    BotError,
    CheckError,
    ConnectionFailedError,
    MissingIntentError,
    redacted_traceback,
)
from ser_core.errors import UndertoneError

REQUEST_SECONDS = 10.0
HELLO = 10  # the opcode of the gateway's first event


async def run_checks(
    checks: Mapping[str, Callable[[], Awaitable[str]]], print_line: Callable[[str], None]
) -> BotError | UndertoneError | None:
    """Run all checks, and print the result of each when it is there.

    Parameters
    ----------
    checks
        The checks, by the name that is printed with each result.
    print_line
        Function that prints a line for the person who runs the checks.

    Returns
    -------
    BotError or UndertoneError or None
        The first error that keeps the bot from starting, or else the first one.
    """
    wrong: list[BotError | UndertoneError] = []
    for name, check in checks.items():
        try:
            print_line(f"✓ {name}: {await check()}")
        except Exception as cause:
            error = cause if isinstance(cause, BotError | UndertoneError) else _unforeseen(cause)
            print_line(f"✗ {name}: {error}")
            wrong.append(error)
    fatal = [error for error in wrong if not isinstance(error, MissingIntentError)]
    return next(iter(fatal or wrong), None)


def _unforeseen(error: Exception) -> CheckError:
    return CheckError(f"That failed in a way that nobody foresaw:\n{redacted_traceback(error)}")


async def check_model(analyser: Analyser) -> str:
    """Check that each worker loads the model and analyses a trial recording."""
    await analyser.start()
    workers = analyser.settings.workers
    trial = f"It hears a trial recording, in {workers} worker{'s' * (workers != 1)}."
    return f"{str(analyser.model).removesuffix('.')}. {trial}"


async def check_decoders(analyser: Analyser) -> str:
    """Check that the trial recording can be analysed in every format."""
    try:
        await analyser.start()
    except (BotError, UndertoneError) as cause:
        raise CheckError("they cannot be tried without a worker.") from cause
    problems = []
    for kind in KINDS:
        try:
            await analyser.analyse(trial_recording(kind))
        except (BotError, UndertoneError) as error:
            problems.append(f"{kind}: {error}")
    if problems:
        raise CheckError(" ".join(problems))
    return f"{', '.join(KINDS)}."


async def check_token(token: str) -> str:
    """Check that Discord accepts the token."""
    async with _logged_in(token) as client:
        return f"it is {client.user.name if client.user else 'a bot without a name'}'s."


async def check_message_content(token: str) -> str:
    """Check that the application has the Message Content intent."""
    async with _logged_in(token) as client:
        flags = client.application_flags
    if not (flags.gateway_message_content or flags.gateway_message_content_limited):
        raise MissingIntentError(NO_MESSAGE_CONTENT)
    return "it is switched on."


async def check_gateway(address: Address) -> str:
    """Check that the gateway accepts a web socket and sends its first event."""
    url = URL(address.gateway_url) % {"v": "10", "encoding": "json"}
    try:
        async with (
            asyncio.timeout(REQUEST_SECONDS),
            aiohttp.ClientSession() as session,
            session.ws_connect(url) as socket,
        ):
            hello = await socket.receive_json()
    except (aiohttp.ClientError, OSError, TypeError, ValueError) as cause:
        raise ConnectionFailedError(UNREACHABLE) from cause
    if not isinstance(hello, dict) or hello.get("op") != HELLO:
        raise ConnectionFailedError("What answers at DISCORD_GATEWAY_URL is not Discord.")
    return "it answers."


@contextlib.asynccontextmanager
async def _logged_in(token: str) -> AsyncIterator[discord.Client]:
    """Yield a client that has logged in without going online."""
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                await client.login(token)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as cause:
            raise connection_error(cause) from cause
        yield client
