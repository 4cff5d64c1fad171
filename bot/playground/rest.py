"""The REST API: who the bot is, where it is, and what stands before every route of the API."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from bot.playground.answers import answer, plain_refusal, rate_limited, refusal
from bot.playground.channels import GUILD_ID
from bot.playground.commands import Commands
from bot.playground.errors import (
    ApiError,
    TooManyFilesError,
    UploadError,
    UploadTooLargeError,
    too_large,
    too_many_files,
    unauthorized,
    unknown,
)
from bot.playground.forms import read_json
from bot.playground.gateway_events import application_flags
from bot.playground.guild import member_json
from bot.playground.open_interactions import OpenInteractions
from bot.playground.rate_limits import RateLimits, Verdict
from bot.playground.rest_interactions import InteractionRoutes
from bot.playground.rest_messages import MessageRoutes
from bot.playground.snowflakes import number
from bot.playground.webhooks import WebhookRoutes
from bot.playground.world import World

log = logging.getLogger(__name__)

PREFIX = "/api/v10"
IDENTIFIES_PER_DAY = 1_000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Json = dict[str, Any]


class Rest:
    """The routes of the REST API that a bot uses.

    Parameters
    ----------
    world
        What there is.
    token
        The bot's.
    interactions
        What people ask of the bot.

    Attributes
    ----------
    commands
        What the bot has registered.
    gateway_url
        Where the bot finds the gateway.
    rate_limits
        How many requests may come how fast.
    """

    def __init__(self, world: World, token: str, interactions: OpenInteractions) -> None:
        self.world = world
        self.gateway_url = ""
        self.rate_limits = RateLimits()
        self._token = token
        self._messages: Final = MessageRoutes(world)
        self.commands: Final = Commands(world)
        self._interactions: Final = InteractionRoutes(world, interactions)
        self._webhooks: Final = WebhookRoutes(world, interactions)

    def application(self) -> web.Application:
        """Give the aiohttp application to mount at `PREFIX`."""
        application = web.Application(middlewares=[self._answer])
        application.add_routes(
            [
                web.get("/gateway", self._gateway),
                web.get("/gateway/bot", self._gateway),
                web.get("/users/@me", self._me),
                web.get("/users/{user_id}", self._user),
                web.post("/users/@me/channels", self._open_conversation),
                web.get("/applications/@me", self._application),
                web.get("/oauth2/applications/@me", self._application),
                web.get("/guilds/{guild_id}", self._guild),
                web.get("/guilds/{guild_id}/channels", self._guild_channels),
                web.get("/guilds/{guild_id}/members/{user_id}", self._member),
                *self._messages.routes(),
                *self.commands.routes(),
                *self._interactions.routes(),
                *self._webhooks.routes(),
            ]
        )
        return application

    # Before every route

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        verdict = Verdict()
        try:
            verdict = self._admit(request)
            if verdict.retry_after is None:
                response = await handler(request)
            else:
                response = rate_limited(verdict.retry_after)
        except ApiError as error:
            response = refusal(error)
        except UploadError as error:
            response = refusal(_as_discord(error))
        except web.HTTPException as error:
            response = plain_refusal(error.status, error.reason)
        except Exception:
            log.exception("The playground failed at %s %s", request.method, request.path)
            response = plain_refusal(500, "Internal Server Error")
        response.headers.update(verdict.headers)
        return response

    def _admit(self, request: web.Request) -> Verdict:
        """Check the token, and count the request."""
        told = request.match_info
        with_token = "token" in told  # which stands for the bot's own
        if not with_token and request.headers.get("Authorization") != f"Bot {self._token}":
            raise unauthorized()
        resource = told.route.resource
        if resource is None:  # no such route, as the handler is about to say
            return Verdict()
        return self.rate_limits.take(
            request.method,
            resource.canonical.removeprefix(PREFIX),
            next((told[name] for name in ("token", "channel_id", "guild_id") if name in told), ""),
        )

    # Routes

    async def _gateway(self, _: web.Request) -> web.Response:
        limit = {
            "total": IDENTIFIES_PER_DAY,
            "remaining": IDENTIFIES_PER_DAY,
            "reset_after": 0,
            "max_concurrency": 1,
        }
        return answer({"url": self.gateway_url, "shards": 1, "session_start_limit": limit})

    async def _me(self, _: web.Request) -> web.Response:
        return answer(self.world.bot.to_json() | {"verified": True, "mfa_enabled": True})

    async def _user(self, request: web.Request) -> web.Response:
        return answer(self._person(request).to_json())

    async def _application(self, _: web.Request) -> web.Response:
        bot = self.world.bot
        return answer(
            {
                "id": str(bot.id),
                "name": bot.name,
                "description": "Hears the emotion in a voice note.",
                "summary": "",
                "icon": None,
                "bot": bot.to_json(),
                "bot_public": True,
                "bot_require_code_grant": False,
                "owner": self.world.you.to_json(),
                "team": None,
                "verify_key": "0" * 64,
                "flags": application_flags(self.world),
                "approximate_guild_count": 1,
                "integration_types_config": {"0": {}, "1": {}},
            }
        )

    async def _open_conversation(self, request: web.Request) -> web.Response:
        payload = await read_json(request)
        recipient = str(payload.get("recipient_id") if isinstance(payload, dict) else None)
        return answer(self.world.direct_channel(number(recipient)).to_json())

    async def _guild(self, request: web.Request) -> web.Response:
        guild = self._guild_json(request)
        gateway_only = {"channels", "members", "threads", "presences", "voice_states", "joined_at"}
        return answer({key: value for key, value in guild.items() if key not in gateway_only})

    async def _guild_channels(self, request: web.Request) -> web.Response:
        return answer(self._guild_json(request)["channels"])

    async def _member(self, request: web.Request) -> web.Response:
        self._guild_json(request)
        person = self._person(request)
        return answer(member_json(person) | {"user": person.to_json()})

    def _guild_json(self, request: web.Request) -> Json:
        if request.match_info["guild_id"] != str(GUILD_ID):
            raise unknown("Guild", 10004)
        return self.world.guild_json()

    def _person(self, request: web.Request) -> Any:
        asked = request.match_info["user_id"]
        for person in self.world.people.values():
            if asked == str(person.id):
                return person
        raise unknown("User", 10013)


def _as_discord(error: UploadError) -> ApiError:
    if isinstance(error, UploadTooLargeError):
        return too_large()
    if isinstance(error, TooManyFilesError):
        return too_many_files()
    return ApiError(400, 50109, str(error))
