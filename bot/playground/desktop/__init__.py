"""Discord's own client: what it offers people, checks, and sends to Discord for them.

How a person tells it so is up to the page, or to a test.
"""

from bot.playground.desktop.client import DesktopClient

__all__ = [
    "DesktopClient",
]
