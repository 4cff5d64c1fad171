"""What was heard lately, by the digest of the recording: the same audio is not analysed twice.

What was wanted beside the answer, such as a picture with words in some language, counts too.

It is in memory only, for a few minutes, and under a digest: who sent a recording, and where, is not
known here.
"""

import asyncio
import hashlib
from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

from bot.hearing import NO_WISHES, Wishes

HASHED_AT_ONCE = 2**18  # bytes; more is hashed in a thread, so that the event loop goes on
DEFAULT_SECONDS = 300.0
DEFAULT_MOST = 500

Heard = TypeVar("Heard")
HeardByEar = TypeVar("HeardByEar", covariant=True)

Key = tuple[bytes, Wishes]


class Ear(Protocol[HeardByEar]):
    """What hears a recording, given as the bytes of its file."""

    async def __call__(self, recording: bytes, /, *, wishes: Wishes) -> HeardByEar:
        """Hear it."""


class Hearings(Generic[Heard]):
    """Hears recordings, and remembers for a while what was heard.

    The same recording that is heard already when it comes again is waited for: one analysis answers
    both. What fails is not remembered.

    Parameters
    ----------
    hear
        Hears one recording.
    seconds
        How long an answer is remembered; 0 for not at all.
    most
        How many are remembered; the one that was not asked for the longest is forgotten first.
    """

    def __init__(
        self,
        hear: Ear[Heard],
        *,
        seconds: float = DEFAULT_SECONDS,
        most: int = DEFAULT_MOST,
    ) -> None:
        self._hear = hear
        self._seconds = seconds
        self._most = most
        self._heard: OrderedDict[Key, tuple[Heard, asyncio.TimerHandle]] = OrderedDict()
        self._under_way: dict[Key, asyncio.Task[Heard]] = {}
        self._listeners: dict[Key, int] = {}  # how many wait for each that is under way

    def __len__(self) -> int:
        """Tell how many answers are remembered."""
        return len(self._heard)

    async def hear(self, recording: bytes, *, wishes: Wishes = NO_WISHES) -> Heard:
        """Hear a recording, or remember what was heard in it.

        Parameters
        ----------
        recording
            The bytes of the file.
        wishes
            What is wanted beside the answer.

        Raises
        ------
        Exception
            Whatever hearing it raised.
        """
        key = await _digest(recording), wishes
        if key in self._heard:
            self._heard.move_to_end(key)
            return self._heard[key][0]
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._hear_anew(key, recording))
            self._under_way[key] = task
            self._listeners[key] = 0
        self._listeners[key] += 1
        try:
            return await asyncio.shield(task)
        finally:
            self._part(key, task)

    def clear(self) -> None:
        """Forget everything."""
        for _, timer in self._heard.values():
            timer.cancel()
        self._heard.clear()

    async def _hear_anew(self, key: Key, recording: bytes) -> Heard:
        heard = await self._hear(recording, wishes=key[1])
        if self._seconds > 0:
            timer = asyncio.get_running_loop().call_later(self._seconds, self._forget, key)
            self._heard[key] = (heard, timer)
            while len(self._heard) > self._most:
                self._forget(next(iter(self._heard)))
        return heard

    def _part(self, key: Key, task: "asyncio.Task[Heard]") -> None:
        """Note that one listener waits no more; with the last one goes what is under way."""
        if self._under_way.get(key) is not task:
            return
        self._listeners[key] -= 1
        if not self._listeners[key]:
            del self._under_way[key], self._listeners[key]
            task.cancel()

    def _forget(self, key: Key) -> None:
        """Forget one answer, if it is there."""
        if key in self._heard:
            self._heard.pop(key)[1].cancel()


async def _digest(recording: bytes) -> bytes:
    if len(recording) <= HASHED_AT_ONCE:
        return hashlib.sha256(recording).digest()
    return (await asyncio.to_thread(hashlib.sha256, recording)).digest()
