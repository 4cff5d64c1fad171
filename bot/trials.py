"""Trial recordings in every kind of file that people send, made by the converter itself."""

import asyncio

import imageio_ffmpeg

from bot.errors import CheckError
from bot.worker import trial_recording

ENCODE_SECONDS = 20.0

_FRAGMENTS = ("-movflags", "frag_keyframe+empty_moov")  # an MP4 that can be written to a pipe
KINDS: dict[str, tuple[str, ...]] = {
    "WAV": (),
    "FLAC": ("-c:a", "flac", "-f", "flac"),
    "MP3": ("-c:a", "libmp3lame", "-f", "mp3"),
    "Ogg Opus": ("-c:a", "libopus", "-f", "ogg"),
    "Ogg Vorbis": ("-c:a", "libvorbis", "-f", "ogg"),
    "M4A": ("-c:a", "aac", *_FRAGMENTS, "-f", "mp4"),
    "AAC": ("-c:a", "aac", "-f", "adts"),
    "WebM": ("-c:a", "libopus", "-f", "webm"),
    "AMR": ("-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1", "-f", "amr"),
}
"""How ffmpeg is told to write each kind; a WAV file is what the trial recording is already."""


async def trial(kind: str) -> bytes:
    """Make the trial recording as one of `KINDS`.

    Raises
    ------
    CheckError
        ffmpeg cannot make one.
    """
    recording = trial_recording()
    if not KINDS[kind]:
        return recording
    try:
        process = await asyncio.create_subprocess_exec(
            imageio_ffmpeg.get_ffmpeg_exe(),
            *("-v", "fatal", "-f", "wav", "-i", "pipe:0", *KINDS[kind], "pipe:1"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except (OSError, RuntimeError) as cause:
        raise CheckError(
            "There is no ffmpeg that starts: run 'pip install --force-reinstall imageio-ffmpeg'."
        ) from cause
    try:
        async with asyncio.timeout(ENCODE_SECONDS):
            written, _ = await process.communicate(recording)
    except TimeoutError as cause:
        process.kill()
        await process.wait()
        raise CheckError(f"ffmpeg did not write a trial recording as {kind} in time.") from cause
    if process.returncode != 0 or not written:
        raise CheckError(f"This ffmpeg cannot write {kind}, so it was not tried.")
    return written
