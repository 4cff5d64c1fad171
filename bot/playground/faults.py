"""Misbehaviour on demand, as a test asks for it: Discord is not always well either."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.playground.answers import plain_refusal, rate_limited, refusal
from bot.playground.bad_downloads import Serve
from bot.playground.errors import ApiError
from bot.playground.gateway import CLOSE_REASONS, INVALID_SESSION, RECONNECT, Gateway
from bot.playground.people import Person
from bot.playground.permissions import NOTHING, Permission
from bot.playground.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

API = "/api/"  # in the path of every request to the REST API
ANY = "*"  # in the place of an HTTP method
RETRY_AFTER_SECONDS = 0.2  # unless a test says otherwise
MESSAGES = {
    (401, 0): "401: Unauthorized",
    (403, 50001): "Missing Access",
    (403, 50007): "Cannot send messages to this user",
    (403, 50013): "Missing Permissions",
    (404, 10003): "Unknown Channel",
    (404, 10008): "Unknown Message",
    (404, 10015): "Unknown Webhook",
    (404, 10062): "Unknown interaction",
    (400, 50083): "Thread is archived",
    (401, 50027): "Invalid Webhook Token",
    (400, 40060): "Interaction has already been acknowledged.",
    (403, 90001): "Reaction was blocked",
}  # Discord's words for what goes wrong most


@dataclass
class Fault:
    """What goes wrong with some requests.

    Attributes
    ----------
    hits
        How many requests it has met.
    """

    method: str
    path_part: str
    times: int | None  # None: until it is cleared
    respond: Callable[[], web.Response] | None = None  # None: the request goes through, late
    serve: Serve | None = None  # how a file is given instead
    delay: float = 0.0  # seconds
    hits: int = 0

    def meets(self, request: web.Request) -> bool:
        """Whether it goes wrong with this request."""
        return (
            self.method.upper() in (request.method, ANY)
            and self.path_part in request.path
            and (self.times is None or self.hits < self.times)
        )


class Faults:
    """Whatever a test wants to go wrong.

    Parameters
    ----------
    world, gateway
        Where it goes wrong.
    """

    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world: Final = world
        self._gateway: Final = gateway
        self._faults: list[Fault] = []

    # Requests

    def fail(
        self,
        method: str,
        path_part: str,
        *,
        status: int,
        code: int = 0,
        message: str | None = None,
        times: int | None = 1,
        retry_after: float = RETRY_AFTER_SECONDS,
        everywhere: bool = False,
    ) -> Fault:
        """Refuse the next requests of a kind, attachments among them.

        Parameters
        ----------
        method, path_part
            HTTP method (``"*"``: any), and what the path must have in it: ``"POST", "/messages"``.
        status, code, message
            What to answer; Discord's own words are known for the usual codes.
        times
            How often; None for ever.
        retry_after
            For status 429: seconds to wait before trying again.
        everywhere
            For status 429: whether it is for all requests.
        """

        def respond() -> web.Response:
            if status == 429:
                return rate_limited(retry_after, everywhere=everywhere)
            words = message or MESSAGES.get((status, code))
            if words is not None:
                return refusal(ApiError(status, code, words))
            reason = web.Response(status=status).reason or "Unknown Error"
            return (
                refusal(ApiError(status, code, reason)) if code else plain_refusal(status, reason)
            )

        return self._add(Fault(method, path_part, times, respond))

    def delay(self, method: str, path_part: str, *, seconds: float, times: int | None = 1) -> Fault:
        """Let the next requests of a kind wait before they go through."""
        return self._add(Fault(method, path_part, times, delay=seconds))

    def break_api(self, status: int = 500, *, times: int | None = 1) -> Fault:
        """Let the next requests to the REST API fail, of whatever kind: 500, 502, 503."""
        return self.fail(ANY, API, status=status, times=times)

    def limit_rate(
        self,
        retry_after: float = RETRY_AFTER_SECONDS,
        *,
        method: str = ANY,
        path_part: str = API,
        times: int | None = 1,
        everywhere: bool = False,
    ) -> Fault:
        """Tell the bot that it is too fast: at the next requests, or at those of one route."""
        return self.fail(
            method,
            path_part,
            status=429,
            times=times,
            retry_after=retry_after,
            everywhere=everywhere,
        )

    def expire_interactions(self, *, times: int | None = 1) -> Fault:
        """Let Discord know no more of the interactions that the bot answers next (10062)."""
        return self.fail("POST", "/callback", status=404, code=10062, times=times)

    def spoil_downloads(self, serve: Serve, *, times: int | None = 1) -> Fault:
        """Let the next downloads of attachments go wrong in one of the ways of `bad_downloads`."""
        return self._add(Fault("GET", "attachments/", times, serve=serve))

    # What people and servers do

    def block(self, person: Person) -> None:
        """Let a person block the bot: it cannot write to them any more (50007)."""
        self._world.blocking.add(person.id)

    def deny(self, channel_id: int, *permissions: str) -> None:
        """Take permissions in a channel from the bot, which is told so: ``"send_messages"``.

        To surprise the bot with a permission that it believes to have, use `fail`.
        """
        denied = self._world.channel(channel_id).denied
        for name in permissions:
            denied |= Permission.named(name)
        self._world.set_denied(channel_id, denied)

    def clear(self) -> None:
        """Let everything be well again."""
        self._faults.clear()
        self._gateway.acknowledges_heartbeats = True
        self._gateway.closed = False
        self._world.accepts_direct_messages = True
        self._world.blocking.clear()
        if not self._world.bot_is_member:
            self.let_bot_in()
        for channel in tuple(self._world.channels.values()):
            if channel.denied:
                self._world.set_denied(channel.id, NOTHING)

    # The server

    def remove_bot(self) -> None:
        """Remove the bot from the server, as those who manage it can."""
        self._world.set_bot_member(False)

    def take_server_away(self) -> None:
        """Let the server be unavailable, as in an outage of Discord; the bot is still in it."""
        self._world.set_bot_member(False, unavailable=True)

    def let_bot_in(self) -> None:
        """Invite the bot again, or end the outage."""
        self._world.set_bot_member(True)

    # The gateway

    def drop_socket(self) -> None:
        """Cut the bot's connections without a word; it can come back and miss nothing."""
        for connection in tuple(self._gateway.connections):
            connection.outbox.abort()

    def close_down_gateway(self, *, resumable: bool = True) -> None:
        """Cut the bot's connections, and let none be made until `open_gateway`.

        Parameters
        ----------
        resumable
            Whether the bot, when it comes back, is told of what has happened meanwhile; else it
            has to begin anew, and has missed it.
        """
        self._gateway.closed = True
        if not resumable:
            self._gateway.forget()
        self.drop_socket()

    def open_gateway(self) -> None:
        """Let the bot come back."""
        self._gateway.closed = False

    def close_gateway(self, code: int) -> None:
        """Close the bot's connections with one of Discord's codes."""
        for connection in tuple(self._gateway.connections):
            connection.outbox.close(code, CLOSE_REASONS.get(code, ""))

    def ask_to_reconnect(self) -> None:
        """Tell the bot to reconnect, as Discord does before it restarts a server."""
        self._send({"op": RECONNECT, "d": None})

    def invalidate_session(self, *, resumable: bool = False) -> None:
        """Tell the bot that its session is not valid; it identifies anew unless it may resume."""
        if not resumable:
            self._gateway.forget()
        self._send({"op": INVALID_SESSION, "d": resumable})

    def forget_sessions(self) -> None:
        """Let the bot, when it comes back, find its session gone."""
        self._gateway.forget()

    def swallow_heartbeats(self) -> None:
        """Answer the bot's signs of life no more, as a dead connection would."""
        self._gateway.acknowledges_heartbeats = False

    def _send(self, payload: dict[str, object]) -> None:
        for connection in tuple(self._gateway.connections):
            connection.outbox.put(payload)

    def _add(self, fault: Fault) -> Fault:
        self._faults.append(fault)
        return fault

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request go wrong if it is its turn."""
        for fault in self._faults:
            if fault.meets(request):
                fault.hits += 1
                if fault.delay:
                    await asyncio.sleep(fault.delay)
                if fault.respond is not None:
                    return fault.respond()
                if fault.serve is not None:
                    whole = await handler(request)
                    if isinstance(whole, web.Response):
                        return await fault.serve(request, whole)
                    return whole
                break
        return await handler(request)
