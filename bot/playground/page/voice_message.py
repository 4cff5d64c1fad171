"""Encoding of a recording as Discord's voice messages: mono 48 kHz Opus in Ogg, and a waveform."""

import base64
import io
import threading

import numpy as np
import soundfile
import soxr

from bot.playground.errors import UploadError, UploadTooLargeError
from bot.playground.world import Upload

SAMPLE_RATE = 48_000  # Hz, of all Opus in Discord
BIT_RATE = 32_000  # bit/s, about that of Discord's voice messages
# libsndfile's compression levels 0 to 1 are linear in these bit rates per channel, downwards.
MAX_BIT_RATE, MIN_BIT_RATE = 256_000, 6_000  # bit/s
COMPRESSION_LEVEL = (MAX_BIT_RATE - BIT_RATE) / (MAX_BIT_RATE - MIN_BIT_RATE)

MAX_SECONDS = 600  # of one recording
MIN_INPUT_RATE, MAX_INPUT_RATE = 8_000, 96_000  # Hz
MAX_CHANNELS = 2
# Ten minutes of 16-bit mono at 48 kHz, as the page records it, and the header.
MAX_WAV_BYTES = MAX_SECONDS * SAMPLE_RATE * 2 + 4096
WAV_MAGIC = (b"RIFF", b"WAVE")

WAVEFORM_POINTS = 256  # at most
WAVEFORM_SECONDS = 0.1  # at least, for each point


def encode(wav: bytes, *, abandoned: threading.Event | None = None) -> Upload:
    """Encode a recording as a voice message.

    Parameters
    ----------
    wav
        A WAV file, mono or stereo, 8 to 96 kHz.
    abandoned
        Event that another thread sets to stop the encoding.

    Returns
    -------
    Upload
        Mono 48 kHz Ogg/Opus, with its duration in seconds and its waveform.

    Raises
    ------
    UploadError
        The recording is empty, broken, too long, or not WAV; or it was abandoned.
    """
    if (wav[:4], wav[8:12]) != WAV_MAGIC:
        raise UploadError("The recording is not a WAV file: record it again.")
    if len(wav) > MAX_WAV_BYTES:
        raise UploadTooLargeError(_too_long())
    try:
        with soundfile.SoundFile(io.BytesIO(wav)) as recording:
            _check(recording)
            rate = recording.samplerate
            frames = recording.read(dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, ValueError) as cause:
        raise UploadError("The recording is broken: record it again.") from cause
    mono = np.clip(np.nan_to_num(frames), -1, 1).mean(axis=1)
    resampled = soxr.resample(mono, rate, SAMPLE_RATE)
    ogg = io.BytesIO()
    options = {"format": "OGG", "subtype": "OPUS", "compression_level": COMPRESSION_LEVEL}
    with soundfile.SoundFile(ogg, "w", SAMPLE_RATE, 1, **options) as voice:
        for start in range(0, len(resampled), SAMPLE_RATE):
            if abandoned is not None and abandoned.is_set():
                raise UploadError("The recording was abandoned.")
            voice.write(resampled[start : start + SAMPLE_RATE])
    points = min(WAVEFORM_POINTS, max(1, round(len(mono) / rate / WAVEFORM_SECONDS)), len(mono))
    peaks = [np.abs(part).max() for part in np.array_split(mono, points)]
    waveform = np.rint(np.multiply(peaks, 255)).astype(np.uint8)
    return Upload(
        filename="voice-message.ogg",
        data=ogg.getvalue(),
        content_type="audio/ogg",
        duration=round(len(resampled) / SAMPLE_RATE, 3),
        waveform=base64.b64encode(waveform.tobytes()).decode("ascii"),
    )


def _check(recording: soundfile.SoundFile) -> None:
    rate, channels = recording.samplerate, recording.channels
    if not MIN_INPUT_RATE <= rate <= MAX_INPUT_RATE or channels > MAX_CHANNELS:
        raise UploadError("The recording is of no kind that a microphone makes: record it again.")
    if not recording.frames:
        raise UploadError("The recording is empty: record a little longer.")
    if recording.frames > MAX_SECONDS * rate:
        raise UploadTooLargeError(_too_long())


def _too_long() -> str:
    return f"The recording is too long: send at most {MAX_SECONDS // 60} minutes."
