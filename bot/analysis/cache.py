"""What was heard lately, by the digest of the recording: the same audio is not analysed twice.

What was wanted beside the answer, such as a picture with words in some language, counts too.

It is in memory only, for a few minutes, and under a digest: who sent a recording, and where, is not
known here.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable

from bot.analysis.result import Hearing, Wishes
from bot.bounded_dict import BoundedDict

HASHED_AT_ONCE = 2**18  # bytes; more is hashed in a thread, so that the event loop goes on
MAX_HEARINGS = 500

Key = tuple[bytes, Wishes]


class HearingCache:
    """Analyses recordings, and remembers for a while what was heard.

    The same recording that is being analysed already when it comes again is waited for: one
    analysis answers both. What fails is not remembered.

    Parameters
    ----------
    analyse
        Analyses one recording.
    seconds
        How long an answer is remembered; 0 for not at all.
    """

    def __init__(
        self, analyse: Callable[[bytes, Wishes], Awaitable[Hearing]], *, seconds: float
    ) -> None:
        self._analyse = analyse
        self._seconds = seconds
        self._heard: BoundedDict[Key, Hearing] = BoundedDict(MAX_HEARINGS)
        self._under_way: dict[Key, asyncio.Task[Hearing]] = {}
        self._waiting: Counter[Key] = Counter()  # how many wait for each that is under way

    def __len__(self) -> int:
        return len(self._heard)

    async def hear(self, recording: bytes, wishes: Wishes) -> Hearing:
        """Analyse a recording, or remember what was heard in it.

        Parameters
        ----------
        recording
            The bytes of the file.
        wishes
            What is wanted beside the answer.

        Raises
        ------
        Exception
            Whatever the analysis raised.
        """
        key = await _digest(recording), wishes
        if key in self._heard:
            self._heard[key] = self._heard[key]  # the one not asked for the longest goes first
            return self._heard[key]
        if key not in self._under_way:
            self._under_way[key] = asyncio.create_task(self._analyse_anew(key, recording))
        task = self._under_way[key]
        self._waiting[key] += 1
        try:
            return await asyncio.shield(task)
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:  # with the last one that waits goes what is under way
                del self._waiting[key], self._under_way[key]
                task.cancel()

    async def _analyse_anew(self, key: Key, recording: bytes) -> Hearing:
        heard = await self._analyse(recording, key[1])
        if self._seconds > 0:
            self._heard[key] = heard
            loop = asyncio.get_running_loop()
            loop.call_later(self._seconds, self._heard.pop, key, None)
        return heard


async def _digest(recording: bytes) -> bytes:
    if len(recording) <= HASHED_AT_ONCE:
        return hashlib.sha256(recording).digest()
    return (await asyncio.to_thread(hashlib.sha256, recording)).digest()
