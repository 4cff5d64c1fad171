"""An embedded stand-in for Discord on the loopback interface.

An unmodified discord.py client logs in here over a real gateway and REST API, and a person tries it
in a browser, with no account and nothing from the internet. Nothing is kept on disk.
"""

from bot.playground.errors import PlaygroundError
from bot.playground.server import Playground

__all__ = [
    "Playground",
    "PlaygroundError",
]
