"""Limits on recordings: bytes, seconds, sample rate, channels, and processor time."""

import math
from dataclasses import dataclass

from ser_core.errors import AudioTooLargeError, AudioTooLongError, Seconds, UnsupportedAudioError

SAMPLE_RATES = range(4_000, 192_001)  # Hz; below, speech is not recognisable
MAX_CHANNELS = 8

_MEGABYTE = 1024 * 1024  # bytes
_MAX_SAMPLES_PER_SECOND = 192_000  # of all channels, on average: 96 kHz in stereo
_CPU_SHARE = 1 / 60  # processor time for each second of audio, in seconds
_CPU_SECONDS = 5.0  # processor time beside that; ten minutes of AAC take about one second


@dataclass(frozen=True, kw_only=True)
class AudioLimits:
    """Limits on a recording.

    Parameters
    ----------
    max_bytes
        Maximum size of the file.
    max_seconds
        Maximum duration of the recording.
    """

    max_bytes: int = 25 * _MEGABYTE
    max_seconds: float = 600.0

    def __post_init__(self) -> None:
        if self.max_bytes <= 0 or not 0 < self.max_seconds < math.inf:
            raise ValueError("the limits on audio must be above nought, and finite")

    @property
    def max_samples(self) -> float:
        """Maximum number of decoded samples, of all channels together."""
        return self.max_seconds * _MAX_SAMPLES_PER_SECOND

    @property
    def max_cpu_seconds(self) -> float:
        """Maximum processor time for decoding, in seconds."""
        return _CPU_SECONDS + self.max_seconds * _CPU_SHARE


DEFAULT_LIMITS = AudioLimits()
"""25 MiB and ten minutes."""


def too_large_error(limits: AudioLimits) -> AudioTooLargeError:
    """Return the error for a file with too many bytes."""
    return AudioTooLargeError(
        "This file is too large: send at most {size} MB.",
        size=float(f"{limits.max_bytes / _MEGABYTE:.3g}"),
    )


def too_long_error(limits: AudioLimits, seconds: float | None = None) -> AudioTooLongError:
    """Return the error for a recording that is too long, with its duration if that is known."""
    length, limit = Seconds(seconds or math.inf), Seconds(limits.max_seconds)
    if seconds is None or str(length) == str(limit):
        return AudioTooLongError(
            "This recording is too long: send at most {limit} of it.", limit=limit
        )
    return AudioTooLongError(
        "This recording is {length} long: send at most {limit} of it.", length=length, limit=limit
    )


def too_much_work_error() -> AudioTooLargeError:
    """Return the error for a recording with too many samples, or too slow to decode."""
    return AudioTooLargeError(
        "This recording takes too much work to read: save it with fewer channels, at a lower "
        "sample rate or as MP3, and send that."
    )


def check_sample_format(sample_rate: int, channels: int) -> None:
    """Raise UnsupportedAudioError if the sample rate (Hz) or the channels are out of bounds."""
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
