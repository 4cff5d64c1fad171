"""Files: their names, types and sizes, and what the CDN does with them."""

import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st

from bot.playground import PlaygroundError
from bot.playground.world.attachments import AttachmentStore, content_type_of, safe_filename
from bot.playground.world.channels import VOICE_NOTES_ID
from tests.playground import Playground, Upload


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("voice-message.ogg", "voice-message.ogg"),
        ("my  song (1).mp3", "my_song_1.mp3"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.wav", "a.wav"),
        ("grüße.flac", "grüße.flac"),
        ('x"\r\nSet-Cookie: a=b.ogg', "x_Set-Cookie_ab.ogg"),
        ("<script>.html", "script.html"),
        ("..", "unknown"),
        ("", "unknown"),
        ("???", "unknown"),
    ],
)
def test_a_name_is_made_safe_and_stays_recognisable(name: str, safe: str):
    assert safe_filename(name) == safe


@given(st.text(max_size=400))
def test_no_name_leads_anywhere_or_is_too_long(name: str):
    safe = safe_filename(name)
    assert safe
    assert safe == safe_filename(safe)
    assert len(safe) <= 120
    assert not set(safe) & set('/\\ "\r\n<>{}')
    assert safe.strip(".")


@pytest.mark.parametrize(
    ("filename", "declared", "content_type"),
    [
        ("a.ogg", None, "audio/ogg"),
        ("a.OPUS", "application/octet-stream", "audio/ogg"),
        ("a.m4a", None, "audio/mp4"),
        ("a.mp3", None, "audio/mpeg"),
        ("a.png", None, "image/png"),
        ("a.unheard-of", None, "application/octet-stream"),
        ("a", None, "application/octet-stream"),
        ("a.ogg", "video/webm", "video/webm"),
        ("a.ogg", "text/plain; charset=utf-8", "text/plain; charset=utf-8"),
        ("a.ogg", "text/html\r\nX-Evil: 1", "audio/ogg"),
        ("a.ogg", "nonsense", "audio/ogg"),
    ],
)
def test_the_type_is_the_senders_or_the_names(
    filename: str, declared: str | None, content_type: str
):
    assert content_type_of(filename, declared) == content_type


def test_the_oldest_files_make_room_for_new_ones():
    store = AttachmentStore(max_bytes=100)
    for number in range(1, 6):
        last = store.keep(1, number, Upload(filename="a.wav", data=bytes(40)))
        assert store.size <= 100
    assert store.size == 80
    with pytest.raises(PlaygroundError, match="all the room"):
        store.keep(1, 9, Upload(filename="a.wav", data=bytes(101)))
    assert store.size == 80
    store.discard(last)
    store.discard(last)
    assert store.size == 40


async def test_a_file_is_served_to_this_site_alone(playground: Playground, http: ClientSession):
    data = bytes(range(200))
    sent = await playground.say(VOICE_NOTES_ID, files=[Upload(filename="a.ogg", data=data)])
    async with http.get(sent.attachments[0].url) as response:
        assert await response.read() == data
        assert "Access-Control-Allow-Origin" not in response.headers
        assert response.headers.items() >= {
            ("Content-Type", "audio/ogg"),
            ("Content-Length", "200"),
            ("Content-Disposition", "inline; filename*=UTF-8''a.ogg"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("X-Content-Type-Options", "nosniff"),
        }
    async with http.head(sent.attachments[0].url) as head:
        assert head.headers["Content-Length"] == "200"


async def test_what_a_browser_could_run_is_a_download(playground: Playground, http: ClientSession):
    script = b"<script>alert(1)</script>"
    uploads = [Upload(filename=f"a.{one}", data=script) for one in ("html", "svg", "js", "pdf")]
    uploads.append(Upload(filename="a.ogg", data=script, content_type="text/html"))
    for attachment in (await playground.say(VOICE_NOTES_ID, files=uploads)).attachments:
        async with http.get(attachment.url) as response:
            assert response.headers["Content-Disposition"].startswith("attachment;")
            assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_only_the_whole_address_finds_a_file(playground: Playground, http: ClientSession):
    sent = await playground.say(VOICE_NOTES_ID, files=[Upload(filename="ä b.ogg", data=b"OggS")])
    [attachment] = sent.attachments
    assert (attachment.filename, attachment.title) == ("ä_b.ogg", "ä b.ogg")
    async with http.get(attachment.url) as found:
        assert await found.read() == b"OggS"
    base = f"{playground.page_url}/attachments"
    for path in (
        f"{VOICE_NOTES_ID}/{attachment.id}/other.ogg",
        f"1/{attachment.id}/{attachment.filename}",
        f"{VOICE_NOTES_ID}/1/{attachment.filename}",
        f"x/y/{attachment.filename}",
    ):
        async with http.get(f"{base}/{path}") as missing:
            assert missing.status == 404
    playground.world.delete(sent)
    async with http.get(attachment.url) as gone:
        assert gone.status == 404
