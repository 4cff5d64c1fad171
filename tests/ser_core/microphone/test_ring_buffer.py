"""The ring buffer: every sample in order, and refusals when it is full."""

import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ser_core.microphone.ring_buffer import Ring

AT_ONCE = 0.0  # seconds to wait
PATIENCE = 30.0


def numbered(start, count):
    return np.arange(start, start + count, dtype=np.int16)


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=40))
def test_what_is_written_is_read_in_order_and_what_finds_no_room_is_refused_whole(steps):
    ring = Ring(10)
    waiting = []
    number = 0
    for count, read_after in steps:
        samples = numbered(number, count)
        number += count
        fits = len(waiting) + count <= 10
        assert ring.write(samples) is fits
        waiting += samples.tolist() if fits else []
        if read_after:
            assert ring.read(timeout=AT_ONCE).tolist() == waiting
            waiting = []
    assert ring.read(timeout=AT_ONCE).tolist() == waiting


def test_what_was_read_is_not_changed_by_what_is_written_later():
    ring = Ring(4)
    ring.write(numbered(0, 4))
    read = ring.read(timeout=AT_ONCE)
    ring.write(numbered(100, 4))
    assert read.tolist() == [0, 1, 2, 3]


def test_a_reader_gives_up_when_nothing_comes():
    assert Ring(10).read(timeout=0.01).size == 0


def test_nothing_is_lost_between_two_threads():
    ring = Ring(1 << 15)
    writer = threading.Thread(
        target=lambda: [ring.write(numbered(start, 100)) for start in range(0, 30_000, 100)]
    )
    writer.start()
    read = []
    while len(read) < 30_000:
        read += ring.read(timeout=PATIENCE).tolist()
    writer.join()
    assert read == list(range(30_000))
