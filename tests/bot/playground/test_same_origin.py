"""Strangers are kept out, on every route: other sites, and names that point to this machine."""

import aiohttp
import pytest

from bot.playground.same_origin import SameOriginPolicy
from bot.playground.world.channels import VOICE_NOTES_ID
from tests.playground import Playground, Upload

FOREIGN = "http://evil.example"


@pytest.fixture
def routes(playground: Playground) -> list[tuple[str, str]]:
    """Return a request for every kind of route."""
    channel = f"/playground/channels/{VOICE_NOTES_ID}"
    api = f"/api/v10/channels/{VOICE_NOTES_ID}"
    return [
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/static/index.html"),
        ("GET", "/playground/events"),
        ("POST", f"{channel}/messages"),
        ("POST", f"{channel}/voice"),
        ("OPTIONS", f"{channel}/voice"),
        ("GET", "/gateway?v=10&encoding=json"),
        ("GET", "/api/v10/gateway/bot"),
        ("GET", f"{api}/messages"),
        ("POST", f"{api}/messages"),
        ("GET", f"/attachments/{VOICE_NOTES_ID}/1/x.ogg"),
        ("GET", "/nowhere"),
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:1"},
        {"Host": "127.0.0.1.evil.example:{port}"},
        {"Host": "[::1]:{port}"},
        {"Host": ""},
        {"Origin": FOREIGN},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://localhost:{port}"},
        {"Origin": "http://127.0.0.1:{port}.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=lambda headers: " ".join(f"{name}={value}" for name, value in headers.items()),
)
async def test_a_foreign_host_origin_or_site_is_refused_on_every_route(
    playground: Playground,
    http: aiohttp.ClientSession,
    routes: list[tuple[str, str]],
    headers: dict[str, str],
) -> None:
    port = playground.page_url.rpartition(":")[2]
    headers = {name: value.replace("{port}", port) for name, value in headers.items()}
    headers["Authorization"] = f"Bot {playground.token}"
    for method, path in routes:
        async with http.request(method, playground.page_url + path, headers=headers) as response:
            assert response.status == 403, (method, path)
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "Access-Control-Allow-Origin" not in response.headers
    assert playground.world.messages(VOICE_NOTES_ID) == []


@pytest.mark.parametrize("path", ["/playground/events", "/gateway?v=10&encoding=json"])
async def test_a_web_socket_opens_for_this_origin_and_none_but_not_for_another(
    playground: Playground, http: aiohttp.ClientSession, path: str
) -> None:
    url = playground.page_url + path
    for origin in (None, playground.page_url):
        async with http.ws_connect(url, origin=origin) as socket:
            assert (await socket.receive(timeout=30)).type is aiohttp.WSMsgType.TEXT
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await http.ws_connect(url, origin=FOREIGN)
    assert refused.value.status == 403


async def test_an_attachment_cannot_be_used_by_other_sites(
    playground: Playground, http: aiohttp.ClientSession
) -> None:
    sent = await playground.say(VOICE_NOTES_ID, files=[Upload(filename="a.ogg", data=b"OggS")])
    url = sent.attachments[0].url
    async with http.get(url) as response:
        assert response.status == 200
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in response.headers


def test_a_link_from_elsewhere_may_lead_to_the_page_and_to_nothing_else() -> None:
    policy = SameOriginPolicy()
    policy.set_address("127.0.0.1", 8765)
    followed = {
        "Host": "127.0.0.1:8765",
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
    }
    assert policy.refusal("GET", "/", followed) is None
    assert policy.refusal("POST", "/", followed) is not None
    assert policy.refusal("GET", "/playground/events", followed) is not None
    assert policy.refusal("GET", "/", followed | {"Sec-Fetch-Mode": "no-cors"}) is not None


def test_the_port_of_http_may_be_left_out() -> None:
    policy = SameOriginPolicy()
    policy.set_address("127.0.0.1", 80)
    for host in ("127.0.0.1", "localhost", "LOCALHOST:80", "127.0.0.1:80"):
        assert policy.refusal("GET", "/", {"Host": host}) is None
        assert policy.refusal("GET", "/", {"Host": host, "Origin": f"http://{host}"}) is None
    assert policy.refusal("GET", "/", {}) is not None
