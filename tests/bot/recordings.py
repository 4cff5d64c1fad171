"""Recordings that the tests make themselves, and files that are no recordings."""

import io

import numpy as np
import soundfile

from bot.analysis.trial_recordings import trial_recording
from tests.playground import Upload

SAMPLE_RATE = 16_000  # Hz


def voice(name: str = "note.wav") -> Upload:
    """Return a second of a voice, in a WAV file."""
    return Upload(filename=name, data=trial_recording("WAV"), content_type="audio/wav")


def silence(seconds: float = 2.0) -> Upload:
    """Return a recording of silence."""
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros(int(seconds * SAMPLE_RATE)), SAMPLE_RATE, format="WAV")
    return Upload(filename="silence.wav", data=buffer.getvalue(), content_type="audio/wav")


def long_voice(minutes: float) -> Upload:
    """Return minutes of a voice, whose analysis takes long enough to be interrupted.

    It is quiet, so that it compresses well and its length is the limit that it exceeds.
    """
    second, _ = soundfile.read(io.BytesIO(trial_recording("WAV")), dtype="int16")
    buffer = io.BytesIO()
    soundfile.write(
        buffer,
        np.resize(second // 64, round(60 * minutes * SAMPLE_RATE)),
        SAMPLE_RATE,
        format="FLAC",
        subtype="PCM_16",
    )
    return Upload(filename="speech.flac", data=buffer.getvalue(), content_type="audio/flac")


def broken(name: str = "broken.mp3") -> Upload:
    """Return a file that is a recording by its name and declared type alone."""
    return Upload(filename=name, data=b"\x00not audio\xff" * 200, content_type="audio/mpeg")


def picture() -> Upload:
    """Return a file that is no recording."""
    return Upload(filename="cat.png", data=b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
