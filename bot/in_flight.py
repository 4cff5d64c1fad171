"""What the bot is at, each a task: waited for when it is told to stop, and then handed back."""

import asyncio
from typing import Generic, TypeVar

Job = TypeVar("Job")


class InFlight(Generic[Job]):
    """Tasks that are under way, and what each is about.

    Attributes
    ----------
    is_closing
        Whether no more are to be begun.
    """

    def __init__(self) -> None:
        self.is_closing = False
        self._jobs: dict[asyncio.Task[object], Job] = {}

    def __len__(self) -> int:
        """Tell how many tasks are under way."""
        return len(self._jobs)

    def add(self, task: "asyncio.Task[object]", job: Job) -> None:
        """Note a task until it is done, and what it is about."""
        self._jobs[task] = job
        task.add_done_callback(self._forget)

    async def finish(self, seconds: float) -> None:
        """Begin no more, and return when all are done, or after some seconds."""
        self.is_closing = True
        ending = asyncio.timeout(seconds)
        try:
            async with ending:
                while self._jobs:  # one that looked something up may have begun meanwhile
                    await asyncio.wait(self._jobs)
        except TimeoutError:
            if not ending.expired():
                raise

    def give_up(self) -> "dict[asyncio.Task[object], Job]":
        """Cancel what is not done, and tell what it is."""
        unfinished = dict(self._jobs)
        for task in unfinished:
            task.cancel()
        return unfinished

    def _forget(self, task: "asyncio.Task[object]") -> None:
        self._jobs.pop(task, None)
