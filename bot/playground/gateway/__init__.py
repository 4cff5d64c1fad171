"""The gateway: a bot's web socket, its session, and the events that its intents cover.

What a bot does in return comes over REST, and is not here.
"""

from bot.playground.gateway.gateway import Gateway

__all__ = [
    "Gateway",
]
