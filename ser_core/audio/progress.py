"""What decoding has come to so far, held against the limits as it goes."""

import time
from dataclasses import dataclass, field

from ser_core.audio.coverage import Coverage
from ser_core.audio.limits import AudioLimits, too_long, too_much_work

_PADDING = 0.25  # seconds that codecs may add to a recording that is as long as the limit
_MOST_DAMAGED = 200  # packets, if they are more than those that could be decoded


@dataclass(kw_only=True)
class Tally:
    """What decoding a recording has come to so far.

    Parameters
    ----------
    limits
        What it is held against.
    is_cut_off
        Whether the recording breaks off.
    """

    limits: AudioLimits
    is_cut_off: bool = False
    seconds: float = 0.0
    _promised: float | None = 0.0
    _damaged_seconds: float = 0.0
    _n_damaged: int = 0
    _n_decoded: int = 0
    _n_samples: float = 0.0  # of all channels
    _began: float = field(default_factory=time.thread_time)

    @property
    def coverage(self) -> Coverage:
        """How much was read so far."""
        return Coverage(
            seconds=self.seconds,
            promised=self._promised,
            is_cut_off=self.is_cut_off,
            damaged_seconds=self._damaged_seconds,
        )

    @property
    def is_mostly_damaged(self) -> bool:
        """Whether so much could not be decoded that the rest is not worth trying."""
        return self._n_damaged > max(_MOST_DAMAGED, self._n_decoded)

    def promise(self, seconds: float | None, samples_per_second: int) -> None:
        """Take in what a container says of its length, before anything of it is decoded.

        Raises
        ------
        AudioTooLongError, AudioTooLargeError
            It is beyond the limits.
        """
        if seconds is None or self._promised is None:
            self._promised = None
            return
        self._promised += seconds
        if self._promised > self.limits.max_seconds + _PADDING:
            raise too_long(self.limits, self._promised)
        if self._n_samples + seconds * samples_per_second > self.limits.max_samples:
            raise too_much_work()

    def decoded(self, shape: tuple[int, ...], sample_rate: int) -> None:
        """Count samples, (n_frames, n_channels).

        Raises
        ------
        AudioTooLongError, AudioTooLargeError
            There are more than the limits allow.
        """
        self._n_decoded += 1
        n_frames, n_channels = shape
        self._n_samples += n_frames * n_channels
        self.seconds += n_frames / sample_rate
        if self.seconds > self.limits.max_seconds + _PADDING:
            raise too_long(self.limits)
        if self._n_samples > self.limits.max_samples:
            raise too_much_work()

    def damaged(self, seconds: float) -> None:
        """Count a packet that cannot be decoded."""
        self._n_damaged += 1
        self._damaged_seconds += seconds

    def check_time(self) -> None:
        """Raise AudioTooLargeError once decoding has taken more time than it may."""
        if time.thread_time() - self._began > self.limits.max_cpu_seconds:
            raise too_much_work()
