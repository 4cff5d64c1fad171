"""How fast the bot may send."""

import pytest
from discord import TextChannel

from bot.playground.rest.rate_limits import Limit, RateLimits
from bot.playground.world.channels import VOICE_NOTES_ID
from tests.bot.playground.conftest import Api
from tests.playground import Playground

MESSAGES = "/channels/{channel_id}/messages"


def test_a_bucket_counts_down_and_then_refuses():
    limits = RateLimits()
    verdicts = [limits.take("POST", MESSAGES, "1") for _ in range(6)]

    assert [verdict.headers["X-RateLimit-Remaining"] for verdict in verdicts] == list("432100")
    assert all(verdict.headers["X-RateLimit-Limit"] == "5" for verdict in verdicts)
    assert all(verdict.retry_after is None for verdict in verdicts[:5])
    assert 0 < verdicts[-1].retry_after <= 5


def test_each_channel_and_kind_of_request_has_a_bucket_of_its_own():
    limits = RateLimits()
    refused = [limits.take("POST", MESSAGES, "1") for _ in range(6)][-1]
    elsewhere = limits.take("POST", MESSAGES, "2")
    otherwise = limits.take("GET", MESSAGES, "1")

    assert refused.retry_after is not None
    assert elsewhere.retry_after is otherwise.retry_after is None
    assert elsewhere.headers["X-RateLimit-Bucket"] == refused.headers["X-RateLimit-Bucket"]
    assert otherwise.headers["X-RateLimit-Bucket"] != refused.headers["X-RateLimit-Bucket"]


def test_a_bucket_is_full_again_when_its_time_is_over():
    limits = RateLimits()
    limits.limits["POST", MESSAGES] = Limit(requests=1, seconds=0.0)
    assert all(limits.take("POST", MESSAGES, "1").retry_after is None for _ in range(9))


async def test_a_client_that_does_not_wait_is_told_how_long(playground: Playground, api: Api):
    playground.rest.rate_limits.limits["POST", MESSAGES] = Limit(requests=1, seconds=3600)
    path = f"/channels/{VOICE_NOTES_ID}/messages"
    assert (await api.request("POST", path, json={"content": "hi"}))[0] == 200
    assert api.headers["X-RateLimit-Remaining"] == "0"
    status, body = await api.request("POST", path, json={"content": "hi"})
    assert (status, body["global"], api.headers["X-RateLimit-Scope"]) == (429, False, "user")
    assert 0 < body["retry_after"] <= int(api.headers["Retry-After"]) <= 3600
    assert len(playground.world.messages(VOICE_NOTES_ID)) == 1


async def test_discord_py_paces_itself_by_the_headers_and_is_never_refused(
    playground: Playground, channel: TextChannel, caplog: pytest.LogCaptureFixture
):
    playground.rest.rate_limits.limits["POST", MESSAGES] = Limit(requests=2, seconds=0.3)
    for number in range(5):
        await channel.send(str(number))
    assert [message["content"] for message in playground.bot_messages()] == list("01234")
    assert "rate limited" not in caplog.text
