"""The download of attachments from servers that misbehave."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from yarl import URL

from bot.answers.downloads import ATTACHMENT_ORIGINS, Downloads
from bot.errors import VoiceNoteError

MAX_BYTES, SECONDS = 10_000, 0.5
CHUNK = b"x" * 1000


class Server:
    """A web server with a method for each path."""

    def __init__(self) -> None:
        self.url = URL()
        self.requests: list[web.Request] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await getattr(self, request.match_info["name"])(request)  # type: ignore[no-any-return]

    async def whole(self, _: web.Request) -> web.StreamResponse:
        return web.Response(body=CHUNK * 10)

    async def huge(self, _: web.Request) -> web.StreamResponse:
        return web.Response(body=CHUNK * 10 + b"x")

    async def endless(self, request: web.Request) -> web.StreamResponse:
        return await self._stream(request, CHUNK, pause=0.0)

    async def slow(self, request: web.Request) -> web.StreamResponse:
        return await self._stream(request, b"x", pause=0.05)

    async def _stream(self, request: web.Request, part: bytes, pause: float) -> web.StreamResponse:
        response = web.StreamResponse()  # without a length
        await response.prepare(request)
        while True:
            await response.write(part)
            await asyncio.sleep(pause)

    async def moved(self, _: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/whole")

    async def forbidden(self, _: web.Request) -> web.StreamResponse:
        raise web.HTTPForbidden

    async def zipped(self, _: web.Request) -> web.StreamResponse:
        bomb = gzip.compress(bytes(5_000_000))
        assert len(bomb) < MAX_BYTES
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async def cut(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "5000"})
        await response.prepare(request)
        await response.write(CHUNK)
        assert request.transport is not None
        request.transport.close()
        return response


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    application = web.Application()
    application.router.add_get("/{name}", server.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = URL.build(scheme="http", host="127.0.0.1", port=runner.addresses[0][1])
    yield server
    await runner.cleanup()


@pytest.fixture
async def downloads(server: Server) -> AsyncIterator[Downloads]:
    async with Downloads(MAX_BYTES, SECONDS, frozenset({server.url})) as downloads:
        yield downloads


async def test_a_file_within_the_limit_is_fetched_whole(server: Server, downloads: Downloads):
    assert await downloads.fetch(str(server.url / "whole")) == CHUNK * 10
    assert {"Authorization", "Cookie"}.isdisjoint(server.requests[0].headers)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("huge", "larger than"),
        ("endless", "larger than"),
        ("slow", "took too long"),
        ("moved", "send it again"),
        ("forbidden", "send it again"),
        ("cut", "send it again"),
    ],
)
async def test_a_body_that_is_too_large_too_slow_moved_or_broken_is_an_error_with_a_sentence(
    server: Server, downloads: Downloads, name: str, words: str
):
    with pytest.raises(VoiceNoteError, match=words):
        await downloads.fetch(str(server.url / name))
    assert [request.path for request in server.requests] == [f"/{name}"], "no redirect is followed"


async def test_a_small_compressed_body_does_not_become_a_huge_one(
    server: Server, downloads: Downloads
):
    body = await downloads.fetch(str(server.url / "zipped"))
    assert len(body) < MAX_BYTES
    assert server.requests[0].headers["Accept-Encoding"] == "identity"


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


async def test_another_port_of_the_same_host_is_another_origin(
    server: Server, downloads: Downloads
):
    with pytest.raises(VoiceNoteError, match="uploaded to Discord"):
        await downloads.fetch(str(server.url.with_port(1) / "whole"))
    assert server.requests == []
