"""The page: the files of the browser's side in ``static``, its events, and its routes.

It shows what Discord's client would show; what that client checks is in `desktop`.
"""

from bot.playground.page.page import Page

__all__ = [
    "Page",
]
