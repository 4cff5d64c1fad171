"""Faults of Discord, on demand: refused and late requests, lost connections, outages."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import discord
from aiohttp import web

from bot.playground import Playground
from bot.playground.errors import ApiError
from bot.playground.gateway.gateway import CLOSE_REASONS, INVALID_SESSION, RECONNECT
from bot.playground.rest.responses import error_response, rate_limit_response
from bot.playground.world.channels import NO_PERMISSIONS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

RETRY_AFTER_SECONDS = 0.2  # with status 429


@dataclass
class Fault:
    """A fault of some requests.

    Attributes
    ----------
    refused
        The response that they get; None if they succeed, late.
    hits
        How many requests it was applied to.
    """

    method: str
    path_part: str
    times: float
    refused: ApiError | None = None
    delay: float = 0.0  # seconds
    hits: int = 0

    def meets(self, request: web.Request) -> bool:
        """Return whether this request is one of them."""
        is_meant = self.method == request.method and self.path_part in request.path
        return is_meant and self.hits < self.times


class Faults:
    """The faults of a playground."""

    def __init__(self, playground: Playground) -> None:
        self._world = playground.world
        self._gateway = playground.gateway
        self._faults: list[Fault] = []

    # Requests, those for attachments and the gateway among them

    def fail(
        self,
        method: str,
        path_part: str,
        *,
        status: int,
        code: int = 0,
        message: str | None = None,
        times: int | None = 1,
    ) -> Fault:
        """Refuse the next requests of a kind.

        Parameters
        ----------
        method, path_part
            HTTP method, and a part of the path: ``"POST", "/messages"``.
        status, code, message
            What to answer; the default message is HTTP's own.
        times
            How often; None for always.
        """
        error = ApiError(status, code, message or HTTPStatus(status).phrase)
        self._faults.append(Fault(method, path_part, times or float("inf"), error))
        return self._faults[-1]

    def delay(self, method: str, path_part: str, *, seconds: float, times: int | None = 1) -> Fault:
        """Delay the next requests of a kind."""
        self._faults.append(Fault(method, path_part, times or float("inf"), delay=seconds))
        return self._faults[-1]

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Apply the first fault that matches a request."""
        fault = next((one for one in self._faults if one.meets(request)), None)
        if fault is None:
            return await handler(request)
        fault.hits += 1
        await asyncio.sleep(fault.delay)
        if fault.refused is None:
            return await handler(request)
        if fault.refused.status == 429:
            return rate_limit_response(RETRY_AFTER_SECONDS)
        return error_response(fault.refused)

    # What people and servers do

    def deny(self, channel_id: int, *permissions: str) -> None:
        """Deny permissions in a channel to the bot, and send it the event: ``"send_messages"``.

        To refuse what the bot believes to be allowed, use `fail`.
        """
        denied = discord.Permissions(**dict.fromkeys(permissions, True))
        self._world.deny(channel_id, self._world.channel(channel_id).denied | denied)

    def remove_bot(self) -> None:
        """Remove the bot from the server."""
        self._world.set_bot_member(False)

    def take_server_away(self) -> None:
        """Make the server unavailable, as in an outage of Discord; the bot is still in it."""
        self._world.set_bot_member(False, unavailable=True)

    def let_bot_in(self) -> None:
        """Invite the bot again, or end the outage."""
        self._world.set_bot_member(True)

    def clear(self) -> None:
        """End all faults."""
        self._faults.clear()
        if not self._world.bot_is_member:
            self.let_bot_in()
        for channel in tuple(self._world.channels.values()):
            if channel.denied:
                self._world.deny(channel.id, NO_PERMISSIONS)

    # The gateway

    def drop_socket(self) -> None:
        """Cut the bot's connections without a close frame; it can resume and miss nothing."""
        self._gateway.abort_connections()

    def close_gateway(self, code: int) -> None:
        """Close the bot's connections with one of Discord's codes."""
        for connection in tuple(self._gateway.connections):
            connection.queue.close(code, CLOSE_REASONS.get(code, ""))

    def ask_to_reconnect(self) -> None:
        """Ask the bot to reconnect, as Discord does before it restarts a server."""
        self._send({"op": RECONNECT, "d": None})

    def invalidate_session(self, *, resumable: bool = False) -> None:
        """Send the bot that its session is invalid; it identifies anew unless it may resume."""
        if not resumable:
            self._gateway.forget_all_sessions()
        self._send({"op": INVALID_SESSION, "d": resumable})

    def _send(self, payload: dict[str, Any]) -> None:
        for connection in tuple(self._gateway.connections):
            connection.queue.put(payload)
