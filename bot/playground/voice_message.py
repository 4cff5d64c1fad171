"""A recording as Discord delivers a voice message: mono 48 kHz Opus in Ogg, with its waveform."""

import base64
import io
import math
import threading

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from bot.playground.attachments import Upload
from bot.playground.errors import UploadError, UploadTooLargeError

SAMPLE_RATE = 48_000  # Hz, of all Opus in Discord
BIT_RATE = 32_000  # bit/s, about that of Discord's voice messages
# libsndfile spreads its levels 0 to 1 evenly over these rates per channel, downwards.
HIGHEST_BIT_RATE, LOWEST_BIT_RATE = 256_000, 6_000  # bit/s
COMPRESSION_LEVEL = (HIGHEST_BIT_RATE - BIT_RATE) / (HIGHEST_BIT_RATE - LOWEST_BIT_RATE)
FILENAME = "voice-message.ogg"
CONTENT_TYPE = "audio/ogg"

MAX_SECONDS = 600.0  # of one recording
MAX_INPUT_RATE = 96_000  # Hz
MIN_INPUT_RATE = 8_000  # Hz
MAX_CHANNELS = 2
BYTES_PER_SAMPLE = 2  # of what the page records
# Ten minutes of what the page records, mono at the usual 48 kHz, and room for the header.
MAX_WAV_BYTES = int(MAX_SECONDS) * SAMPLE_RATE * BYTES_PER_SAMPLE + 4096

WAVEFORM_POINTS = 256  # at most
WAVEFORM_SECONDS = 0.1  # at least, for each point
BLOCK_SECONDS = 1.0  # read and encoded at once: memory does not grow with the recording
WAV_MAGIC = (b"RIFF", b"WAVE")


def encode(wav: bytes, *, abandoned: threading.Event | None = None) -> Upload:
    """Encode a recording as a voice message.

    Parameters
    ----------
    wav
        A WAV file, mono or stereo, 8 to 96 kHz.
    abandoned
        Set by another thread when nobody waits for the result any more.

    Returns
    -------
    Upload
        Mono 48 kHz Ogg/Opus with its duration, in seconds, and its waveform.

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
            return _encode(recording, abandoned or threading.Event())
    except (soundfile.SoundFileError, ValueError) as cause:
        raise UploadError("The recording is broken: record it again.") from cause


def _encode(recording: soundfile.SoundFile, abandoned: threading.Event) -> Upload:
    rate, channels = recording.samplerate, recording.channels
    if not MIN_INPUT_RATE <= rate <= MAX_INPUT_RATE or channels > MAX_CHANNELS:
        raise UploadError("The recording is of no kind that a microphone makes: record it again.")
    if not recording.frames:
        raise UploadError("The recording is empty: record a little longer.")
    if recording.frames > MAX_SECONDS * rate:
        raise UploadTooLargeError(_too_long())
    waveform = _Waveform(recording.frames / rate, rate)
    resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
    ogg, written, block_frames = io.BytesIO(), 0, int(BLOCK_SECONDS * rate)
    with soundfile.SoundFile(
        ogg,
        "w",
        SAMPLE_RATE,
        1,
        format="OGG",
        subtype="OPUS",
        compression_level=COMPRESSION_LEVEL,
    ) as voice:
        last = False
        while not last:
            if abandoned.is_set():
                raise UploadError("The recording was abandoned.")
            frames = recording.read(block_frames, dtype="float32", always_2d=True)
            last = len(frames) < block_frames
            block = np.clip(np.nan_to_num(frames), -1, 1).mean(axis=1)
            waveform.add(block)
            resampled = resampler.resample_chunk(block, last=last)
            voice.write(resampled)
            written += len(resampled)
    return Upload(
        filename=FILENAME,
        data=ogg.getvalue(),
        content_type=CONTENT_TYPE,
        duration=round(written / SAMPLE_RATE, 3),
        waveform=waveform.encoded(),
    )


def _too_long() -> str:
    return f"The recording is too long: send at most {MAX_SECONDS / 60:.0f} minutes."


class _Waveform:
    """The highest amplitude in each of up to 256 stretches of equal length, as bytes."""

    def __init__(self, seconds: float, rate: int) -> None:
        points = min(WAVEFORM_POINTS, max(1, math.ceil(seconds / WAVEFORM_SECONDS)))
        self._peaks = np.zeros(points, dtype=np.float32)
        self._frames = math.ceil(seconds * rate)
        self._seen = 0

    def add(self, block: NDArray[np.float32]) -> None:
        frames = np.arange(self._seen, self._seen + len(block))
        stretches = np.minimum(frames * len(self._peaks) // self._frames, len(self._peaks) - 1)
        np.maximum.at(self._peaks, stretches, np.abs(block))
        self._seen += len(block)

    def encoded(self) -> str:
        amplitudes = np.clip(np.rint(self._peaks * 255), 0, 255).astype(np.uint8)
        return base64.b64encode(amplitudes.tobytes()).decode("ascii")
