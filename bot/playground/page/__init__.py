"""The page: its routes, its events, and its JavaScript and style sheets in ``static``.

It is the user interface of Discord's client, whose checks are in `desktop`.
"""

from bot.playground.page.page import Page

__all__ = [
    "Page",
]
