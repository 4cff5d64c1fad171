"""The gateway: the bot's web socket, its session, and the events of its intents.

Requests of the bot are in `rest`.
"""

from bot.playground.gateway.gateway import Gateway

__all__ = [
    "Gateway",
]
