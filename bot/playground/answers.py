"""Answers of the REST API, in the very form that Discord's clients insist on."""

import json
import math

from aiohttp import web

from bot.playground.errors import ApiError

VIA = {"Via": "1.1 playground"}  # without it, discord.py takes a 429 for a ban by the network


def answer(body: object, *, status: int = 200) -> web.Response:
    """Give a JSON body, whose type says nothing of a charset: discord.py compares it exactly."""
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        content_type="application/json",
        headers=VIA,
    )


def done() -> web.Response:
    """Answer that it is done, and that there is nothing to say about it."""
    return web.Response(status=204, headers=VIA)


def refusal(error: ApiError) -> web.Response:
    """Answer with an error."""
    return answer(error.body(), status=error.status)


def plain_refusal(status: int, reason: str) -> web.Response:
    """Answer with an error that has no number but that of HTTP, as "404: Not Found"."""
    return refusal(ApiError(status, 0, f"{status}: {reason}"))


def rate_limited(retry_after: float, *, everywhere: bool = False) -> web.Response:
    """Answer 429.

    Parameters
    ----------
    retry_after
        Seconds to wait before trying again.
    everywhere
        Whether it is about all requests, not those of this kind alone.
    """
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(retry_after, 3),
        "global": everywhere,
    }
    response = answer(body, status=429)
    response.headers["Retry-After"] = str(math.ceil(retry_after))
    response.headers["X-RateLimit-Scope"] = "global" if everywhere else "user"
    if everywhere:
        response.headers["X-RateLimit-Global"] = "true"
    return response
