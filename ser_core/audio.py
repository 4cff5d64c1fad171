"""Any recording, as bytes or a path, to a pydub `AudioSegment`, and that to the core's waveform."""

import io
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from pydub import AudioSegment

from ser_core.errors import (
    AudioTooLargeError,
    AudioTooLongError,
    AudioUnreadableError,
    DamagedAudioError,
    EmptyAudioError,
)

SAMPLE_RATE = 16_000  # Hz, of every waveform in the core
FULL_SCALE = 32_768  # the int16 value that stands for 1.0


@dataclass(frozen=True)
class AudioLimits:
    """How much audio is taken in."""

    max_bytes: int = 25 * 1024 * 1024
    max_seconds: float = 600.0


DEFAULT_LIMITS = AudioLimits()


def decode(
    source: bytes | str | os.PathLike[str], *, limits: AudioLimits = DEFAULT_LIMITS
) -> AudioSegment:
    """Decode a recording."""
    if isinstance(source, bytes):
        data = source
    else:
        try:
            data = Path(source).read_bytes()
        except OSError as cause:
            raise AudioUnreadableError(f"{source} cannot be read.") from cause
    if not data:
        raise EmptyAudioError("The file is empty: record the voice note again.")
    if len(data) > limits.max_bytes:
        raise AudioTooLargeError("The file is too large.")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            cap = int(limits.max_seconds * file.samplerate)
            samples = file.read(cap + 1, dtype="float32", always_2d=True)
            rate = file.samplerate
    except soundfile.SoundFileError as cause:
        raise DamagedAudioError("The file cannot be decoded.") from cause
    if len(samples) > cap:
        raise AudioTooLongError("The recording is too long.")
    if not len(samples):
        raise EmptyAudioError("The recording holds no sound.")
    pcm = np.rint(np.clip(samples * FULL_SCALE, -FULL_SCALE, FULL_SCALE - 1)).astype(np.int16)
    return AudioSegment(pcm.tobytes(), sample_width=2, frame_rate=rate, channels=samples.shape[1])


def to_waveform(segment: AudioSegment) -> NDArray[np.float32]:
    """Mix a segment to mono float32 at 16 kHz, in [-1, 1]."""
    width = segment.sample_width
    samples = np.frombuffer(segment.raw_data, dtype=f"<i{width}")
    waveform = samples.astype(np.float32) / np.float32(2 ** (8 * width - 1))
    if segment.channels > 1:
        waveform = waveform.reshape(-1, segment.channels).mean(axis=1)
    if segment.frame_rate != SAMPLE_RATE:
        waveform = soxr.resample(waveform, segment.frame_rate, SAMPLE_RATE)
    return np.clip(waveform, -1.0, 1.0)
