"""How much of a recording was read, beside how much its container promised."""

from dataclasses import dataclass, field

from ser_core.errors import Seconds

_TOLERANCE_SECONDS = 0.3  # codecs add and drop some at both ends
_TOLERANCE_SHARE = 0.02  # of the promised length, which is an estimate in places
_LEAST_DAMAGE = 0.1  # seconds: a frame or two at a joint is nothing to speak of


@dataclass(frozen=True)
class Remark:
    """A sentence about a recording: in English, with ``{names}`` of values.

    Parameters
    ----------
    message, values
        As `errors.UndertoneError` has them.
    """

    message: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.values)


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of a recording was read.

    Parameters
    ----------
    seconds
        That were read.
    promised
        Seconds that the container says there are; None where it does not say.
    is_cut_off
        Whether the file ends in the middle of something.
    damaged_seconds
        Inside what was read, could not be decoded.
    """

    seconds: float
    promised: float | None = None
    is_cut_off: bool = False
    damaged_seconds: float = 0.0

    @property
    def remark(self) -> Remark | None:
        """What to tell of it; None where all was read."""
        promised = self.promised or 0.0
        if self.seconds < promised - _TOLERANCE_SECONDS - _TOLERANCE_SHARE * promised:
            return Remark(
                "The end of this recording is missing: only the first {read} of about {promised} "
                "could be read.",
                {"read": Seconds(self.seconds), "promised": Seconds(promised)},
            )
        if self.is_cut_off:
            return Remark(
                "The end of this recording is missing: only its first {read} could be read.",
                {"read": Seconds(self.seconds)},
            )
        if self.damaged_seconds >= _LEAST_DAMAGE:
            return Remark(
                "About {damaged} of this recording are damaged and were left out.",
                {"damaged": Seconds(self.damaged_seconds)},
            )
        return None
