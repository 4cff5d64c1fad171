"""Sending to a web socket without waiting, whoever is at the other end."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientWebSocketResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.playground import send_queue
from bot.playground.send_queue import SendQueue

LARGE = "x" * 1_000_000  # more than the buffers on the way take


class Line:
    """A web socket with a queue at the near end."""

    def __init__(self) -> None:
        self.queue: asyncio.Future[SendQueue] = asyncio.get_running_loop().create_future()
        self.hang_up = asyncio.Event()
        self.ended = asyncio.Event()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(timeout=send_queue.CLOSE_SECONDS)
        await socket.prepare(request)
        queue = SendQueue(socket, request.transport, socket.send_str)
        self.queue.set_result(queue)
        try:
            await self.hang_up.wait()
            await queue.stop()
        finally:
            self.ended.set()
        return socket


@pytest.fixture
async def line() -> Line:
    return Line()


@pytest.fixture
async def far_end(line: Line) -> AsyncIterator[ClientWebSocketResponse]:
    application = web.Application()
    application.add_routes([web.get("/", line.serve)])
    async with TestClient(TestServer(application)) as client:
        yield await client.ws_connect("/", max_msg_size=0)


async def test_messages_go_in_order_and_the_goodbye_last(
    line: Line, far_end: ClientWebSocketResponse
):
    queue = await line.queue
    sent = [str(number) * 1_000_000 for number in range(9)]
    for message in sent:
        queue.put(message)
    queue.close(4000, "enough")
    queue.put("too late")
    line.hang_up.set()
    assert [message.data async for message in far_end] == sent
    assert far_end.close_code == 4000
    await line.ended.wait()


async def test_a_far_end_that_never_reads_cannot_hold_up_the_end(
    line: Line, far_end: ClientWebSocketResponse, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(send_queue, "CLOSE_SECONDS", 0.1)
    queue = await line.queue
    before = asyncio.all_tasks()
    for _ in range(50):
        queue.put(LARGE)
    queue.close()
    line.hang_up.set()
    async with asyncio.timeout(30):
        await line.ended.wait()
    assert asyncio.all_tasks() <= before
