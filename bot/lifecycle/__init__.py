"""What is in flight, and the end of the bot in ten seconds."""

from bot.lifecycle.background import start, uncancelled
from bot.lifecycle.shutdown import (
    DATABASE_SECONDS,
    EXIT_SECONDS,
    FAREWELL_SECONDS,
    FINISH_SECONDS,
    LAST_RESORT_SECONDS,
    LEAVE_SECONDS,
    PLAYGROUND_SECONDS,
    WORKERS_SECONDS,
    LastResort,
    within,
)

__all__ = [
    "DATABASE_SECONDS",
    "EXIT_SECONDS",
    "FAREWELL_SECONDS",
    "FINISH_SECONDS",
    "LAST_RESORT_SECONDS",
    "LEAVE_SECONDS",
    "PLAYGROUND_SECONDS",
    "WORKERS_SECONDS",
    "LastResort",
    "start",
    "uncancelled",
    "within",
]
