"""The discord.py client, Discord's address, and the connection with its errors."""

import asyncio
import functools
import logging
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.answers import ATTACHMENT_ORIGINS, AnswerService
from bot.cogs import (
    Accuracy,
    CommandTree,
    Hear,
    Help,
    Privacy,
    Registration,
    ServerSettings,
    VoiceNotes,
)
from bot.errors import (
    BotError,
    ConnectionFailedError,
    LoginError,
    MissingIntentError,
    redacted_traceback,
)
from bot.settings import DEFAULT_API_URL

log = logging.getLogger(__name__)

# discord.py warns at start that packages for voice calls are missing, which this bot never joins.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

LOGIN_PAUSES_SECONDS = (2, 5, 10, 20)  # between attempts to reach Discord at start
SERVERS_SECONDS = 0.5  # without another GUILD_CREATE event, after which `on_ready` is called
WRONG_TOKEN_CODE = 4004  # the close code of the gateway
LOGIN_REFUSED = (
    "Discord does not accept DISCORD_TOKEN: press 'Reset Token' on your application's Bot page at "
    "https://discord.com/developers/applications, and put the new token in .env."
)
UNREACHABLE = (
    "Discord cannot be reached: check this computer's connection to the internet (and "
    "DISCORD_API_URL, if you have set it)."
)
REFUSED = (
    "Discord refuses the connection just now: see https://discordstatus.com, and try again later."
)
NO_MESSAGE_CONTENT = (
    "The bot has no Message Content intent, so in servers it only hears voice notes that mention "
    "it (direct messages are not affected). To change that, switch on 'Message Content Intent' on "
    "your application's Bot page at https://discord.com/developers/applications, and start again."
)
CONTENT_REQUIRED = (
    "The bot has no Message Content intent, and REQUIRE_MESSAGE_CONTENT is set: switch on 'Message "
    "Content Intent' on your application's Bot page at https://discord.com/developers/applications."
)


@dataclass(frozen=True)
class Address:
    """The address of Discord, or of a stand-in for it.

    Parameters
    ----------
    api_url
        The root of the REST API, with its version.
    gateway_url
        The URL of the gateway's web socket.
    """

    api_url: str
    gateway_url: str

    def use(self) -> None:
        """Make discord.py use the address, which it has as class attributes: for all clients."""
        Route.BASE = self.api_url.rstrip("/")
        DiscordWebSocket.DEFAULT_GATEWAY = URL(self.gateway_url)

    @property
    def attachment_origins(self) -> frozenset[URL]:
        """The origins of attachments: Discord's own hosts, or the stand-in's."""
        if self.api_url.rstrip("/") == DEFAULT_API_URL:
            return ATTACHMENT_ORIGINS
        return frozenset({URL(self.api_url).origin()})


class Client(commands.Bot):
    """Undertone on Discord: a bot with the cogs of `bot.cogs` and without text commands.

    Parameters
    ----------
    service
        The service that answers messages and commands.
    message_content
        Whether to ask for the privileged intent that shows what is attached to messages in servers.
    on_login
        Coroutine function that is awaited with the client once, after the token was accepted and
        before the first event arrives.
    on_online
        Function that is called with the client each time a new session begins.
    """

    def __init__(
        self,
        service: AnswerService,
        *,
        message_content: bool = True,
        on_login: Callable[["Client"], Awaitable[None]],
        on_online: Callable[["Client"], None],
    ) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        intents.messages = True  # in servers and in direct messages
        intents.message_content = message_content
        super().__init__(
            command_prefix=(),
            help_command=None,
            # discord.py calls it with the client alone, as it would call a class.
            tree_cls=functools.partial(CommandTree, service=service),  # type: ignore[arg-type]
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # keeps nobody's messages in memory
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=SERVERS_SECONDS,
        )
        self.registration = Registration(self.tree, service.storage)
        self._service = service
        self._on_login = on_login
        self._on_online = on_online

    async def setup_hook(self) -> None:
        """Add the cogs; discord.py calls this once, after the login, before the connection."""
        service = self._service
        for cog in (
            VoiceNotes(self, service),
            Hear(self, service),
            ServerSettings(service),
            Privacy(service),
            Accuracy(service),
            Help(service),
        ):
            await self.add_cog(cog)
        await self._on_login(self)

    async def close(self) -> None:
        """Leave Discord; nothing is sent from then on."""
        await self.registration.stop()
        await super().close()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Dispatch events until the client is closed: discord.py fails on later ones."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    async def on_ready(self) -> None:
        """Report that the bot is online; called again whenever a session was lost."""
        count = len(self.guilds)
        log.info("Connected, in %d server%s.", count, "s" * (count != 1))
        self._on_online(self)

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: the default looks for text commands. `VoiceNotes` has a listener."""

    async def on_error(self, event_method: str, /, *_: object, **__: object) -> None:
        """Log where an event's handler failed, and nothing of what the event was about."""
        error = sys.exc_info()[1]
        if error is not None:
            log.error("Handling %s failed:\n%s", event_method, redacted_traceback(error))


async def connect(
    make_client: Callable[[bool], Client], token: str, *, require_content: bool = False
) -> None:
    """Log in and stay connected, until cancelled.

    Where Discord cannot be reached at start, the login is tried a few times; after it, discord.py
    reconnects by itself. Where Discord does not grant the Message Content intent, the bot connects
    without it.

    Parameters
    ----------
    make_client
        Function that returns a client, with or without the Message Content intent.
    token
        The bot's token.
    require_content
        Whether a missing Message Content intent is an error.

    Raises
    ------
    LoginError
        Discord does not accept the token.
    MissingIntentError
        The Message Content intent is required, and Discord does not grant it.
    ConnectionFailedError
        Discord cannot be reached, or refuses the connection.
    """
    message_content = True
    pauses = iter(LOGIN_PAUSES_SECONDS)
    while True:
        try:
            async with make_client(message_content) as client:
                return await client.start(token)
        except discord.PrivilegedIntentsRequired as cause:
            if not message_content:
                raise ConnectionFailedError(REFUSED) from cause
            if require_content:
                raise MissingIntentError(CONTENT_REQUIRED) from cause
            log.warning(NO_MESSAGE_CONTENT)
            message_content = False
        except (discord.DiscordException, aiohttp.ClientError, OSError) as cause:
            failure = connection_error(cause)
            pause = next(pauses, None) if failure.message == UNREACHABLE else None
            if pause is None:
                raise failure from cause
            log.warning("Discord cannot be reached; trying again in %d seconds.", pause)
            await asyncio.sleep(pause)


def connection_error(error: Exception) -> BotError:
    """Return the bot's error for one of discord.py's or aiohttp's."""
    is_withdrawn = isinstance(error, discord.ConnectionClosed) and error.code == WRONG_TOKEN_CODE
    if is_withdrawn or isinstance(error, discord.LoginFailure):
        return LoginError(LOGIN_REFUSED)
    if isinstance(error, aiohttp.ClientError | OSError):
        return ConnectionFailedError(UNREACHABLE)
    return ConnectionFailedError(REFUSED)
