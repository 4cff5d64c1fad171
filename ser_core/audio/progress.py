"""The progress of decoding a recording, checked against the limits."""

import time
from dataclasses import dataclass, field

from ser_core.audio.coverage import Coverage
from ser_core.audio.limits import AudioLimits, too_long_error, too_much_work_error

_PADDING = 0.25  # seconds that codecs may add to a recording that is as long as the limit
_MAX_DAMAGED = 200  # packets, if they are more than those that could be decoded


@dataclass(kw_only=True)
class DecodingProgress:
    """How much of a recording has been decoded so far.

    Parameters
    ----------
    limits
        Checked at each count.
    is_cut_off
        Whether the end of the recording is missing.
    seconds
        Decoded duration.
    """

    limits: AudioLimits
    is_cut_off: bool = False
    seconds: float = 0.0
    _declared_seconds: float | None = 0.0
    _damaged_seconds: float = 0.0
    _n_damaged: int = 0
    _n_decoded: int = 0
    _n_samples: float = 0.0  # of all channels
    _started: float = field(default_factory=time.thread_time)

    @property
    def coverage(self) -> Coverage:
        """How much has been decoded so far."""
        return Coverage(
            seconds=self.seconds,
            declared_seconds=self._declared_seconds,
            is_cut_off=self.is_cut_off,
            damaged_seconds=self._damaged_seconds,
        )

    @property
    def is_mostly_damaged(self) -> bool:
        """Whether too many packets could not be decoded to try the rest."""
        return self._n_damaged > max(_MAX_DAMAGED, self._n_decoded)

    def add_declared(self, seconds: float | None, samples_per_second: int) -> None:
        """Add the duration that a container declares, before any of it is decoded.

        Raises
        ------
        AudioTooLongError, AudioTooLargeError
            The recording exceeds the limits.
        """
        if seconds is None or self._declared_seconds is None:
            self._declared_seconds = None
            return
        self._declared_seconds += seconds
        if self._declared_seconds > self.limits.max_seconds + _PADDING:
            raise too_long_error(self.limits, self._declared_seconds)
        if self._n_samples + seconds * samples_per_second > self.limits.max_samples:
            raise too_much_work_error()

    def count_samples(self, shape: tuple[int, ...], sample_rate: int) -> None:
        """Count decoded samples of a shape (n_frames, n_channels).

        Raises
        ------
        AudioTooLongError, AudioTooLargeError
            The recording exceeds the limits.
        """
        self._n_decoded += 1
        n_frames, n_channels = shape
        self._n_samples += n_frames * n_channels
        self.seconds += n_frames / sample_rate
        if self.seconds > self.limits.max_seconds + _PADDING:
            raise too_long_error(self.limits)
        if self._n_samples > self.limits.max_samples:
            raise too_much_work_error()

    def count_damaged(self, seconds: float) -> None:
        """Count a packet that could not be decoded."""
        self._n_damaged += 1
        self._damaged_seconds += seconds

    def check_cpu_time(self) -> None:
        """Raise AudioTooLargeError if decoding has taken too much processor time."""
        if time.thread_time() - self._started > self.limits.max_cpu_seconds:
            raise too_much_work_error()
