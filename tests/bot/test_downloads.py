"""Fetching attachments, from servers that misbehave in every way a server can."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp import web
from yarl import URL

from bot.downloads import ATTACHMENT_ORIGINS, Downloads
from bot.errors import VoiceNoteError

MAX_BYTES, SECONDS = 10_000, 0.5
CHUNK = b"x" * 1000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """A web server whose answers a test chooses."""

    def __init__(self) -> None:
        self.sent = 0
        self.requests: list[web.Request] = []
        self.routes: dict[str, Handler] = {
            "/whole": self._whole,
            "/huge": self._huge,
            "/endless": self._endless,
            "/slow": self._slow,
            "/moved": self._moved,
            "/zipped": self._zipped,
            "/cut": self._cut,
        }
        self.url = URL()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await self.routes[request.path](request)

    async def _whole(self, _: web.Request) -> web.StreamResponse:
        return web.Response(body=CHUNK * 10)

    async def _huge(self, _: web.Request) -> web.StreamResponse:
        return web.Response(body=CHUNK * 10 + b"x")

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()  # without a length
        await response.prepare(request)
        while True:
            await response.write(CHUNK)
            self.sent += len(CHUNK)
            await asyncio.sleep(0)

    async def _slow(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.05)

    async def _moved(self, _: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/whole")

    async def _zipped(self, _: web.Request) -> web.StreamResponse:
        bomb = gzip.compress(bytes(5_000_000))
        assert len(bomb) < MAX_BYTES
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async def _cut(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "5000"})
        await response.prepare(request)
        await response.write(CHUNK)
        assert request.transport is not None
        request.transport.close()
        return response


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application()
    application.router.add_get("/{path:.*}", server.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = URL.build(scheme="http", host="127.0.0.1", port=runner.addresses[0][1])
    yield server
    await runner.cleanup()


@pytest_asyncio.fixture
async def downloads(server: Server) -> AsyncIterator[Downloads]:
    async with Downloads(MAX_BYTES, SECONDS, frozenset({server.url})) as downloads:
        yield downloads


async def test_a_file_as_large_as_the_limit_is_fetched_whole(server: Server, downloads: Downloads):
    assert await downloads.fetch(str(server.url / "whole")) == CHUNK * 10


async def test_a_byte_more_is_refused(server: Server, downloads: Downloads):
    with pytest.raises(VoiceNoteError, match="larger than"):
        await downloads.fetch(str(server.url / "huge"))


async def test_a_body_that_never_ends_is_cut_off(server: Server, downloads: Downloads):
    with pytest.raises(VoiceNoteError, match="larger than"):
        await downloads.fetch(str(server.url / "endless"))


async def test_a_body_that_trickles_is_given_up(server: Server, downloads: Downloads):
    with pytest.raises(VoiceNoteError, match="took too long"):
        await downloads.fetch(str(server.url / "slow"))


async def test_no_redirect_is_followed(server: Server, downloads: Downloads):
    with pytest.raises(VoiceNoteError, match="send it again"):
        await downloads.fetch(str(server.url / "moved"))
    assert [request.path for request in server.requests] == ["/moved"]


async def test_a_small_body_does_not_unfold_into_a_huge_one(server: Server, downloads: Downloads):
    body = await downloads.fetch(str(server.url / "zipped"))
    assert len(body) < MAX_BYTES
    assert server.requests[0].headers["Accept-Encoding"] == "identity"


async def test_a_body_that_breaks_off_is_told_in_a_sentence(server: Server, downloads: Downloads):
    with pytest.raises(VoiceNoteError, match="send it again"):
        await downloads.fetch(str(server.url / "cut"))


async def test_the_request_carries_nothing_that_tells_who_asks(
    server: Server, downloads: Downloads
):
    await downloads.fetch(str(server.url / "whole"))
    assert {"Authorization", "Cookie"}.isdisjoint(server.requests[0].headers)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a.ogg",
        "https://cdn.discordapp.com.example.org/a.ogg",
        "https://example.org@169.254.169.254/a.ogg",
        "http://cdn.discordapp.com/a.ogg",
        "https://cdn.discordapp.com:8443/a.ogg",
        "file:///etc/passwd",
        "/attachments/1/2/a.ogg",
        "",
        "http://[::1",
    ],
)
async def test_nothing_is_fetched_from_anywhere_but_discord(address: str):
    async with Downloads(MAX_BYTES, SECONDS, ATTACHMENT_ORIGINS) as downloads:
        with pytest.raises(VoiceNoteError):
            await downloads.fetch(address)


async def test_another_port_of_the_same_host_is_elsewhere(server: Server, downloads: Downloads):
    with pytest.raises(VoiceNoteError, match="uploaded to Discord"):
        await downloads.fetch(str(server.url.with_port(1) / "whole"))
    assert server.requests == []
