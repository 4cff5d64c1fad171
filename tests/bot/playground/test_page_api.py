"""The page's own API: what it is served and told, and what a person sends with it."""

import asyncio
import base64
import io
import re
from typing import Any

import aiohttp
import pytest
import soundfile

from bot.playground import Playground
from bot.playground.attachments import MAX_FILE_BYTES, MAX_FILES
from bot.playground.outbox import MAX_WAITING
from tests.bot.playground.conftest import Bot, PageEvents
from tests.bot.playground.samples import wav

Json = dict[str, Any]

WAV = {"Content-Type": "audio/wav"}


class Page:
    """A person's browser, as far as the server can tell."""

    def __init__(self, playground: Playground, http: aiohttp.ClientSession) -> None:
        self._url = playground.page_url
        self._http = http

    async def post(self, path: str, **options: Any) -> tuple[int, Json]:
        async with self._http.post(f"{self._url}/playground{path}", **options) as response:
            return response.status, await response.json()

    async def get(self, path: str) -> tuple[aiohttp.ClientResponse, str]:
        async with self._http.get(self._url + path) as response:
            return response, await response.text()


@pytest.fixture
def page(playground: Playground, http: aiohttp.ClientSession) -> Page:
    return Page(playground, http)


def form(content: str | None = None, **files: bytes) -> aiohttp.FormData:
    data = aiohttp.FormData(default_to_multipart=True)
    data.add_field("content", content or "")
    for name, body in files.items():
        data.add_field("files", io.BytesIO(body), filename=f"{name}.ogg", content_type="audio/ogg")
    return data


async def test_the_page_and_its_files_are_served(page: Page) -> None:
    response, text = await page.get("/")
    assert response.status == 200
    assert response.content_type == "text/html"
    assert "<html" in text
    missing, _ = await page.get("/static/missing.js")
    outside, _ = await page.get("/static/../server.py")
    encoded, _ = await page.get("/static/%2e%2e/server.py")
    assert {missing.status, outside.status, encoded.status} <= {403, 404}


async def test_nothing_on_the_page_may_come_from_elsewhere_or_be_shown_elsewhere(
    page: Page, playground: Playground
) -> None:
    response, _ = await page.get("/")
    policy = dict(
        rule.split(" ", 1) for rule in response.headers["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'self'"
    assert policy["media-src"] == "'self' blob:"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == f"'self' {playground.gateway_url.removesuffix('/gateway')}"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "microphone=(self)" in response.headers["Permissions-Policy"]


async def test_localhost_leads_to_the_one_address_of_the_page(
    playground: Playground, http: aiohttp.ClientSession
) -> None:
    url = playground.page_url.replace("127.0.0.1", "localhost")
    headers = {"Host": url.removeprefix("http://")}
    async with http.get(playground.page_url, headers=headers, allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"] == f"{playground.page_url}/"
    robins = f"{playground.page_url}/?person=17"
    async with http.get(robins, headers=headers, allow_redirects=False) as response:
        assert response.headers["Location"] == robins


async def test_a_page_that_opens_is_told_how_everything_stands(
    playground: Playground, bot: Bot, page_events: PageEvents, channel_id: int
) -> None:
    sent = await playground.say(channel_id, "earlier")
    world = playground.world
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{playground.page_url}/playground/events") as socket,
    ):
        state = await socket.receive_json(timeout=30)

    assert state["type"] == "state"
    assert state["me"] == str(world.you.id)
    assert state["bot_online"]
    assert [(channel["name"], channel["kind"]) for channel in state["channels"]] == [
        ("voice-notes", "text"),
        ("general", "text"),
        ("Undertone", "dm"),
    ]
    assert all(channel["topic"] for channel in state["channels"])
    assert [(person["name"], person["bot"]) for person in state["people"]] == [
        ("You", False),
        ("Undertone", True),
        ("Robin", False),
        ("Morgan", False),
    ]
    assert all(person["colour"].startswith("#") for person in state["people"])
    names = [role["name"] for role in state["roles"]]
    assert names == ["@everyone", "Undertone", "Moderators"]
    assert set(state["messages"]) == {channel["id"] for channel in state["channels"]}
    [message] = state["messages"][str(channel_id)]
    assert (message["id"], message["content"]) == (str(sent.id), "earlier")


async def test_a_person_writes_and_attaches(
    page: Page, page_events: PageEvents, bot: Bot, channel_id: int
) -> None:
    status, message = await page.post(
        f"/channels/{channel_id}/messages", data=form(" @undertone listen ", one=b"1", two=b"22")
    )

    heard = await bot.hear()
    assert status == 201
    assert (await page_events.next("message_create"))["message"] == message
    assert message["content"] == f"<@{bot.user.id}> listen" == heard.content
    assert [(file["filename"], file["size"]) for file in message["attachments"]] == [
        ("one.ogg", 1),
        ("two.ogg", 2),
    ]
    assert [attachment.content_type for attachment in heard.attachments] == ["audio/ogg"] * 2
    assert await heard.attachments[1].read() == b"22"
    assert bot.user in heard.mentions


async def test_a_person_replies(
    page: Page, playground: Playground, bot: Bot, channel_id: int
) -> None:
    question = await playground.say(channel_id, "Who?", author=playground.world.friend)
    data = form("Me.")
    data.add_field("reply_to", str(question.id))
    status, message = await page.post(f"/channels/{channel_id}/messages", data=data)
    heard = await bot.hear(2)
    assert status == 201
    assert message["message_reference"]["message_id"] == str(question.id)
    assert heard.reference is not None
    assert heard.reference.message_id == question.id
    assert [member.id for member in heard.mentions] == [playground.world.friend.id]


async def test_nobody_replies_to_what_is_not_there(
    page: Page, playground: Playground, channel_id: int
) -> None:
    data = form("Me.")
    data.add_field("reply_to", "17")
    status, body = await page.post(f"/channels/{channel_id}/messages", data=data)
    assert (status, body) == (404, {"error": "Unknown Message: reload the page."})
    assert playground.world.messages(channel_id) == []


async def test_nobody_writes_in_a_conversation_of_others(
    page: Page, playground: Playground
) -> None:
    theirs = playground.world.direct_channel(playground.world.friend.id).id
    for path, options in (
        ("messages", {"data": form("Hello?")}),
        ("voice", {"data": wav(1.0), "headers": WAV}),
    ):
        status, body = await page.post(f"/channels/{theirs}/{path}", **options)
        assert (status, body) == (400, {"error": "That conversation is between others."})
    assert playground.world.messages(theirs) == []


async def test_a_person_records(
    page: Page, page_events: PageEvents, bot: Bot, channel_id: int
) -> None:
    status, message = await page.post(f"/channels/{channel_id}/voice", data=wav(2.0), headers=WAV)

    heard = await bot.hear()
    [shown] = message["attachments"]
    assert status == 201
    assert message["flags"] == 8192
    assert (shown["filename"], shown["content_type"]) == ("voice-message.ogg", "audio/ogg")
    assert shown["duration_secs"] == pytest.approx(2.0, abs=0.05)
    assert 0 < len(base64.b64decode(shown["waveform"])) <= 256
    assert heard.flags.voice
    with soundfile.SoundFile(io.BytesIO(await heard.attachments[0].read())) as sound:
        assert (sound.samplerate, sound.channels, sound.subtype) == (48_000, 1, "OPUS")
    assert (await page_events.next("message_create"))["message"] == message


async def test_a_person_can_send_to_the_conversation_with_the_bot(
    page: Page, playground: Playground, bot: Bot
) -> None:
    direct = playground.world.channel_named("Undertone")
    await page.post(f"/channels/{direct.id}/messages", data=form("psst"))
    assert (await bot.hear()).guild is None


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (form("   "), 400, "nothing to send"),
        (form("x" * 2001), 400, "at most 2000 characters"),
        (form("", big=bytes(MAX_FILE_BYTES + 1)), 413, "Your file is too large.*10 MiB"),
        (
            form("", **{f"file{number}": b"x" for number in range(MAX_FILES + 1)}),
            400,
            "at most 10 files",
        ),
        (b"content=hello", 400, "multipart form"),
    ],
)
async def test_what_cannot_be_sent_is_said_in_a_sentence_and_nothing_is_sent(
    page: Page,
    playground: Playground,
    channel_id: int,
    data: Any,
    status: int,
    sentence: str,
) -> None:
    answered, body = await page.post(f"/channels/{channel_id}/messages", data=data)
    assert answered == status
    assert re.search(sentence, body["error"])
    assert body["error"].endswith(".")
    assert playground.world.messages(channel_id) == []


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (b"", 400, "not a WAV file"),
        (b"OggS" + bytes(100), 400, "not a WAV file"),
        (b"RIFF\x04\x00\x00\x00WAVE", 400, "broken"),
        (wav(0.0), 400, "empty"),
        (wav(0.1, rate=4_000), 400, "microphone"),
        (wav(0.1, channels=3), 400, "microphone"),
        (wav(601, rate=8_000), 413, "at most 10 minutes"),
    ],
)
async def test_a_recording_that_cannot_be_used_is_refused_with_a_sentence(
    page: Page,
    playground: Playground,
    channel_id: int,
    data: bytes,
    status: int,
    sentence: str,
) -> None:
    recording = io.BytesIO(data)
    answered, body = await page.post(f"/channels/{channel_id}/voice", data=recording, headers=WAV)
    assert answered == status
    assert sentence in body["error"]
    assert playground.world.messages(channel_id) == []


async def test_a_recording_that_says_it_is_something_else_is_refused(
    page: Page, channel_id: int
) -> None:
    headers = {"Content-Type": "audio/webm"}
    status, _ = await page.post(f"/channels/{channel_id}/voice", data=wav(0.1), headers=headers)
    assert status == 400


@pytest.mark.parametrize("path", ["/channels/17/messages", "/channels/x/messages"])
async def test_a_channel_that_is_not_there_is_said(page: Page, path: str) -> None:
    status, body = await page.post(path, data=form("hello?"))
    assert (status, body) == (404, {"error": "Unknown Channel: reload the page."})


async def test_a_path_that_is_not_there_is_said(page: Page) -> None:
    status, body = await page.post("/nothing")
    assert (status, body) == (404, {"error": "Not Found: reload the page."})


async def test_a_page_that_sends_too_much_on_its_socket_is_cut_off(
    playground: Playground, http: aiohttp.ClientSession
) -> None:
    async with http.ws_connect(f"{playground.page_url}/playground/events") as socket:
        await socket.send_str("x" * 5_000)
        async for _ in socket:
            pass
        assert socket.close_code == 1009


async def test_a_page_that_falls_far_behind_is_cut_off_and_may_come_back(
    playground: Playground, http: aiohttp.ClientSession, channel_id: int
) -> None:
    url = f"{playground.page_url}/playground/events"
    async with http.ws_connect(url) as socket:
        await socket.receive_json(timeout=30)
        for _ in range(MAX_WAITING + 1):
            playground.world.start_typing(channel_id, playground.world.you.id)
        async for _ in socket:
            pass
        assert socket.close_code != 1000
    async with http.ws_connect(url) as socket:
        assert (await socket.receive_json(timeout=30))["type"] == "state"


async def test_a_page_that_is_closed_is_forgotten(
    playground: Playground, http: aiohttp.ClientSession
) -> None:
    async with http.ws_connect(f"{playground.page_url}/playground/events") as socket:
        await socket.receive_json(timeout=30)
        assert len(playground._page._outboxes) == 1
    async with asyncio.timeout(30):
        while playground._page._outboxes:  # noqa: ASYNC110 nobody is told of it
            await asyncio.sleep(0.001)


async def test_lines_arrive_as_discord_has_them_and_not_as_a_browser_sends_them(
    page: Page, channel_id: int
) -> None:
    status, message = await page.post(
        f"/channels/{channel_id}/messages", data=form("one\r\ntwo\nthree")
    )
    assert status == 201
    assert message["content"] == "one\ntwo\nthree"
