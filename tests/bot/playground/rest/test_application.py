"""What stands before every route of the REST API."""

import discord
import pytest

from bot.playground import Playground
from tests.bot.playground.conftest import INTENTS, Api


@pytest.mark.parametrize("authorization", ["", "Bot wrong", "Bearer {token}"])
async def test_every_route_needs_the_token(playground: Playground, api: Api, authorization: str):
    headers = {"Authorization": authorization.replace("{token}", playground.token)}
    for path in ("/users/@me", "/gateway/bot", "/nothing"):
        answer = await api.request("GET", path, headers=headers)
        assert answer == (401, {"message": "401: Unauthorized", "code": 0})


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "/nothing", 404, "404: Not Found"),
        ("POST", "/users/@me", 405, "405: Method Not Allowed"),
        ("GET", "/channels/x/messages/1", 404, "404: Not Found"),
        ("GET", "/channels/17/messages/1", 404, "Unknown Channel"),
    ],
)
async def test_what_is_not_there_is_said(
    api: Api, method: str, path: str, status: int, message: str
):
    answered, body = await api.request(method, path)
    assert (answered, body["message"]) == (status, message)
    assert api.headers["Content-Type"] == "application/json"


async def test_a_mistake_of_the_playground_is_a_server_error_and_logged(
    playground: Playground,
    api: Api,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setattr(type(playground.world.bot), "to_json", lambda _: 1 / 0)
    answer = await api.request("GET", "/users/@me")
    assert answer == (500, {"message": "500: Internal Server Error", "code": 0})
    assert "ZeroDivisionError" in caplog.text


async def test_the_application_says_which_intents_are_switched_on(playground: Playground, api: Api):
    for intents, flags in ((INTENTS, 1 << 19), (discord.Intents.none(), 0)):
        playground.world.privileged_intents = intents
        assert (await api.request("GET", "/applications/@me"))[1]["flags"] == flags


async def test_the_gateway_is_where_it_is_said_to_be(playground: Playground, api: Api):
    _, body = await api.request("GET", "/gateway/bot")
    assert (body["url"], body["shards"]) == (playground.gateway_url, 1)
