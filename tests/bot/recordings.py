"""Recordings that the bot's tests make themselves, and the files that only claim to be some."""

import io

import numpy as np
import soundfile

from bot.analysis.trial_recordings import trial_recording
from tests.playground import Upload

SAMPLE_RATE = 16_000  # Hz


def voice(name: str = "note.wav") -> Upload:
    """A second of something like a voice, in a WAV file."""
    return Upload(filename=name, data=trial_recording("WAV"), content_type="audio/wav")


def silence(seconds: float = 2.0) -> Upload:
    """A recording in which nobody speaks."""
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros(int(seconds * SAMPLE_RATE)), SAMPLE_RATE, format="WAV")
    return Upload(filename="silence.wav", data=buffer.getvalue(), content_type="audio/wav")


def long_voice(minutes: float) -> Upload:
    """Minutes of something like a voice: its analysis takes long enough to be interrupted.

    Quiet, so that it compresses well enough for its minutes to be what is too much of it.
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
    """A file that is a recording by name and declared type alone."""
    return Upload(filename=name, data=b"\x00not audio\xff" * 200, content_type="audio/mpeg")


def picture() -> Upload:
    """A file that nobody means to be heard."""
    return Upload(filename="cat.png", data=b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
