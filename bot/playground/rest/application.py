"""The REST API: its middleware, and the routes about the bot itself."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from bot.playground.errors import ApiError, UploadError
from bot.playground.rest.commands import Commands
from bot.playground.rest.interactions import InteractionRoutes
from bot.playground.rest.messages import MessageRoutes
from bot.playground.rest.rate_limits import RateLimitResult, RateLimits
from bot.playground.rest.responses import (
    error_response,
    http_error_response,
    json_response,
    rate_limit_response,
)
from bot.playground.world import OpenInteractions, World, application_flags

log = logging.getLogger(__name__)

IDENTIFIES_PER_DAY = 1_000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RestApi:
    """The part of Discord's REST API that the bot and discord.py use.

    Attributes
    ----------
    commands
        The application commands of the bot.
    gateway_url
        The URL of the gateway, which ``/gateway/bot`` returns to the bot.
    rate_limits
        The rate limits of all routes.
    """

    prefix: Final = "/api/v10"

    def __init__(self, world: World, token: str, interactions: OpenInteractions) -> None:
        self.gateway_url = ""
        self.rate_limits = RateLimits()
        self.commands: Final = Commands(world)
        self._world: Final = world
        self._token: Final = token
        self._messages: Final = MessageRoutes(world)
        self._interactions: Final = InteractionRoutes(world, interactions)

    def application(self) -> web.Application:
        """Return the aiohttp application to mount at `prefix`."""
        application = web.Application(middlewares=[self._respond])
        application.add_routes(
            [
                web.get("/gateway/bot", self._gateway),
                web.get("/users/@me", self._me),
                web.get("/applications/@me", self._application),
                web.get("/oauth2/applications/@me", self._application),
                *self._messages.routes(),
                *self.commands.routes(),
                *self._interactions.routes(),
            ]
        )
        return application

    @web.middleware
    async def _respond(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        rate_limit = RateLimitResult()
        try:
            rate_limit = self._admit(request)
            if rate_limit.retry_after is None:
                response = await handler(request)
            else:
                response = rate_limit_response(rate_limit.retry_after)
        except ApiError as error:
            response = error_response(error)
        except UploadError as error:
            response = error_response(ApiError(error.status, error.code, str(error)))
        except web.HTTPException as error:
            response = http_error_response(error.status, error.reason)
        except Exception:
            log.exception("The playground failed at %s %s", request.method, request.path)
            response = http_error_response(500, "Internal Server Error")
        response.headers.update(rate_limit.headers)
        return response

    def _admit(self, request: web.Request) -> RateLimitResult:
        """Check the token, and count the request against its rate limit."""
        parameters = request.match_info
        is_webhook = "token" in parameters  # an interaction's token, in place of the bot's
        if not is_webhook and request.headers.get("Authorization") != f"Bot {self._token}":
            raise ApiError(401, 0, "401: Unauthorized")
        resource = parameters.route.resource
        if resource is None:  # unknown route: the handler responds with 404
            return RateLimitResult()
        return self.rate_limits.take(
            request.method,
            resource.canonical.removeprefix(self.prefix),
            parameters.get("token") or parameters.get("channel_id", ""),
        )

    async def _gateway(self, _: web.Request) -> web.Response:
        limit = {
            "total": IDENTIFIES_PER_DAY,
            "remaining": IDENTIFIES_PER_DAY,
            "reset_after": 0,
            "max_concurrency": 1,
        }
        return json_response({"url": self.gateway_url, "shards": 1, "session_start_limit": limit})

    async def _me(self, _: web.Request) -> web.Response:
        return json_response(self._world.bot.to_json())

    async def _application(self, _: web.Request) -> web.Response:
        bot = self._world.bot
        return json_response(
            {
                "id": str(bot.id),
                "name": bot.name,
                "description": "",
                "icon": None,
                "bot_public": True,
                "bot_require_code_grant": False,
                "owner": self._world.you.to_json(),
                "verify_key": "0" * 64,
                "flags": application_flags(self._world),
            }
        )
