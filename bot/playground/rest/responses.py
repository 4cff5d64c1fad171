"""Responses of the REST API, in the form that Discord's clients insist on."""

import json
import math

from aiohttp import web

from bot.playground.errors import ApiError

VIA = {"Via": "1.1 playground"}  # without it, discord.py takes a 429 for a ban by the network


def answer(body: object, *, status: int = 200) -> web.Response:
    """Return a JSON response whose type names no charset: discord.py compares it exactly."""
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        content_type="application/json",
        headers=VIA,
    )


def done() -> web.Response:
    """Return the response to what was done and has nothing to return."""
    return web.Response(status=204, headers=VIA)


def refusal(error: ApiError) -> web.Response:
    """Return the response with an error."""
    return answer(error.body(), status=error.status)


def plain_refusal(status: int, reason: str) -> web.Response:
    """Return the response with an error that has only HTTP's number, as "404: Not Found"."""
    return refusal(ApiError(status, 0, f"{status}: {reason}"))


def rate_limited(retry_after: float) -> web.Response:
    """Return the response 429 to a request that may be tried again after so many seconds."""
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(retry_after, 3),
        "global": False,
    }
    response = answer(body, status=429)
    response.headers["Retry-After"] = str(math.ceil(retry_after))
    response.headers["X-RateLimit-Scope"] = "user"
    return response
