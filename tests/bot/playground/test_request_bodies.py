"""Bodies of requests that break off or never end."""

import asyncio

import pytest

from bot.playground.request_bodies import MAX_FIELDS
from bot.playground.world.channels import VOICE_NOTES_ID
from tests.playground import Playground


async def raw_answer(playground: Playground, path: str, headers: str, body: bytes) -> bytes:
    """Send a request as it stands, and give the answer's first line and body."""
    host = playground.page_url.removeprefix("http://")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(host.rpartition(":")[2]))
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n\r\n"
    writer.write(head.encode() + body)
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/playground/channels/{channel}/voice", "audio/wav"),
        ("/playground/channels/{channel}/messages", "multipart/form-data; boundary=x"),
        ("/api/v10/channels/{channel}/messages", "application/json"),
        ("/api/v10/channels/{channel}/messages", "multipart/form-data; boundary=x"),
    ],
)
async def test_an_upload_that_breaks_off_is_nobodys_mistake(
    playground: Playground,
    caplog: pytest.LogCaptureFixture,
    path: str,
    content_type: str,
) -> None:
    host = playground.page_url.removeprefix("http://")
    started = playground.faults.delay("POST", "/channels", seconds=0.0)
    _, writer = await asyncio.open_connection("127.0.0.1", int(host.rpartition(":")[2]))
    head = (
        f"POST {path.format(channel=VOICE_NOTES_ID)} HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: Bot {playground.token}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: 1000\r\n\r\n"
    )
    writer.write(head.encode() + b'--x\r\nContent-Disposition: form-data; name="content"\r\n\r\nhi')
    async with asyncio.timeout(30):
        while not started.hits:  # noqa: ASYNC110 there is nothing to wait for but that
            await asyncio.sleep(0.001)
    writer.transport.abort()
    await playground.stop()
    assert playground.world.messages(VOICE_NOTES_ID) == []
    assert not caplog.records


async def test_fields_without_end_are_refused(playground: Playground) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="content"\r\n\r\n\r\n'
    body = part * (MAX_FIELDS + 1) + b"--x--\r\n"
    headers = f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}"
    path = f"/playground/channels/{VOICE_NOTES_ID}/messages"
    answer = await raw_answer(playground, path, headers, body)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"too many fields" in answer


async def test_text_without_end_is_refused(playground: Playground) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="content"\r\n\r\n'
        + b"x" * (1 << 20)
        + b"y\r\n--x--\r\n"
    )
    headers = f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}"
    path = f"/playground/channels/{VOICE_NOTES_ID}/messages"
    answer = await raw_answer(playground, path, headers, body)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"too long" in answer
