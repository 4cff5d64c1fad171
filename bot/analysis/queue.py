"""Whose turn it is: a bounded queue that is fair between servers, in which everybody has a place.

Servers take turns, however much each has waiting; a direct conversation counts as a server of one
person. Within a server, who came first is first. Whoever finds no room is told so at once, and in
words: nothing is ever dropped in silence.
"""

import asyncio
import contextlib
import math
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal

from bot.errors import AnalyserBusyError, TooOftenError
from bot.i18n import translatable
from bot.policy import Rates
from bot.settings import Settings

FETCHED_AHEAD = 2  # voice notes, while every worker is busy
TELL_SECONDS = 2.0  # of waiting until a place is told, and from then on between tellings

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

Party = tuple[Literal["server", "person"], int]
"""Who takes turns with whom."""

OnPlace = Callable[[int], None]


@dataclass(frozen=True)
class Asker:
    """Who wants a voice note heard.

    Parameters
    ----------
    person
        Discord's id of who asks.
    server
        Discord's id of where; None in a direct conversation.
    """

    person: int
    server: int | None = None

    @property
    def party(self) -> Party:
        """With whom they wait in one line."""
        return self.parties[-1]

    @property
    def parties(self) -> list[Party]:
        """As whom they are counted."""
        person: Party = ("person", self.person)
        return [person] if self.server is None else [person, ("server", self.server)]


class Queue:
    """Lets so many voice notes be fetched and analysed at a time, and the others wait.

    Parameters
    ----------
    settings
        How many workers there are, how many voice notes may wait, and how many may come in a
        minute: of all, of a server, and of a person.
    ahead
        How many may be fetched while every worker is busy.
    """

    def __init__(self, settings: Settings, *, ahead: int = FETCHED_AHEAD) -> None:
        workers = settings.workers
        self.at_a_time = workers + min(ahead, settings.max_waiting_notes)
        self._most = workers + settings.max_waiting_notes
        self._most_of = {
            "server": workers + settings.max_waiting_notes_of_server,
            "person": workers + settings.max_waiting_notes_of_person,
        }
        self._rates = {
            "server": Rates(settings.notes_per_minute_of_server),
            "person": Rates(settings.notes_per_minute_of_person),
        }
        self.held = 0  # how many have their turn now
        # Those who wait, each a future that is done when it is their turn; whose is next, first.
        self._line: OrderedDict[Party, deque[asyncio.Future[None]]] = OrderedDict()
        self._taken: Counter[Party] = Counter()

    @property
    def waiting(self) -> int:
        """How many wait for their turn now."""
        return sum(map(len, self._line.values()))

    @contextlib.asynccontextmanager
    async def turn(self, asker: Asker, *, on_place: OnPlace | None = None) -> AsyncIterator[None]:
        """Wait for one's turn, and hold it.

        Parameters
        ----------
        asker
            For whom.
        on_place
            Called with the place in the line, 1 for the next, once that has lasted
            `TELL_SECONDS`, and whenever it is another one `TELL_SECONDS` later.

        Raises
        ------
        AnalyserBusyError
            There is no room for another one.
        TooOftenError
            This person, or this server, has asked too often in the last minute.
        """
        parties = asker.parties
        self._admit(parties)
        self._taken.update(parties)
        try:
            await self._wait(asker.party, on_place)
            try:
                yield
            finally:
                self.held -= 1
                self._grant()
        finally:
            self._taken.subtract(parties)
            self._taken = +self._taken  # without those that have none left

    def _admit(self, parties: list[Party]) -> None:
        """Refuse whoever has no room or comes too often; otherwise note that they came."""
        if self.held + self.waiting >= self._most:
            raise AnalyserBusyError(TOO_MANY)
        for party in parties:
            if self._taken[party] >= self._most_of[party[0]]:
                raise AnalyserBusyError(TOO_MANY_OF[party[0]])
        for party in parties:
            seconds = self._rates[party[0]].wait(party)
            if seconds > 0:
                raise TooOftenError(party[0], math.ceil(seconds))
        for party in parties:
            self._rates[party[0]].take(party)

    async def _wait(self, party: Party, on_place: OnPlace | None) -> None:
        """Return when it is a party's turn, which is then held."""
        if not self._line and self.held < self.at_a_time:
            self.held += 1
            return
        granted = asyncio.get_running_loop().create_future()
        self._line.setdefault(party, deque()).append(granted)
        self._grant()
        reporting = None
        if on_place is not None:
            reporting = asyncio.create_task(self._report(party, granted, on_place))
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self.held -= 1
                self._grant()
            else:
                self._leave(party, granted)
            raise
        finally:
            if reporting is not None:
                reporting.cancel()

    def _grant(self) -> None:
        """Grant turns to those who are next, as long as there are any."""
        while self._line and self.held < self.at_a_time:
            party, waiting = self._line.popitem(last=False)
            granted = waiting.popleft()
            if waiting:
                self._line[party] = waiting  # at the end: all others come first
            if not granted.done():
                self.held += 1
                granted.set_result(None)

    def _leave(self, party: Party, granted: "asyncio.Future[None]") -> None:
        """Remove somebody from the line."""
        waiting = self._line.get(party, deque())
        if granted in waiting:
            waiting.remove(granted)
            if not waiting:
                del self._line[party]

    async def _report(
        self, party: Party, granted: "asyncio.Future[None]", on_place: OnPlace
    ) -> None:
        """Report their place to somebody who waits, now and then, if it is another one."""
        reported = None
        while True:
            await asyncio.sleep(TELL_SECONDS)
            if granted.done():
                return
            place = self._place(party, granted)
            if place != reported:
                reported = place
                on_place(place)

    def _place(self, own_party: Party, granted: "asyncio.Future[None]") -> int:
        """Count the turns until somebody's own, theirs included, if nobody else comes."""
        own = self._line[own_party].index(granted)
        place, ahead = own + 1, True
        for party, waiting in self._line.items():
            if party == own_party:
                ahead = False
            else:
                place += min(len(waiting), own + ahead)
        return place
