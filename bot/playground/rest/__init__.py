"""The REST API for the bot: routes, validation of their bodies, and rate limits.

Actions of users, and the checks of what they may do, are in `desktop`.
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
