"""The ring: sound on its way from the thread that records it to the one that analyses it.

Whoever records must never wait: what finds no room is lost, and that is said.
"""

import threading

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


class Ring:
    """Samples between one writer and one reader, in a fixed piece of memory.

    Parameters
    ----------
    capacity
        How many samples may wait for the reader.
    """

    def __init__(self, capacity: int) -> None:
        self._samples = np.zeros(capacity, dtype=np.int16)
        self._start = 0  # where the reader goes on
        self._waiting = 0
        self._changed = threading.Condition()

    def write(self, samples: Samples) -> bool:
        """Put samples in without waiting; what was in before stays.

        Parameters
        ----------
        samples
            (n,) int16.

        Returns
        -------
        bool
            Whether there was room; if not, none of them went in.
        """
        with self._changed:
            capacity = self._samples.size
            if self._waiting + samples.size > capacity:
                return False
            begin = (self._start + self._waiting) % capacity
            first = min(samples.size, capacity - begin)
            self._samples[begin : begin + first] = samples[:first]
            self._samples[: samples.size - first] = samples[first:]
            self._waiting += samples.size
            self._changed.notify()
        return True

    def read(self, *, timeout: float) -> Samples:
        """Take out all there is, and wait if that is nothing.

        Parameters
        ----------
        timeout
            Seconds to wait at most.

        Returns
        -------
        ndarray
            (n,) int16, in the order in which they were written; empty if nothing came in time.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting > 0, timeout)
            end = self._start + self._waiting
            capacity = self._samples.size
            taken = np.concatenate(
                [self._samples[self._start : end], self._samples[: max(0, end - capacity)]]
            )
            self._start = end % capacity
            self._waiting = 0
        return taken
