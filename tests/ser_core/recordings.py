"""Recordings made for the tests: tones in every container, written by real encoders.

soundfile writes what libsndfile writes; the ffmpeg binary that the core decodes with writes the
rest. AMR wide band, for which there is no encoder at hand, is put together by hand.
"""

import functools
import io
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from ser_core.containers import Container
from ser_core.converter import find_converter


@dataclass(frozen=True)
class Recipe:
    """How a recording is encoded."""

    container: Container
    sample_rate: int = 48_000
    written: tuple[str, str] | None = None  # soundfile's format and subtype
    ffmpeg: tuple[str, ...] = ()
    level_tolerance: float = 0.5  # dB; more where a codec is made for voices and not for tones
    end_is_told: bool = True  # a cut anywhere can be seen


RECIPES = {
    "wav-8": Recipe(Container.WAV, written=("WAV", "PCM_U8")),
    "wav-16": Recipe(Container.WAV, written=("WAV", "PCM_16")),
    "wav-24": Recipe(Container.WAV, written=("WAV", "PCM_24")),
    "wav-32": Recipe(Container.WAV, written=("WAV", "PCM_32")),
    "wav-float": Recipe(Container.WAV, written=("WAV", "FLOAT")),
    "wav-double": Recipe(Container.WAV, written=("WAV", "DOUBLE")),
    "wav-ulaw": Recipe(Container.WAV, 8_000, written=("WAV", "ULAW")),
    "wav-alaw": Recipe(Container.WAV, 8_000, written=("WAV", "ALAW")),
    "wav-ima": Recipe(Container.WAV, written=("WAV", "IMA_ADPCM")),
    "wav-ms": Recipe(Container.WAV, written=("WAV", "MS_ADPCM")),
    "wav-gsm": Recipe(Container.WAV, 8_000, written=("WAV", "GSM610"), level_tolerance=1.0),
    "wav-extensible": Recipe(Container.WAV, written=("WAVEX", "PCM_16")),
    "rf64": Recipe(Container.WAV, written=("RF64", "PCM_16")),
    "flac-16": Recipe(Container.FLAC, written=("FLAC", "PCM_16")),
    "flac-24": Recipe(Container.FLAC, 44_100, written=("FLAC", "PCM_24")),
    "mp3": Recipe(Container.MP3, 44_100, written=("MP3", "MPEG_LAYER_III")),
    "mp3-tagged": Recipe(Container.MP3, ffmpeg=("-c:a", "libmp3lame", "-f", "mp3")),
    "mp3-variable": Recipe(
        Container.MP3,
        ffmpeg=(
            "-c:a",
            "libmp3lame",
            "-q:a",
            "2",
            "-write_xing",
            "0",
            "-id3v2_version",
            "0",
            "-f",
            "mp3",
        ),
        end_is_told=False,
    ),
    "mp3-telephone": Recipe(Container.MP3, 8_000, ffmpeg=("-c:a", "libmp3lame", "-f", "mp3")),
    "ogg-vorbis": Recipe(Container.OGG, 44_100, written=("OGG", "VORBIS")),
    "ogg-opus": Recipe(Container.OGG, written=("OGG", "OPUS")),
    "ogg-opus-voice": Recipe(
        Container.OGG, ffmpeg=("-c:a", "libopus", "-b:a", "32k", "-f", "ogg"), level_tolerance=1.0
    ),
    "m4a": Recipe(Container.MP4, ffmpeg=("-c:a", "aac", "-f", "ipod")),
    "m4a-lossless": Recipe(Container.MP4, ffmpeg=("-c:a", "alac", "-f", "ipod")),
    "m4a-index-first": Recipe(
        Container.MP4, ffmpeg=("-c:a", "aac", "-movflags", "+faststart", "-f", "mp4")
    ),
    "m4a-fragments": Recipe(
        Container.MP4,
        44_100,
        ffmpeg=("-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4"),
    ),
    "mp4-opus": Recipe(Container.MP4, ffmpeg=("-c:a", "libopus", "-f", "mp4")),
    "mov": Recipe(Container.MP4, ffmpeg=("-c:a", "aac", "-f", "mov")),
    "webm": Recipe(Container.MATROSKA, ffmpeg=("-c:a", "libopus", "-f", "webm")),
    "webm-live": Recipe(Container.MATROSKA, ffmpeg=("-c:a", "libopus", "-live", "1", "-f", "webm")),
    "webm-vorbis": Recipe(Container.MATROSKA, ffmpeg=("-c:a", "libvorbis", "-f", "webm")),
    "matroska": Recipe(Container.MATROSKA, ffmpeg=("-c:a", "aac", "-f", "matroska")),
    "adts": Recipe(Container.ADTS, 44_100, ffmpeg=("-c:a", "aac", "-f", "adts")),
    "amr": Recipe(
        Container.AMR, 8_000, ffmpeg=("-c:a", "libopencore_amrnb", "-f", "amr"), level_tolerance=4.0
    ),
    "3gp": Recipe(
        Container.MP4, 8_000, ffmpeg=("-c:a", "libopencore_amrnb", "-f", "3gp"), level_tolerance=4.0
    ),
}
"""One of every kind that is accepted."""

LEVEL = 0.25  # amplitude of the tones
SECONDS = 1.5
FREQUENCY = 440.0  # Hz


def tone(
    *,
    frequency: float = FREQUENCY,
    seconds: float = SECONDS,
    sample_rate: int = 48_000,
    level: float = LEVEL,
) -> NDArray[np.float64]:
    """Make a sine of an amplitude, shape (n_samples,)."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    return level * np.sin(2 * np.pi * frequency * time)


def write(
    samples: NDArray[Any], sample_rate: int, kind: str = "WAV", subtype: str = "PCM_16"
) -> bytes:
    """Encode samples of shape (n_samples,) or (n_samples, n_channels) by soundfile."""
    file = io.BytesIO()
    soundfile.write(file, samples, sample_rate, format=kind, subtype=subtype)
    return file.getvalue()


def run_ffmpeg(*arguments: str, stdin: bytes = b"") -> bytes:
    """Run the bundled ffmpeg, and give the file it writes."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "output")
        command = [find_converter(), "-v", "error", "-y", *arguments, str(output)]
        subprocess.run(command, input=stdin, check=True, capture_output=True)
        return output.read_bytes()


def encode(samples: NDArray[np.float64], recipe: Recipe) -> bytes:
    """Encode samples at the recipe's sample rate."""
    if recipe.written:
        return write(samples, recipe.sample_rate, *recipe.written)
    wav = write(samples, recipe.sample_rate, "WAV", "FLOAT")
    return run_ffmpeg("-f", "wav", "-i", "pipe:0", *recipe.ffmpeg, stdin=wav)


@functools.cache
def recording(name: str) -> bytes:
    """Give the tone of `FREQUENCY`, `LEVEL` and `SECONDS`, encoded by the recipe of a name."""
    recipe = RECIPES[name]
    return encode(tone(sample_rate=recipe.sample_rate), recipe)


@functools.cache
def silent_video(container: str) -> bytes:
    """Make a short video without sound, as "mp4", "webm" or "ogg"."""
    codec = {"mp4": "libx264", "webm": "libvpx", "ogg": "libtheora"}[container]
    picture = ("-f", "lavfi", "-i", "testsrc=duration=0.5:size=64x64:rate=10")
    return run_ffmpeg(*picture, "-c:v", codec, "-f", container)


@functools.cache
def video_with_sound(container: str) -> bytes:
    """Make a short video with the tone in it, as "mp4", "webm" or "ogg"."""
    codecs = {
        "mp4": ("libx264", "aac"),
        "webm": ("libvpx", "libopus"),
        "ogg": ("libtheora", "libvorbis"),
    }
    video, audio = codecs[container]
    wav = write(tone(), 48_000, "WAV", "FLOAT")
    picture = ("-f", "lavfi", "-i", f"testsrc=duration={SECONDS}:size=64x64:rate=10")
    return run_ffmpeg(
        *picture, *("-i", "pipe:0", "-c:v", video, "-c:a", audio, "-f", container), stdin=wav
    )


def amr_wide_band(frames: int) -> bytes:
    """Put together wide-band AMR frames of 20 ms each that hold no speech."""
    no_data = 15 << 3 | 1 << 2  # the frame's type, and that it is sound
    return b"#!AMR-WB\n" + bytes([no_data]) * frames


def opus_silence(seconds: int, *, declared_seconds: float | None = None) -> bytes:
    """Put together an Ogg/Opus file of silence in some of the fewest bytes there can be.

    Each packet of two bytes stands for 120 ms: six frames with nothing in them (RFC 6716, 3.2.5).

    Parameters
    ----------
    seconds
        How long it is.
    declared_seconds
        How long its last page says it is; the truth if None.
    """
    packet = bytes([31 << 3 | 3, 6])
    samples, packets_in_page = 5760, 250
    head = b"OpusHead" + bytes([1, 1]) + (0).to_bytes(2, "little")
    head += (48_000).to_bytes(4, "little") + bytes(3)
    tags = b"OpusTags" + bytes(8)
    pages = [ogg_page([head], 0, first=True), ogg_page([tags], 0, number=1)]
    packets = round(seconds * 48_000 / samples)
    done = 0
    while done < packets:
        count = min(packets_in_page, packets - done)
        done += count
        position = done * samples
        if declared_seconds is not None:
            position = min(position, round(declared_seconds * 48_000))
        pages.append(ogg_page([packet] * count, position, number=len(pages), last=done == packets))
    return b"".join(pages)


def ogg_page(
    packets: list[bytes],
    position: int,
    *,
    number: int = 0,
    first: bool = False,
    last: bool = False,
    stream: int = 7,
) -> bytes:
    """Write an Ogg page of whole packets, each shorter than 255 bytes (RFC 3533, section 6)."""
    header = b"OggS\0" + bytes([first * 2 + last * 4]) + position.to_bytes(8, "little")
    header += stream.to_bytes(4, "little") + number.to_bytes(4, "little")
    table = bytes([len(packets)]) + bytes(map(len, packets))
    body = b"".join(packets)
    checksum = _ogg_checksum(header + bytes(4) + table + body)
    return header + checksum.to_bytes(4, "little") + table + body


@functools.cache
def _checksum_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        remainder = value << 24
        for _ in range(8):
            remainder = (remainder << 1 & 0xFFFFFFFF) ^ (0x04C11DB7 if remainder >> 31 else 0)
        table.append(remainder)
    return tuple(table)


def _ogg_checksum(page: bytes) -> int:
    table = _checksum_table()
    remainder = 0
    for byte in page:
        remainder = (remainder << 8 & 0xFFFFFFFF) ^ table[remainder >> 24 ^ byte]
    return remainder
