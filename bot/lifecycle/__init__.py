"""Background tasks, and the shutdown of the bot within ten seconds.

The requests that are in flight then are in `bot.answers.in_flight`.
"""

from bot.lifecycle.background import shielded, start_task
from bot.lifecycle.shutdown import (
    DATABASE_SECONDS,
    DISCONNECT_SECONDS,
    EXIT_SECONDS,
    FINISH_SECONDS,
    NOTIFY_SECONDS,
    PLAYGROUND_SECONDS,
    WATCHDOG_SECONDS,
    WORKERS_SECONDS,
    Watchdog,
    stop_within,
)

__all__ = [
    "DATABASE_SECONDS",
    "DISCONNECT_SECONDS",
    "EXIT_SECONDS",
    "FINISH_SECONDS",
    "NOTIFY_SECONDS",
    "PLAYGROUND_SECONDS",
    "WATCHDOG_SECONDS",
    "WORKERS_SECONDS",
    "Watchdog",
    "shielded",
    "start_task",
    "stop_within",
]
