"""The logic of Discord's own client: the checks of users' actions, and the interactions it sends.

Its user interface is in `page`; tests use it directly.
"""

from bot.playground.desktop.client import DesktopClient

__all__ = [
    "DesktopClient",
]
