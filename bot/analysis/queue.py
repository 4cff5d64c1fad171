"""A bounded queue that is fair between servers, in which everybody has a position.

Servers are served round robin, however much each has waiting; a direct conversation counts as a
server of one person. Within a server, requests are served in order of arrival. A request for which
there is no room is refused at once, with a sentence.
"""

import asyncio
import contextlib
import math
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal

from bot.errors import AnalyserBusyError, RateLimitedError
from bot.i18n import translatable
from bot.policy import RateLimiter
from bot.settings import Settings

PREFETCHED = 2  # voice notes that are fetched while every worker is busy
REPORT_SECONDS = 2.0  # of waiting until a position is reported, and from then on between reports

TOO_MANY = translatable("I have too many voice notes waiting: please send it again in a minute.")
TOO_MANY_OF = {
    "person": translatable(
        "I have too many of your voice notes waiting: please send it again when I have answered "
        "those."
    ),
    "server": translatable(
        "I have too many voice notes of this server waiting: please send it again in a minute."
    ),
}

Tenant = tuple[Literal["server", "person"], int]
"""A server or a person, with its id: what the queue is fair between, and what limits count."""

OnPosition = Callable[[int], None]


@dataclass(frozen=True)
class Requester:
    """The person who asks for an analysis, and the server.

    Parameters
    ----------
    user_id
        Discord's id of the person.
    guild_id
        Discord's id of the server; None in a direct conversation.
    """

    user_id: int
    guild_id: int | None = None

    @property
    def tenant(self) -> Tenant:
        """The server; the person in a direct conversation. They share one line of the queue."""
        return self.tenants[-1]

    @property
    def tenants(self) -> list[Tenant]:
        """The person and the server, each with limits of its own."""
        person: Tenant = ("person", self.user_id)
        return [person] if self.guild_id is None else [person, ("server", self.guild_id)]


class Queue:
    """Limits how many voice notes are fetched and analysed at once; the others wait.

    Parameters
    ----------
    settings
        The number of workers; how many voice notes may wait in all, of a server and of a person;
        how many may come in a minute of a server and of a person.
    prefetched
        How many voice notes may be fetched while every worker is busy.
    """

    def __init__(self, settings: Settings, *, prefetched: int = PREFETCHED) -> None:
        workers = settings.workers
        self._max_running = workers + min(prefetched, settings.max_waiting_notes)
        self._max_requests = workers + settings.max_waiting_notes
        self._max_requests_of = {
            "server": workers + settings.max_waiting_notes_of_server,
            "person": workers + settings.max_waiting_notes_of_person,
        }
        self._limiters = {
            "server": RateLimiter(settings.notes_per_minute_of_server),
            "person": RateLimiter(settings.notes_per_minute_of_person),
        }
        self.running = 0  # slots that are taken
        # Each request that waits is a future, done when it gets a slot. The next tenant is first.
        self._lines: OrderedDict[Tenant, deque[asyncio.Future[None]]] = OrderedDict()
        self._requests: Counter[Tenant] = Counter()  # that run or wait

    @property
    def waiting(self) -> int:
        """The number of requests that wait for a slot."""
        return sum(map(len, self._lines.values()))

    @contextlib.asynccontextmanager
    async def slot(
        self, requester: Requester, *, on_position: OnPosition | None = None
    ) -> AsyncIterator[None]:
        """Wait for a slot, and hold it.

        Parameters
        ----------
        requester
            The person and the server that the slot is for.
        on_position
            Function that is called with the position in the queue, 1 for the next, after
            `REPORT_SECONDS` of waiting, and every `REPORT_SECONDS` from then on if it has changed.

        Raises
        ------
        AnalyserBusyError
            There is no room for another request.
        RateLimitedError
            This person, or this server, has asked too often in the last minute.
        """
        tenants = requester.tenants
        self._admit(tenants)
        self._requests.update(tenants)
        try:
            await self._wait(requester.tenant, on_position)
            try:
                yield
            finally:
                self.running -= 1
                self._grant()
        finally:
            self._requests.subtract(tenants)
            self._requests = +self._requests  # without those that have none left

    def _admit(self, tenants: list[Tenant]) -> None:
        """Refuse a request if there is no room or too many came; otherwise count it."""
        if self.running + self.waiting >= self._max_requests:
            raise AnalyserBusyError(TOO_MANY)
        for tenant in tenants:
            if self._requests[tenant] >= self._max_requests_of[tenant[0]]:
                raise AnalyserBusyError(TOO_MANY_OF[tenant[0]])
        for tenant in tenants:
            seconds = self._limiters[tenant[0]].retry_after(tenant)
            if seconds > 0:
                raise RateLimitedError(tenant[0], math.ceil(seconds))
        for tenant in tenants:
            self._limiters[tenant[0]].take(tenant)

    async def _wait(self, tenant: Tenant, on_position: OnPosition | None) -> None:
        """Return when the request has a slot, which is then counted as running."""
        if not self._lines and self.running < self._max_running:
            self.running += 1
            return
        granted = asyncio.get_running_loop().create_future()
        self._lines.setdefault(tenant, deque()).append(granted)
        self._grant()
        reporting = None
        if on_position is not None:
            reporting = asyncio.create_task(self._report(tenant, granted, on_position))
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self.running -= 1
                self._grant()
            else:
                self._remove(tenant, granted)
            raise
        finally:
            if reporting is not None:
                reporting.cancel()

    def _grant(self) -> None:
        """Grant free slots to the requests that are next."""
        while self._lines and self.running < self._max_running:
            tenant, line = self._lines.popitem(last=False)
            granted = line.popleft()
            if line:
                self._lines[tenant] = line  # at the end: all others come first
            if not granted.done():
                self.running += 1
                granted.set_result(None)

    def _remove(self, tenant: Tenant, granted: "asyncio.Future[None]") -> None:
        """Remove a request that was cancelled."""
        line = self._lines.get(tenant, deque())
        if granted in line:
            line.remove(granted)
            if not line:
                del self._lines[tenant]

    async def _report(
        self, tenant: Tenant, granted: "asyncio.Future[None]", on_position: OnPosition
    ) -> None:
        """Report the position of a request that waits, whenever it has changed."""
        reported = None
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            if granted.done():
                return
            position = self._position(tenant, granted)
            if position != reported:
                reported = position
                on_position(position)

    def _position(self, own_tenant: Tenant, granted: "asyncio.Future[None]") -> int:
        """Return how many requests are served up to this one, itself included, if none is added."""
        own = self._lines[own_tenant].index(granted)
        position, ahead = own + 1, True
        for tenant, line in self._lines.items():
            if tenant == own_tenant:
                ahead = False
            else:
                # Lines ahead of its own are served once more before the request than those behind.
                position += min(len(line), own + ahead)
        return position
