"""Telling answers from what is said to those who wait for one."""

import re

from bot.answers.progress import waiting

_PATTERN = re.compile(
    "|".join(re.sub(r"\d+", r"\\d+", re.escape(waiting(place))) for place in (1, 2, 3))
)


def is_notice(content: str | None) -> bool:
    """Tell whether a message says how many come first, and is no answer."""
    return bool(_PATTERN.fullmatch(content or ""))
