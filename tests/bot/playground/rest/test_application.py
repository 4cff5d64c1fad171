"""What stands before every route of the REST API."""

import aiohttp
import discord
import pytest

from bot.playground import Playground


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bot wrong"}, {"Authorization": "Bearer {token}"}]
)
async def test_no_route_answers_without_the_bots_token(
    playground: Playground, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    headers = {name: value.replace("{token}", playground.token) for name, value in headers.items()}
    for path in ("/users/@me", "/gateway/bot", "/nothing"):
        async with http.get(playground.api_url + path, headers=headers) as response:
            assert response.status == 401
            assert await response.json() == {"message": "401: Unauthorized", "code": 0}


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "/nothing", 404, "404: Not Found"),
        ("POST", "/users/@me", 405, "405: Method Not Allowed"),
        ("GET", "/channels/x/messages/1", 404, "404: Not Found"),
        ("GET", "/channels/17/messages/1", 404, "Unknown Channel"),
    ],
)
async def test_what_is_not_there_is_said_as_discord_says_it(
    playground: Playground,
    http: aiohttp.ClientSession,
    method: str,
    path: str,
    status: int,
    message: str,
) -> None:
    headers = {"Authorization": f"Bot {playground.token}"}
    async with http.request(method, playground.api_url + path, headers=headers) as response:
        assert response.status == status
        assert response.headers["Content-Type"] == "application/json"
        assert (await response.json())["message"] == message


async def test_a_mistake_of_the_playground_is_a_server_error_and_logged(
    playground: Playground,
    http: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(type(playground.world.bot), "to_json", lambda _: 1 / 0)
    headers = {"Authorization": f"Bot {playground.token}"}
    async with http.get(f"{playground.api_url}/users/@me", headers=headers) as response:
        assert response.status == 500
        assert await response.json() == {"message": "500: Internal Server Error", "code": 0}
    assert "ZeroDivisionError" in caplog.text


async def test_the_application_says_which_intents_are_switched_on(
    playground: Playground, http: aiohttp.ClientSession
) -> None:
    headers = {"Authorization": f"Bot {playground.token}"}
    flags = []
    for intents in (discord.Intents(message_content=True), discord.Intents.none()):
        playground.world.privileged_intents = intents
        async with http.get(f"{playground.api_url}/applications/@me", headers=headers) as response:
            flags.append((await response.json())["flags"])
    assert flags == [1 << 19, 0]


async def test_the_gateway_is_where_it_is_said_to_be(
    playground: Playground, http: aiohttp.ClientSession
) -> None:
    headers = {"Authorization": f"Bot {playground.token}"}
    async with http.get(f"{playground.api_url}/gateway/bot", headers=headers) as response:
        body = await response.json()
    assert body["url"] == playground.gateway_url
    assert body["shards"] == 1
