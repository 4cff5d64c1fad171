"""Ctrl-C, taken between two pieces of work and never in the middle of one."""

import contextlib
import signal
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

Piece = TypeVar("Piece")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether somebody wants an end, by Ctrl-C or SIGTERM."""

    def __init__(self) -> None:
        self._is_at_work = False
        self._was_asked = False

    def ask(self, *_: Any) -> None:
        """Raise `KeyboardInterrupt`, unless a piece is being worked on that can be completed."""
        if self._was_asked or not self._is_at_work:
            raise KeyboardInterrupt
        self._was_asked = True

    def between(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """Give pieces until somebody wants an end.

        Parameters
        ----------
        pieces
            To work on. Waiting for the next one is cut short; work on one is not, unless somebody
            asks twice.

        Raises
        ------
        KeyboardInterrupt
            Somebody wants an end.
        """
        for piece in pieces:
            self._is_at_work = True
            yield piece
            self._is_at_work = False
            if self._was_asked:
                raise KeyboardInterrupt


@contextlib.contextmanager
def interruptible() -> Iterator[Interruption]:
    """Have Ctrl-C and SIGTERM ask an `Interruption`, until the end of the block."""
    interruption = Interruption()
    before = {number: signal.signal(number, interruption.ask) for number in SIGNALS}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
