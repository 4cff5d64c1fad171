"""``python -m bot`` as a process of its own, in a playground, for what measures the whole bot."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil

from bot.analyser import Analyser
from bot.playground.world.events import Event, MessageCreated
from bot.playground.world.messages import Message
from bot.settings import Settings
from tests.notices import is_notice
from tests.playground import Playground

PROJECT = str(Path(__file__).resolve().parent.parent)
START_SECONDS = 120.0
STOP_SECONDS = 30.0
ROOMY = 10**6  # messages that the playground keeps, so that none is gone before it is answered

NO_LIMITS = {
    "MAX_WAITING_NOTES": 1000,
    "MAX_WAITING_NOTES_OF_SERVER": 1000,
    "MAX_WAITING_NOTES_OF_PERSON": 1000,
    "NOTES_PER_MINUTE_OF_SERVER": 0,
    "NOTES_PER_MINUTE_OF_PERSON": 0,
    "REMEMBER_SECONDS": 0,
}
"""Settings with which one person can ask as much as the whole bot can answer."""


@contextlib.asynccontextmanager
async def running_analyser(settings: Settings) -> AsyncIterator[Analyser]:
    """Run the bot's worker processes alone."""
    analyser = Analyser(settings)
    try:
        await analyser.start()
        yield analyser
    finally:
        await analyser.stop()


@contextlib.asynccontextmanager
async def running_bot(
    folder: Path, **settings: object
) -> AsyncIterator[tuple[Playground, psutil.Process]]:
    """Run the bot in an empty folder, in a playground that limits nothing."""
    async with Playground(port=0) as playground:
        playground.world.max_messages = ROOMY
        playground.lift_rate_limits()
        given = NO_LIMITS | {
            "DISCORD_TOKEN": playground.token,
            "DISCORD_API_URL": playground.api_url,
            "DISCORD_GATEWAY_URL": playground.gateway_url,
            "LOG_LEVEL": "WARNING",
            "PYTHONPATH": PROJECT,
            **settings,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            cwd=folder,
            env=os.environ | {name: str(value) for name, value in given.items()},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            await _readiness(process)
            yield playground, psutil.Process(process.pid)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()


async def _readiness(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(START_SECONDS):
        while b"is ready" not in (line := await process.stdout.readline()):
            if not line:
                raise RuntimeError("The bot ended before it was ready.")


class Replies:
    """Waits for the bot's replies, many at a time.

    Parameters
    ----------
    playground
        Where the bot replies.
    """

    def __init__(self, playground: Playground) -> None:
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._stop = playground.world.subscribe(self._hear)

    def to(self, message_id: int) -> "asyncio.Future[Message]":
        """Expect the reply to a message that was sent just now."""
        return self._waiting.setdefault(message_id, asyncio.get_running_loop().create_future())

    def stop(self) -> None:
        """Wait for no more."""
        self._stop()

    def _hear(self, event: Event) -> None:
        if not isinstance(event, MessageCreated) or event.message.reply_to is None:
            return
        message = event.message
        if is_notice(message.content):
            return
        expected = self.to(int(message.reply_to))
        if not expected.done():
            expected.set_result(message)
