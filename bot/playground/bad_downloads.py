"""Downloads that go wrong, as the CDN or the way from it makes them."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

Serve = Callable[[web.Request, web.Response], Awaitable[web.StreamResponse]]

CHUNK_BYTES = 1024
PADDING = b"\0" * CHUNK_BYTES


def slow(bytes_per_second: float) -> Serve:
    """Give the file, but so slowly."""

    async def serve(request: web.Request, whole: web.Response) -> web.StreamResponse:
        response, data = await _begin(request, whole), _bytes(whole)
        for start in range(0, len(data), CHUNK_BYTES):
            chunk = data[start : start + CHUNK_BYTES]
            await asyncio.sleep(len(chunk) / bytes_per_second)
            await response.write(chunk)
        return response

    return serve


def hanging(after_bytes: int) -> Serve:
    """Give so many bytes, and then nothing, until the other side goes."""

    async def serve(request: web.Request, whole: web.Response) -> web.StreamResponse:
        response = await _begin(request, whole)
        await response.write(_bytes(whole)[:after_bytes])
        await asyncio.Event().wait()
        return response

    return serve


def cut_short(missing_bytes: int) -> Serve:
    """Promise the whole file, and end the connection so many bytes before."""

    async def serve(request: web.Request, whole: web.Response) -> web.StreamResponse:
        data = _bytes(whole)
        response = await _begin(request, whole)
        await response.write(data[: max(0, len(data) - missing_bytes)])
        if request.transport is not None:
            request.transport.close()
        return response

    return serve


def too_long(extra_bytes: int) -> Serve:
    """Give more than the message said the file had, and do not say how much it is."""

    async def serve(request: web.Request, whole: web.Response) -> web.StreamResponse:
        response = await _begin(request, whole, chunked=True)
        await response.write(_bytes(whole))
        for start in range(0, extra_bytes, CHUNK_BYTES):
            await response.write(PADDING[: extra_bytes - start])
        await response.write_eof()
        return response

    return serve


async def _begin(
    request: web.Request, whole: web.Response, *, chunked: bool = False
) -> web.StreamResponse:
    """Send the headers; with the file's true length unless it comes in chunks."""
    headers = whole.headers.copy()
    headers.popall("Content-Length", None)
    response = web.StreamResponse(status=whole.status, headers=headers)
    if chunked:
        response.enable_chunked_encoding()
    else:
        response.content_length = len(_bytes(whole))
    await response.prepare(request)
    return response


def _bytes(whole: web.Response) -> bytes:
    body = whole.body
    return bytes(body) if isinstance(body, bytes | bytearray | memoryview) else b""
