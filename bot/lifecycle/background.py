"""Tasks that go on when their caller is cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_tasks: set[asyncio.Task[Any]] = set()  # asyncio itself keeps no strong references


def start_task(work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    """Start a task, and keep a reference to it until it is done."""
    task = asyncio.create_task(work)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


async def shielded(request: Coroutine[Any, Any, T]) -> T:
    """Await a request of discord.py's, which goes on when the caller is cancelled.

    A request that is cancelled can leave locks of discord.py's HTTP client locked for good.
    """
    return await asyncio.shield(start_task(request))
