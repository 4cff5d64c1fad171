"""A check-up: everything that the bot needs, tried one after the other, a sentence for each.

Each step returns a sentence on how something is, or raises an error with a sentence. A step that
fails leaves the others their turn.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import aiohttp
import discord
from yarl import URL

from bot.analysis import KINDS, Analyser, trial_recording
from bot.client import NO_MESSAGE_CONTENT, UNREACHABLE, Address, connection_error
from bot.errors import BotError, CheckError, ConnectionFailedError, MissingIntentError, outline
from ser_core.errors import UndertoneError

REQUEST_SECONDS = 10.0
HELLO = 10  # Discord's number for the first word of its gateway


async def check_up(
    steps: Mapping[str, Callable[[], Awaitable[str]]], say: Callable[[str], None]
) -> BotError | UndertoneError | None:
    """Try everything, and say each finding as it is there.

    Parameters
    ----------
    steps
        What to try, by what it is about in a word or two.
    say
        Shows a line to the person who started the check-up.

    Returns
    -------
    BotError or UndertoneError or None
        The worst that is wrong: what keeps the bot from starting before what does not.
    """
    wrong: list[BotError | UndertoneError] = []
    for name, step in steps.items():
        try:
            say(f"✓ {name}: {await step()}")
        except Exception as cause:
            error = cause if isinstance(cause, BotError | UndertoneError) else _unforeseen(cause)
            say(f"✗ {name}: {error}")
            wrong.append(error)
    fatal = [error for error in wrong if not isinstance(error, MissingIntentError)]
    return next(iter(fatal or wrong), None)


def _unforeseen(error: Exception) -> CheckError:
    return CheckError(f"That failed in a way that nobody foresaw:\n{outline(error)}")


async def try_model(analyser: Analyser) -> str:
    """Start the workers: each loads the model and analyses a trial recording."""
    await analyser.start()
    workers = analyser.settings.workers
    return f"it hears a trial recording, in {workers} worker{'s' * (workers != 1)}."


async def try_decoders(analyser: Analyser) -> str:
    """Analyse the trial recording in every kind of file."""
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


async def try_token(token: str) -> str:
    """Ask Discord who the bot is."""
    async with _logged_in(token) as client:
        return f"it is {client.user.name if client.user else 'a bot without a name'}'s."


async def try_message_content(token: str) -> str:
    """Ask Discord whether the bot may see attachments in servers."""
    async with _logged_in(token) as client:
        flags = client.application_flags
    if not (flags.gateway_message_content or flags.gateway_message_content_limited):
        raise MissingIntentError(NO_MESSAGE_CONTENT)
    return "it is switched on."


async def try_gateway(address: Address) -> str:
    """Open the web socket, and wait for the first word."""
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
    """Log in with a client that does not go online."""
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                await client.login(token)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as cause:
            raise connection_error(cause) from cause
        yield client
