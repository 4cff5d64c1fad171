"""A queue of outgoing messages of a web socket, so that senders need not wait."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import WSCloseCode, web

MAX_PENDING = 2_000  # messages; a peer that lets more accumulate is disconnected
CLOSE_SECONDS = 1.0  # to wait for the peer's close frame; pass it to the web socket as its time-out

Write = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class _Close:
    code: int
    reason: str


class SendQueue:
    """The outgoing messages of a web socket, sent in order by a task.

    Parameters
    ----------
    socket
        The web socket, already prepared.
    transport
        The connection of the web socket, to abort it.
    write
        Function that sends a message.
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
        """Send a message after all those before it."""
        if self._queue.qsize() >= MAX_PENDING:
            self.abort()
        elif not self._closing:
            self._queue.put_nowait(message)

    def close(self, code: int = WSCloseCode.GOING_AWAY, reason: str = "") -> None:
        """Close the web socket after all messages."""
        if not self._closing:
            self._closing = True
            self._queue.put_nowait(_Close(code, reason))

    def abort(self) -> None:
        """Abort the connection without a close frame, as on a network failure."""
        if self._transport is not None:
            self._transport.abort()

    async def stop(self) -> None:
        """Stop sending; a close that was requested before is completed."""
        if not self._closing:
            self._task.cancel()
        try:
            await asyncio.wait({self._task}, timeout=2 * CLOSE_SECONDS)
        finally:
            if not self._task.done():  # the peer no longer reads
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
            return  # the reader of this web socket notices it, too
