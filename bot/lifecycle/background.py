"""Tasks that go on when whoever waits for them is cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

_tasks: set[asyncio.Task[Any]] = set()  # asyncio itself does not keep them


def start(work: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
    """Start a task that is kept until it is done."""
    task = asyncio.create_task(work)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


async def uncancelled(request: Coroutine[Any, Any, Result]) -> Result:
    """Await a request of discord.py's, which goes on where the waiting for it is cancelled.

    The HTTP client holds locks that a cancelled request can leave closed for good.
    """
    return await asyncio.shield(start(request))
