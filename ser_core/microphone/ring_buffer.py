"""A ring buffer for samples, from the thread that records to the thread that analyses.

The writer never waits: a block that does not fit is dropped, and reported to the writer.
"""

import threading

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


class RingBuffer:
    """A ring buffer of samples for one writer and one reader.

    Parameters
    ----------
    capacity
        Maximum number of samples that wait for the reader.
    """

    def __init__(self, capacity: int) -> None:
        self._samples = np.zeros(capacity, dtype=np.int16)
        self._start = 0  # index of the next sample to read
        self._n_unread = 0
        self._changed = threading.Condition()

    def write(self, samples: Samples) -> bool:
        """Append samples without waiting; nothing is overwritten.

        Parameters
        ----------
        samples
            (n,) int16.

        Returns
        -------
        bool
            Whether the samples fit; if not, none of them was written.
        """
        with self._changed:
            capacity = self._samples.size
            if self._n_unread + samples.size > capacity:
                return False
            begin = (self._start + self._n_unread) % capacity
            first = min(samples.size, capacity - begin)
            self._samples[begin : begin + first] = samples[:first]
            self._samples[: samples.size - first] = samples[first:]
            self._n_unread += samples.size
            self._changed.notify()
        return True

    def read(self, *, timeout: float) -> Samples:
        """Remove and return all samples; wait for some if the buffer is empty.

        Parameters
        ----------
        timeout
            Maximum time to wait, in seconds.

        Returns
        -------
        ndarray
            (n,) int16, in the order of writing; empty after a timeout.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._n_unread > 0, timeout)
            end = self._start + self._n_unread
            capacity = self._samples.size
            samples = np.concatenate(
                [self._samples[self._start : end], self._samples[: max(0, end - capacity)]]
            )
            self._start = end % capacity
            self._n_unread = 0
        return samples
