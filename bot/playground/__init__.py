"""A local replacement for Discord, on the loopback interface, without accounts or storage on disk.

An unmodified discord.py client connects to its gateway and REST API; people use it in a browser.
"""

from bot.playground.errors import PlaygroundError
from bot.playground.server import Playground

__all__ = [
    "Playground",
    "PlaygroundError",
]
