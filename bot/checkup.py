"""A check-up: everything that the bot needs, tried one after the other, a sentence for each.

Each check is a name and a function; whoever adds something that the bot needs adds its check to
`checks`. A check that fails leaves the others their turn.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from bot.analyser import Analyser
from bot.client import LOGIN_REFUSED, NO_MESSAGE_CONTENT, UNREACHABLE, Address
from bot.errors import (
    BotError,
    CheckError,
    ConnectionFailedError,
    LoginError,
    MissingIntentError,
    outline,
)
from bot.trials import KINDS, trial_recording
from ser_core.errors import UndertoneError

REQUEST_SECONDS = 10.0
HELLO = 10  # Discord's number for the first word of its gateway
MESSAGE_CONTENT_FLAGS = 1 << 18 | 1 << 19  # of an application: granted, or granted while small

Step = Callable[[], Awaitable[str]]


@dataclass(frozen=True)
class Check:
    """One thing to try.

    Parameters
    ----------
    name
        What it is about, in a word or two.
    step
        Tries it, and gives a sentence on how it is; raises an error with a sentence if it is wrong.
    """

    name: str
    step: Step


@dataclass(frozen=True)
class Finding:
    """What came of one check.

    Parameters
    ----------
    name
        The check's.
    sentence
        How it is, or what is wrong.
    error
        What is wrong; None if nothing is.
    """

    name: str
    sentence: str
    error: BotError | UndertoneError | None = field(default=None, compare=False)

    def __str__(self) -> str:
        mark = "✗" if self.error else "✓"
        return f"{mark} {self.name}: {self.sentence}"


async def examine(check: Check) -> Finding:
    """Try one thing; whatever goes wrong becomes a sentence."""
    try:
        return Finding(check.name, await check.step())
    except (BotError, UndertoneError) as error:
        return Finding(check.name, str(error), error)
    except Exception as error:
        wrong = CheckError(f"That failed in a way that nobody foresaw:\n{outline(error)}")
        return Finding(check.name, str(wrong), wrong)


def checks(
    analyser: Analyser, token: str, address: Address, *, further: tuple[Check, ...] = ()
) -> tuple[Check, ...]:
    """List what is tried once the settings are read.

    Parameters
    ----------
    analyser
        Not yet started; the check of the model starts it. It is for the caller to stop it.
    token, address
        The bot's, and where Discord is.
    further
        More checks, such as one of a database, before those of Discord.
    """
    ear, discord = _Ear(analyser), _Discord(token, address)
    return (
        Check("Model", ear.start),
        Check("Decoders", ear.hear_every_kind),
        *further,
        Check("Token", discord.log_in),
        Check("Message Content", discord.look_for_intent),
        Check("Gateway", discord.greet),
    )


class _Ear:
    """Checks of what hears."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._hears = False

    async def start(self) -> str:
        """Start the workers: each loads the model and analyses a trial recording."""
        await self._analyser.start()
        self._hears = True
        workers = self._analyser.options.workers
        return f"it hears a trial recording, in {workers} worker{'s' * (workers != 1)}."

    async def hear_every_kind(self) -> str:
        """Hear the trial recording in every kind of file."""
        if not self._hears:
            raise CheckError("they cannot be tried without a worker.")
        problems = []
        for kind in KINDS:
            try:
                await self._analyser.analyse(trial_recording(kind))
            except (BotError, UndertoneError) as error:
                problems.append(f"{kind}: {error}")
        if problems:
            raise CheckError(" ".join(problems))
        return f"{', '.join(KINDS)}."


class _Discord:
    """Checks of Discord, and of what it thinks of the bot."""

    def __init__(self, token: str, address: Address) -> None:
        self._address = address
        self._token = token

    async def log_in(self) -> str:
        """Ask who the bot is."""
        me = await self._ask("/users/@me")
        return f"it is {me.get('username', 'a bot without a name')}'s."

    async def look_for_intent(self) -> str:
        """Ask whether the bot may see attachments in servers."""
        application = await self._ask("/applications/@me")
        flags = application.get("flags")
        if not isinstance(flags, int) or not flags & MESSAGE_CONTENT_FLAGS:
            raise MissingIntentError(NO_MESSAGE_CONTENT)
        return "it is switched on."

    async def greet(self) -> str:
        """Open the web socket, and wait for the first word."""
        try:
            async with self._session() as session, asyncio.timeout(REQUEST_SECONDS):
                url = URL(self._address.gateway_url) % {"v": "10", "encoding": "json"}
                async with session.ws_connect(url) as socket:
                    hello = await socket.receive_json()
        except (aiohttp.ClientError, OSError, TypeError, ValueError) as cause:
            raise ConnectionFailedError(UNREACHABLE) from cause
        if not isinstance(hello, dict) or hello.get("op") != HELLO:
            raise ConnectionFailedError("What answers at DISCORD_GATEWAY_URL is not Discord.")
        return "it answers."

    async def _ask(self, path: str) -> dict[str, object]:
        """Ask the API something."""
        headers = {"Authorization": f"Bot {self._token}"}
        try:
            async with (
                self._session() as session,
                session.get(self._address.api_url.rstrip("/") + path, headers=headers) as response,
            ):
                if response.status == 401:
                    raise LoginError(LOGIN_REFUSED)
                if response.status != 200:
                    raise ConnectionFailedError(
                        f"Discord answered with status {response.status}: try again later."
                    )
                answer = await response.json()
        except (aiohttp.ClientError, OSError, ValueError) as cause:
            raise ConnectionFailedError(UNREACHABLE) from cause
        return answer if isinstance(answer, dict) else {}

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS))


async def check_up(
    all_checks: tuple[Check, ...], say: Callable[[str], None]
) -> BotError | UndertoneError | None:
    """Try everything, and say each finding as it is there.

    Returns
    -------
    BotError or UndertoneError or None
        The worst that is wrong: what keeps the bot from starting before what does not.
    """
    wrong = []
    for check in all_checks:
        finding = await examine(check)
        say(str(finding))
        if finding.error is not None:
            wrong.append(finding.error)
    fatal = [error for error in wrong if not isinstance(error, MissingIntentError)]
    return next(iter(fatal or wrong), None)
