"""Recordings made for the tests: a tone in every container, written by real encoders.

soundfile writes what libsndfile writes, PyAV the rest. AMR wide band, for which there is no encoder
here, is written frame by frame.
"""

import functools
import io
import tempfile
import zlib
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile


@dataclass(frozen=True)
class Recipe:
    """How a recording is encoded."""

    container: str
    sample_rate: int = 48_000
    written: tuple[str, str] | None = None  # soundfile's format and subtype
    encoded: tuple[str, str] | None = None  # PyAV's format and encoder
    options: dict[str, str] = field(default_factory=dict)  # of the format
    bit_rate: int | None = None
    level_tolerance: float = 0.5  # dB; more where a codec is made for voices and not for tones


RECIPES = {
    "wav-8": Recipe("WAV", written=("WAV", "PCM_U8")),
    "wav-16": Recipe("WAV", written=("WAV", "PCM_16")),
    "wav-24": Recipe("WAV", written=("WAV", "PCM_24")),
    "wav-32": Recipe("WAV", written=("WAV", "PCM_32")),
    "wav-float": Recipe("WAV", written=("WAV", "FLOAT")),
    "wav-double": Recipe("WAV", written=("WAV", "DOUBLE")),
    "wav-ulaw": Recipe("WAV", 8_000, written=("WAV", "ULAW")),
    "wav-alaw": Recipe("WAV", 8_000, written=("WAV", "ALAW")),
    "wav-ima": Recipe("WAV", written=("WAV", "IMA_ADPCM")),
    "wav-ms": Recipe("WAV", written=("WAV", "MS_ADPCM")),
    "wav-gsm": Recipe("WAV", 8_000, written=("WAV", "GSM610"), level_tolerance=1.0),
    "wav-extensible": Recipe("WAV", written=("WAVEX", "PCM_16")),
    "wav-mp3": Recipe("WAV", 44_100, encoded=("wav", "libmp3lame")),
    "rf64": Recipe("RF64", written=("RF64", "PCM_16")),
    "w64": Recipe("W64", written=("W64", "PCM_16")),
    "aiff": Recipe("AIFF", written=("AIFF", "PCM_16")),
    "au": Recipe("AU", written=("AU", "PCM_16")),
    "caf": Recipe("CAF", written=("CAF", "PCM_16")),
    "flac-16": Recipe("FLAC", written=("FLAC", "PCM_16")),
    "flac-24": Recipe("FLAC", 44_100, written=("FLAC", "PCM_24")),
    "mp3": Recipe("MP3", 44_100, written=("MP3", "MPEG_LAYER_III")),
    "mp3-tagged": Recipe("MP3", encoded=("mp3", "libmp3lame")),
    "mp3-without-header": Recipe(
        "MP3", encoded=("mp3", "libmp3lame"), options={"write_xing": "0", "id3v2_version": "0"}
    ),
    "mp3-telephone": Recipe("MP3", 8_000, encoded=("mp3", "libmp3lame")),
    "mp2": Recipe("MP3", encoded=("mp2", "mp2")),
    "ogg-vorbis": Recipe("Ogg", 44_100, written=("OGG", "VORBIS")),
    "ogg-opus": Recipe("Ogg", written=("OGG", "OPUS")),
    "ogg-opus-voice": Recipe(
        "Ogg", encoded=("ogg", "libopus"), bit_rate=32_000, level_tolerance=1.0
    ),
    "ogg-flac": Recipe("Ogg", encoded=("ogg", "flac")),
    "m4a": Recipe("MP4", encoded=("ipod", "aac")),
    "m4a-lossless": Recipe("MP4", encoded=("ipod", "alac")),
    "m4a-index-first": Recipe("MP4", encoded=("mp4", "aac"), options={"movflags": "+faststart"}),
    "m4a-fragments": Recipe(
        "MP4", 44_100, encoded=("mp4", "aac"), options={"movflags": "frag_keyframe+empty_moov"}
    ),
    "mp4-opus": Recipe("MP4", encoded=("mp4", "libopus")),
    "mov": Recipe("MP4", encoded=("mov", "aac")),
    "mov-ulaw": Recipe("MP4", 8_000, encoded=("mov", "pcm_mulaw")),
    "webm": Recipe("WebM", encoded=("webm", "libopus")),
    "webm-live": Recipe("WebM", encoded=("webm", "libopus"), options={"live": "1"}),
    "matroska": Recipe("WebM", encoded=("matroska", "aac")),
    "matroska-ac3": Recipe("WebM", encoded=("matroska", "ac3")),
    "matroska-float": Recipe("WebM", encoded=("matroska", "pcm_f32le")),
    "adts": Recipe("AAC", 44_100, encoded=("adts", "aac")),
    "amr": Recipe("AMR", 8_000, encoded=("amr", "libopencore_amrnb"), level_tolerance=4.0),
    "3gp": Recipe("MP4", 8_000, encoded=("3gp", "libopencore_amrnb"), level_tolerance=4.0),
    "wma": Recipe("WMA", 44_100, encoded=("asf", "wmav2"), bit_rate=128_000),
}
"""By name, one of every container and codec that is read."""

LEVEL = 0.25  # amplitude of the tones
SECONDS = 1.5
FREQUENCY = 440.0  # Hz


def tone(*, frequency=FREQUENCY, seconds=SECONDS, sample_rate=48_000, level=LEVEL):
    """Return a sine, (n_samples,)."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    return level * np.sin(2 * np.pi * frequency * time)


def write(samples, sample_rate, kind="WAV", subtype="PCM_16"):
    """Encode samples of shape (n_samples,) or (n_samples, n_channels) by soundfile."""
    file = io.BytesIO()
    soundfile.write(file, samples, sample_rate, format=kind, subtype=subtype)
    return file.getvalue()


def encode(samples, recipe):
    """Encode samples, of shape (n_samples,) or (n_samples, n_channels), at the recipe's rate."""
    if recipe.written:
        return write(samples, recipe.sample_rate, *recipe.written)
    container, encoder = recipe.encoded
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "recording")
        with av.open(str(path), "w", format=container, options=recipe.options) as output:
            _add_sound(output, encoder, samples, recipe)
        return path.read_bytes()


def _add_sound(output, encoder, samples, recipe):
    frames = samples.reshape(len(samples), -1)
    layout = "mono" if frames.shape[1] == 1 else "stereo"
    stream = output.add_stream(encoder, rate=recipe.sample_rate, layout=layout)
    if recipe.bit_rate is not None:
        stream.bit_rate = recipe.bit_rate
    context = stream.codec_context
    packed = np.ascontiguousarray(frames, dtype=np.float32).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
    frame.sample_rate, frame.pts = recipe.sample_rate, 0
    frame.time_base = Fraction(1, recipe.sample_rate)
    resampler = av.AudioResampler(context.format, layout, recipe.sample_rate, context.frame_size)
    for ready in (*resampler.resample(frame), *resampler.resample(None)):
        output.mux(stream.encode(ready))
    output.mux(stream.encode(None))


@functools.cache
def recording(name):
    """Return the tone of `FREQUENCY`, `LEVEL` and `SECONDS`, encoded by the recipe of a name."""
    recipe = RECIPES[name]
    return encode(tone(sample_rate=recipe.sample_rate), recipe)


VIDEO_CODECS = {"mp4": ("mpeg4", "aac"), "webm": ("libvpx", "libopus")}


@functools.cache
def video(container, *, has_sound):
    """Make a short video as "mp4" or "webm", with the tone in it or without sound."""
    picture_encoder, sound_encoder = VIDEO_CODECS[container]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "video")
        with av.open(str(path), "w", format=container) as output:
            stream = output.add_stream(picture_encoder, rate=10)
            stream.width = stream.height = 64
            stream.pix_fmt = "yuv420p"
            if has_sound:
                _add_sound(output, sound_encoder, tone(), Recipe(container))
            for number in range(round(10 * SECONDS)):
                picture = av.VideoFrame.from_ndarray(
                    np.full((64, 64, 3), 10 * number, np.uint8), format="rgb24"
                )
                picture.pts = number
                output.mux(stream.encode(picture))
            output.mux(stream.encode(None))
        return path.read_bytes()


def amr_wide_band(frames):
    """Return wide-band AMR frames of 20 ms each that hold no speech."""
    no_data = 15 << 3 | 1 << 2  # the frame's type, and that it is sound
    return b"#!AMR-WB\n" + bytes([no_data]) * frames


def opus_silence(seconds, *, declared_seconds=None):
    """Return an Ogg/Opus file of silence in as few bytes as possible.

    Each packet of two bytes is 120 ms: six empty frames (RFC 6716, 3.2.5).
    Its last page declares a length, which need not be true.
    """
    packet = bytes([31 << 3 | 3, 6])
    samples, packets_in_page = 5760, 250
    head = b"OpusHead" + bytes([1, 1]) + (0).to_bytes(2, "little")
    head += (48_000).to_bytes(4, "little") + bytes(3)
    tags = b"OpusTags" + bytes(8)
    pages = [ogg_page([head], 0, first=True), ogg_page([tags], 0, number=1)]
    packets = round(seconds * 48_000 / samples)
    declared = round((declared_seconds or seconds) * 48_000)
    for done in range(0, packets, packets_in_page):
        count = min(packets_in_page, packets - done)
        position, last = min((done + count) * samples, declared), done + count == packets
        pages.append(ogg_page([packet] * count, position, number=len(pages), last=last))
    return b"".join(pages)


def ogg_page(packets, position, *, number=0, first=False, last=False, stream=7):
    """Return an Ogg page of whole packets, each shorter than 255 bytes (RFC 3533, section 6)."""
    header = b"OggS\0" + bytes([first * 2 + last * 4]) + position.to_bytes(8, "little")
    header += stream.to_bytes(4, "little") + number.to_bytes(4, "little")
    table = bytes([len(packets)]) + bytes(map(len, packets))
    body = b"".join(packets)
    checksum = _ogg_checksum(header + bytes(4) + table + body)
    return header + checksum.to_bytes(4, "little") + table + body


_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _ogg_checksum(page):
    """Return the checksum: zlib's of mirrored bits, without its first and last inversion."""
    checksum = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{checksum:032b}"[::-1], 2)
