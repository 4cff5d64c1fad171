"""Sending the commands to Discord in any case: ``python -m bot sync``."""

from typing import Any, NoReturn

import aiohttp
import discord

from bot.client import LOGIN_REFUSED, REFUSED, UNREACHABLE, Address
from bot.commands.installation import Commands
from bot.commands.services import Services
from bot.errors import ConnectionFailedError, LoginError, SettingsError
from bot.house_rules import HouseRules
from bot.settings import Settings
from bot.storage import Storage

NOWHERE = (
    "There is no DISCORD_TOKEN, so there is nowhere to send the commands: put it in .env (the "
    "playground gets them by itself)."
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
        raise SettingsError(NOWHERE)
    Address(settings.discord_api_url, settings.discord_gateway_url).use()
    try:
        async with (
            Storage.open(settings.database_url) as storage,
            discord.Client(intents=discord.Intents.none()) as client,
        ):
            services = Services(
                storage=storage, rules=HouseRules(storage), hear=_unasked, draw=_unasked
            )
            commands = Commands(client, services)
            await client.login(settings.token)
            await commands.register(forced=True)
            return len(commands.tree.get_commands())
    except discord.LoginFailure as cause:
        raise LoginError(LOGIN_REFUSED) from cause
    except discord.DiscordException as cause:
        raise ConnectionFailedError(REFUSED) from cause
    except (aiohttp.ClientError, OSError) as cause:
        raise ConnectionFailedError(UNREACHABLE) from cause


async def _unasked(*_: Any, **__: Any) -> NoReturn:
    raise AssertionError("nobody asks anything of a client that only sends its commands")
