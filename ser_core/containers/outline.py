"""What a container says of itself, and the errors that every container can give."""

from dataclasses import dataclass
from typing import Protocol

from ser_core.containers.kinds import Container
from ser_core.errors import DamagedAudioError


class Sliced(Protocol):
    """The bytes of a file, in memory or not: what its structure can be read from."""

    def __len__(self) -> int: ...

    def __getitem__(self, span: slice, /) -> bytes: ...


@dataclass(frozen=True)
class Outline:
    """What a container says of itself, before anything is decoded.

    Parameters
    ----------
    parts
        The bytes to decode, one file for each recording in it. There is one, except where an Ogg
        file chains several.
    seconds
        The declared length; None where the container does not tell, infinity where it is beyond
        the limit and was not counted further. It is a claim: a reason to refuse, never a reason to
        trust.
    """

    parts: tuple[bytes, ...]
    seconds: float | None = None


def cut_off(container: Container) -> DamagedAudioError:
    """Build the error for a file whose end is missing."""
    return DamagedAudioError(
        f"This {container.value} file is cut off, its end is missing: "
        "send the whole file, or record it again."
    )


def damaged(container: Container) -> DamagedAudioError:
    """Build the error for a file that cannot be made sense of."""
    return DamagedAudioError(
        f"This {container.value} file is damaged and cannot be decoded: "
        "send another copy of it, or record it again."
    )
