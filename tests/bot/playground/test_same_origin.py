"""Strangers are kept out, on every route: other sites, and names that point to this machine."""

import aiohttp
import pytest
from aiohttp import ClientSession

from bot.playground.same_origin import SameOriginPolicy
from bot.playground.world.channels import VOICE_NOTES_ID
from tests.playground import Playground

FOREIGN = "http://evil.example"
CHANNEL = f"/playground/channels/{VOICE_NOTES_ID}"
API = f"/api/v10/channels/{VOICE_NOTES_ID}"
ROUTES = [
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/static/index.html"),
    ("GET", "/playground/events"),
    ("POST", f"{CHANNEL}/messages"),
    ("POST", f"{CHANNEL}/voice"),
    ("OPTIONS", f"{CHANNEL}/voice"),
    ("GET", "/gateway?v=10&encoding=json"),
    ("GET", "/api/v10/gateway/bot"),
    ("GET", f"{API}/messages"),
    ("POST", f"{API}/messages"),
    ("GET", f"/attachments/{VOICE_NOTES_ID}/1/x.ogg"),
    ("GET", "/nowhere"),
]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Host", "evil.example"),
        ("Host", "127.0.0.1"),
        ("Host", "127.0.0.1:1"),
        ("Host", "127.0.0.1.evil.example:{port}"),
        ("Host", "[::1]:{port}"),
        ("Host", ""),
        ("Origin", FOREIGN),
        ("Origin", "null"),
        ("Origin", "http://127.0.0.1"),
        ("Origin", "http://127.0.0.1:1"),
        ("Origin", "https://127.0.0.1:{port}"),
        ("Origin", "http://localhost:{port}"),
        ("Origin", "http://127.0.0.1:{port}.evil.example"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ],
)
async def test_a_foreign_host_origin_or_site_is_refused_on_every_route(
    playground: Playground, http: ClientSession, header: str, value: str
):
    url, port = playground.page_url, playground.page_url.rpartition(":")[2]
    headers = {"Authorization": f"Bot {playground.token}", header: value.replace("{port}", port)}
    for method, path in ROUTES:
        async with http.request(method, url + path, headers=headers) as response:
            assert response.status == 403, (method, path)
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "Access-Control-Allow-Origin" not in response.headers
    assert playground.world.messages(VOICE_NOTES_ID) == []


@pytest.mark.parametrize("path", ["/playground/events", "/gateway?v=10&encoding=json"])
async def test_a_web_socket_opens_for_this_origin(
    playground: Playground, http: ClientSession, path: str
):
    url = playground.page_url + path
    for origin in (None, playground.page_url):
        async with http.ws_connect(url, origin=origin) as socket:
            assert (await socket.receive(timeout=30)).type is aiohttp.WSMsgType.TEXT
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await http.ws_connect(url, origin=FOREIGN)


def policy(port: int) -> SameOriginPolicy:
    policy = SameOriginPolicy()
    policy.set_address("127.0.0.1", port)
    return policy


def test_a_link_from_elsewhere_may_lead_to_the_page_and_to_nothing_else():
    refusal = policy(8765).refusal
    headers = {"Host": "127.0.0.1:8765", "Sec-Fetch-Site": "cross-site"}
    followed = headers | {"Sec-Fetch-Mode": "navigate"}
    assert refusal("GET", "/", followed) is None
    assert refusal("POST", "/", followed)
    assert refusal("GET", "/playground/events", followed)
    assert refusal("GET", "/", headers | {"Sec-Fetch-Mode": "no-cors"})


def test_the_port_of_http_may_be_left_out():
    refusal = policy(80).refusal
    for host in ("127.0.0.1", "localhost", "LOCALHOST:80", "127.0.0.1:80"):
        assert refusal("GET", "/", {"Host": host}) is None
        assert refusal("GET", "/", {"Host": host, "Origin": f"http://{host}"}) is None
    assert refusal("GET", "/", {})
