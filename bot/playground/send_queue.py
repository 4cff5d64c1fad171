"""A queue of messages to a web socket, so that nobody who sends has to wait for it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import WSCloseCode, web

MAX_WAITING = 2_000  # messages; who does not read for so long is cut off
CLOSE_SECONDS = 1.0  # that the other side has for its goodbye; give it to the web socket

Write = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class _Close:
    code: int
    reason: str


class SendQueue:
    """The messages that are still to be sent to a web socket, in order.

    Parameters
    ----------
    socket
        Where to send it; prepared already.
    transport
        The connection below.
    write
        Sends one message.
    """

    def __init__(
        self, socket: web.WebSocketResponse, transport: asyncio.Transport | None, write: Write
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._write = write
        self._closing = False
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    def put(self, message: Any) -> None:
        """Send a message when all those before it have gone."""
        if self._queue.qsize() >= MAX_WAITING:
            self.abort()
        elif not self._closing:
            self._queue.put_nowait(message)

    def close(self, code: int = WSCloseCode.GOING_AWAY, reason: str = "") -> None:
        """Close the web socket when all messages have gone."""
        if not self._closing:
            self._closing = True
            self._queue.put_nowait(_Close(code, reason))

    def abort(self) -> None:
        """Cut the connection without a goodbye, as a broken network does."""
        if self._transport is not None:
            self._transport.abort()

    async def stop(self) -> None:
        """Stop sending, once a goodbye that has begun is sent."""
        if not self._closing:
            self._task.cancel()
        try:
            await asyncio.wait({self._task}, timeout=2 * CLOSE_SECONDS)
        finally:
            if not self._task.done():  # the other side does not even read any more
                self.abort()
                self._task.cancel()

    async def _run(self) -> None:
        try:
            while True:
                message = await self._queue.get()
                if isinstance(message, _Close):
                    await self._socket.close(code=message.code, message=message.reason.encode())
                    return
                await self._write(message)
        except ConnectionError:
            return  # whoever reads from this socket finds out, too
