"""Bodies of requests that break off."""

import asyncio

import pytest

from bot.playground.world.channels import VOICE_NOTES_ID
from tests.playground import Playground


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
    playground: Playground, caplog: pytest.LogCaptureFixture, path: str, content_type: str
):
    host = playground.page_url.removeprefix("http://")
    started = playground.faults.delay("POST", "/channels", seconds=0.0)
    _, writer = await asyncio.open_connection(*host.split(":"))
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
