"""How much audio is taken in: bytes, seconds, channels, and work."""

import math
from dataclasses import dataclass

from ser_core.errors import AudioTooLargeError, AudioTooLongError, Seconds, UnsupportedAudioError

SAMPLE_RATES = range(4_000, 192_001)  # Hz; speech is no longer speech below
MAX_CHANNELS = 8

_MEGABYTE = 1024 * 1024  # bytes
_MAX_SAMPLES_PER_SECOND = 192_000  # of all channels, on average: 96 kHz in stereo
_CPU_SHARE = 1 / 60  # seconds of processor time that a second of sound may take to decode
_CPU_SECONDS = 5.0  # beside that; ten minutes of AAC take about one second in all


@dataclass(frozen=True, kw_only=True)
class AudioLimits:
    """How much audio is taken in.

    Parameters
    ----------
    max_bytes
        Size of a file.
    max_seconds
        Length of the recording in it.
    """

    max_bytes: int = 25 * _MEGABYTE
    max_seconds: float = 600.0

    def __post_init__(self) -> None:
        if self.max_bytes <= 0 or not 0 < self.max_seconds < math.inf:
            raise ValueError("the limits on audio must be above nought, and finite")

    @property
    def max_samples(self) -> float:
        """Samples of all channels together that are decoded at most."""
        return self.max_seconds * _MAX_SAMPLES_PER_SECOND

    @property
    def max_cpu_seconds(self) -> float:
        """Seconds of processor time that decoding may take."""
        return _CPU_SECONDS + self.max_seconds * _CPU_SHARE


DEFAULT_LIMITS = AudioLimits()
"""25 MiB and ten minutes."""


def too_large(limits: AudioLimits) -> AudioTooLargeError:
    """Return the error for a file beyond the limit."""
    return AudioTooLargeError(
        "This file is too large: send at most {size} MB.",
        size=float(f"{limits.max_bytes / _MEGABYTE:.3g}"),
    )


def too_long(limits: AudioLimits, seconds: float | None = None) -> AudioTooLongError:
    """Return the error for a recording beyond the limit, with its length where that is known."""
    length, limit = Seconds(seconds or math.inf), Seconds(limits.max_seconds)
    if seconds is None or str(length) == str(limit):
        return AudioTooLongError(
            "This recording is too long: send at most {limit} of it.", limit=limit
        )
    return AudioTooLongError(
        "This recording is {length} long: send at most {limit} of it.", length=length, limit=limit
    )


def too_much_work() -> AudioTooLargeError:
    """Return the error for a recording that takes too much work to decode."""
    return AudioTooLargeError(
        "This recording takes too much work to read: save it with fewer channels, at a lower "
        "sample rate or as MP3, and send that."
    )


def check_form(sample_rate: int, channels: int) -> None:
    """Raise UnsupportedAudioError where the sample rate (Hz) or the channels are out of bounds."""
    if not 1 <= channels <= MAX_CHANNELS:
        raise UnsupportedAudioError(
            "This recording says that it has {channels} channels: save it with {highest} at most.",
            channels=channels,
            highest=MAX_CHANNELS,
        )
    if sample_rate not in SAMPLE_RATES:
        raise UnsupportedAudioError(
            "This recording says that it has a sample rate of {rate} Hz: save it with {slowest} "
            "to {fastest} Hz.",
            rate=sample_rate,
            slowest=SAMPLE_RATES[0],
            fastest=SAMPLE_RATES[-1],
        )
