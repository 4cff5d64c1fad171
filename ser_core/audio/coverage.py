"""The decoded duration of a recording, compared with the duration that its container declares."""

from dataclasses import dataclass, field

from ser_core.errors import Seconds

_TOLERANCE_SECONDS = 0.3  # codecs add and drop samples at both ends
_TOLERANCE_SHARE = 0.02  # of the declared duration, which some containers estimate
_MIN_DAMAGED_SECONDS = 0.1  # less, such as a frame at a splice, is not worth a warning


@dataclass(frozen=True)
class AudioWarning:
    """A warning about a recording that was decoded, but not completely.

    Parameters
    ----------
    message, values
        The sentence and the values in it, as in `errors.UndertoneError`.
    """

    message: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.values)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of a recording was decoded.

    Parameters
    ----------
    seconds
        Decoded duration.
    declared_seconds
        Duration that the container declares; None where it declares none.
    is_cut_off
        Whether the file ends in the middle of an element or a frame.
    damaged_seconds
        Duration of the packets that could not be decoded.
    """

    seconds: float
    declared_seconds: float | None = None
    is_cut_off: bool = False
    damaged_seconds: float = 0.0

    @property
    def warning(self) -> AudioWarning | None:
        """The warning about what is missing; None where the recording was decoded completely."""
        declared = self.declared_seconds or 0.0
        if self.seconds < declared - _TOLERANCE_SECONDS - _TOLERANCE_SHARE * declared:
            return AudioWarning(
                "The end of this recording is missing: only the first {read} of about {promised} "
                "could be read.",
                {"read": Seconds(self.seconds), "promised": Seconds(declared)},
            )
        if self.is_cut_off:
            return AudioWarning(
                "The end of this recording is missing: only its first {read} could be read.",
                {"read": Seconds(self.seconds)},
            )
        if self.damaged_seconds >= _MIN_DAMAGED_SECONDS:
            return AudioWarning(
                "About {damaged} of this recording are damaged and were left out.",
                {"damaged": Seconds(self.damaged_seconds)},
            )
        return None
