"""The REST API: its routes, what it checks in their bodies, and its rate limits.

What a person may do is checked by `desktop`, and is not here.
"""

from bot.playground.rest import commands, components
from bot.playground.rest.application import RestApi
from bot.playground.rest.message_body import MAX_CONTENT

__all__ = [
    "MAX_CONTENT",
    "RestApi",
    "commands",
    "components",
]
