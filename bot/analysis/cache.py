"""A cache of results, by the digest of the recording: the same audio is not analysed twice.

The options, such as the language of an image, are part of the key. The cache is in memory only, for
a few minutes: it does not know who sent a recording, nor where.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable

from bot.analysis.result import AnalysisOptions, AnalysisResult
from bot.bounded_dict import BoundedDict

HASHED_AT_ONCE = 2**18  # bytes; more is hashed in a thread, so that the event loop goes on
MAX_RESULTS = 500

Analyse = Callable[[bytes, AnalysisOptions], Awaitable[AnalysisResult]]
Key = tuple[bytes, AnalysisOptions]


class ResultCache:
    """Analyses recordings, and keeps the results for a while.

    A recording that comes again while it is being analysed is not analysed twice: the one analysis
    is the result of both requests. Errors are not kept.

    Parameters
    ----------
    analyse
        Function that analyses one recording.
    seconds
        How long a result is kept, in seconds; 0 for not at all.
    """

    def __init__(self, analyse: Analyse, *, seconds: float) -> None:
        self._analyse = analyse
        self._seconds = seconds
        self._results: BoundedDict[Key, AnalysisResult] = BoundedDict(MAX_RESULTS)
        self._running: dict[Key, asyncio.Task[AnalysisResult]] = {}
        self._waiting: Counter[Key] = Counter()  # callers for each running analysis

    def __len__(self) -> int:
        return len(self._results)

    async def analyse(self, recording: bytes, options: AnalysisOptions) -> AnalysisResult:
        """Return the result of a recording, from the cache or from an analysis.

        Whatever the analysis raises is raised here.

        Parameters
        ----------
        recording
            The bytes of the file.
        options
            The options of the analysis, on which the result depends.
        """
        key = await _digest(recording), options
        if key in self._results:
            self._results[key] = self._results[key]  # the least recently used goes first
            return self._results[key]
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._analyse_and_keep(key, recording))
        task = self._running[key]
        self._waiting[key] += 1
        try:
            return await asyncio.shield(task)
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:  # nobody waits for it any more
                del self._waiting[key], self._running[key]
                task.cancel()

    async def _analyse_and_keep(self, key: Key, recording: bytes) -> AnalysisResult:
        result = await self._analyse(recording, key[1])
        if self._seconds > 0:
            self._results[key] = result
            loop = asyncio.get_running_loop()
            loop.call_later(self._seconds, self._results.pop, key, None)
        return result


async def _digest(recording: bytes) -> bytes:
    if len(recording) <= HASHED_AT_ONCE:
        return hashlib.sha256(recording).digest()
    return (await asyncio.to_thread(hashlib.sha256, recording)).digest()
