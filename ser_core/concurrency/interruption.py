"""Ctrl-C and SIGTERM, handled between two items of work instead of in the middle of one."""

import contextlib
import signal
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

Item = TypeVar("Item")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """A signal handler that defers the first interrupt until the current item is completed."""

    def __init__(self) -> None:
        self._is_processing = False
        self._is_pending = False

    def handle(self, *_: Any) -> None:
        """Raise `KeyboardInterrupt`, now or, the first time, once the current item is completed."""
        if self._is_pending or not self._is_processing:
            raise KeyboardInterrupt
        self._is_pending = True

    def between(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield items, and raise a deferred interrupt between two of them.

        Waiting for the next item is interrupted at once. Processing of an item is only interrupted
        by a second signal.

        Raises
        ------
        KeyboardInterrupt
            Ctrl-C or SIGTERM was received.
        """
        for item in items:
            self._is_processing = True
            yield item
            self._is_processing = False
            if self._is_pending:
                raise KeyboardInterrupt


@contextlib.contextmanager
def interruptible() -> Iterator[Interruption]:
    """Install an `Interruption` as the handler of Ctrl-C and SIGTERM for the block."""
    interruption = Interruption()
    previous = {number: signal.signal(number, interruption.handle) for number in SIGNALS}
    try:
        yield interruption
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
