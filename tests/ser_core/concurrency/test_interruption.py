"""Ctrl-C ends waiting at once, and work after the current piece."""

import os
import signal

import pytest

from ser_core.concurrency.interruption import Interruption, interruptible


def completed(pieces, work):
    """Work on pieces until Ctrl-C; return those that were completed."""
    done = []
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 (that it comes after pieces is the point)
        for piece in pieces:
            work(piece)
            done.append(piece)
    return done


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_piece_that_is_being_worked_on_is_completed(number):
    before = signal.getsignal(number)
    with interruptible() as interruption:
        done = completed(
            interruption.between(range(10)),
            lambda piece: os.kill(os.getpid(), number) if piece == 2 else None,
        )
    assert done == [0, 1, 2]
    assert signal.getsignal(number) == before


def test_the_second_time_work_is_broken_off():
    interruption = Interruption()

    def work(_):
        interruption.ask()
        interruption.ask()

    assert completed(interruption.between(range(10)), work) == []


def test_waiting_for_a_piece_is_cut_short():
    interruption = Interruption()

    def pieces():
        yield 0
        interruption.ask()
        yield 1

    assert completed(interruption.between(pieces()), lambda _: None) == [0]
