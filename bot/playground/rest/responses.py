"""Responses of the REST API, as discord.py expects them."""

import json
import math

from aiohttp import web

from bot.playground.errors import ApiError

VIA = {"Via": "1.1 playground"}  # without it, discord.py takes status 429 for a ban by Cloudflare


def json_response(body: object, *, status: int = 200) -> web.Response:
    """Return a JSON response; without a charset in its type, which discord.py compares exactly."""
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        content_type="application/json",
        headers=VIA,
    )


def no_content() -> web.Response:
    """Return an empty response with status 204."""
    return web.Response(status=204, headers=VIA)


def error_response(error: ApiError) -> web.Response:
    """Return the response for an API error."""
    return json_response(error.body(), status=error.status)


def http_error_response(status: int, reason: str) -> web.Response:
    """Return the response for an HTTP error without a code of Discord's, as "404: Not Found"."""
    return error_response(ApiError(status, 0, f"{status}: {reason}"))


def rate_limit_response(retry_after: float) -> web.Response:
    """Return a response with status 429, for a request to be retried after some seconds."""
    body = {
        "message": "You are being rate limited.",
        "retry_after": round(retry_after, 3),
        "global": False,
    }
    response = json_response(body, status=429)
    response.headers["Retry-After"] = str(math.ceil(retry_after))
    response.headers["X-RateLimit-Scope"] = "user"
    return response
