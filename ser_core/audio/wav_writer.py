"""A writer of WAV files, for recordings that the user asks to save."""

import contextlib
import os
import wave
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ser_core.audio.segments import SAMPLE_RATE
from ser_core.errors import OutputError

SAMPLE_BYTES = 2
FULL_SCALE = 1 << 15


@contextlib.contextmanager
def new_wave_file(path: str | os.PathLike[str]) -> Iterator[Callable[[NDArray[np.float32]], None]]:
    """Create a WAV file: 16 bits, mono, at `SAMPLE_RATE`.

    Yields
    ------
    callable
        Appends a waveform, (n_samples,) float32.

    Raises
    ------
    OutputError
        The file already exists, cannot be created, or cannot be written on.
    """
    shown = os.fspath(path)
    try:
        raw = open(path, "xb", buffering=0)  # noqa: SIM115 (closed by the with statement below)
    except FileExistsError as cause:
        raise OutputError(f"{shown} exists already: name another file to save to.") from cause
    except OSError as cause:
        raise OutputError(f"{shown} cannot be written: name another file to save to.") from cause

    def append(waveform: NDArray[np.float32]) -> None:
        samples = np.clip(np.rint(waveform * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
        try:
            file.writeframes(samples.astype("<i2").tobytes())
        except OSError as cause:
            raise OutputError(f"{shown} cannot be written on: is the disk full?") from cause

    with raw, wave.open(raw, "wb") as file:
        file.setparams((1, SAMPLE_BYTES, SAMPLE_RATE, 0, "NONE", ""))
        yield append
