"""Decoding of one container to interleaved samples by libav, through PyAV.

libav may only use the listed containers and decoders, gets no protocol by which it could fetch
anything, and no file name to guess the format from. Samples are only read from frames in a packed
format, after `AudioResampler`: reading raw planar frames has crashed the process on damaged AAC.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from numpy.typing import NDArray

from ser_core.audio.limits import check_sample_format
from ser_core.audio.progress import DecodingProgress
from ser_core.audio.signatures import (
    HEAD_BYTES,
    container_name,
    damaged_error,
    opening_error,
    reject_non_audio,
)
from ser_core.errors import NoAudioStreamError, UnsupportedAudioError

Samples = NDArray[Any]  # (n_frames, n_channels), of one of `_TYPES`

FORMATS = (
    *("ogg", "matroska", "webm", "mov", "mp4", "m4a", "3gp", "mp3", "aac"),
    *("wav", "w64", "rf64", "flac", "amr", "aiff", "caf", "asf", "au"),
)
DECODERS = (
    *("aac", "aac_latm", "alac", "mp1", "mp1float", "mp2", "mp2float", "mp3", "mp3float"),
    *("opus", "libopus", "vorbis", "flac", "speex", "libspeex"),
    *("amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb", "qcelp", "evrc", "ilbc"),
    *("pcm_alaw", "pcm_mulaw", "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s24le"),
    *("pcm_s24be", "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be"),
    *("adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt", "g722", "g726", "gsm", "gsm_ms", "truespeech"),
    *("ac3", "eac3", "wmav1", "wmav2", "wmapro", "wmavoice", "wmalossless"),
    *("qdm2", "mace3", "mace6", "nellymoser"),
)
_OPTIONS = {
    "format_whitelist": ",".join(FORMATS),
    "codec_whitelist": ",".join(DECODERS),
    "protocol_whitelist": "",
    "threads": "1",
}

# Formats, by libav's names:
_WITHOUT_HEADER = ("mp3", "aac")  # recognised by frames anywhere in a file
_ESTIMATED = ("mp3", "aac", "amr", "caf")  # libav estimates the duration from a part of the file
_FRAMES_ONLY = ("aac", "amr")  # nothing but frames, so that their number is not stored
_ENDING_AT = ("ogg", "matroska,webm")  # the duration is the time of the end
_TIMED = ("ogg", "matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2", "asf")  # packets have a time

_FRAME_COUNT = re.compile(rb"\xff([\xe0-\xff]).{2,38}?(?:Xing|Info)...(.)(.{4})", re.DOTALL)
"""The first frame of an MP3 file; groups: MPEG version, flags, number of frames."""
_FIRST_FRAME_BYTES = 256

_PROTECTED_TAGS = ("drms", "enca", "aavd")  # of MP4 (ISO/IEC 14496-12) and of Audible's files

_MIN_GAP = 0.1  # seconds between packets from which on there was a pause that was not stored
_RESTART = 1.0  # seconds; timestamps that jump back further have started again
_PACKET_SECONDS = 0.02  # assumed duration of a damaged packet that declares none

_FLOATS = ("flt", "fltp")  # which do not differ where there is one channel

_TYPES = {"s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}
"""NumPy types of the interleaved formats ("packed" in libav's terms) of the samples."""


def interleaved_samples(
    file: BinaryIO, progress: DecodingProgress
) -> Iterator[tuple[int, Samples]]:
    """Decode the audio of a file; of a video, its default audio stream.

    Parameters
    ----------
    file
        Open for reading, at its beginning.
    progress
        Counts what is decoded, and checks it against the limits.

    Yields
    ------
    sample_rate : int
        In Hz.
    samples : ndarray, shape (n_frames, n_channels)
        int16; int32 where there are more bits; float samples with the scale of the file.

    Raises
    ------
    AudioError
        Nothing can be decoded, or the recording exceeds the limits.
    """
    head = file.read(HEAD_BYTES)
    n_declared = _declared_mp3_samples(file, head)
    file.seek(0)
    try:
        container = av.open(file, mode="r", options=_OPTIONS, metadata_errors="ignore")
    except MemoryError:
        raise
    except (FFmpegError, ValueError) as cause:
        raise opening_error(head, is_cut_off=progress.is_cut_off) from cause
    with container:
        if container.format.name in _WITHOUT_HEADER:
            reject_non_audio(head)
        stream = _choose_stream(container)
        sample_rate = stream.codec_context.sample_rate
        declared = _declared_seconds(container, stream)
        if container.format.name in _ESTIMATED:
            declared = n_declared / sample_rate if n_declared and sample_rate else None
        progress.add_declared(declared, sample_rate * stream.codec_context.channels)
        yield from _decoded(container, stream, progress, container_name(head))


def _declared_mp3_samples(file: BinaryIO, head: bytes) -> int | None:
    """Return the number of samples that an MP3 file declares; None if it has no frame count."""
    start = 0
    if head[:3] == b"ID3":  # a tag comes first, whose size is stored in seven bits a byte (ID3v2)
        start = 10 + sum((byte & 0x7F) << 7 * (3 - index) for index, byte in enumerate(head[6:10]))
    file.seek(start)
    found = _FRAME_COUNT.search(file.read(_FIRST_FRAME_BYTES))
    if found is None or not found[2][0] & 1:
        return None
    is_version_1 = found[1][0] >> 3 & 3 == 3  # MPEG-1, with frames twice as long
    return int.from_bytes(found[3], "big") * (1152 if is_version_1 else 576)


def _choose_stream(container: InputContainer) -> AudioStream:
    """Return the default audio stream, or else the first that can be decoded."""
    best = container.streams.best("audio")  # takes the flag of a default stream into account
    streams = sorted(container.streams.audio, key=lambda stream: stream is not best)
    if not streams:
        raise NoAudioStreamError("This file holds no sound: send one with a voice in it.")
    for stream in streams:
        if _codec_tag(stream) in _PROTECTED_TAGS:
            raise UnsupportedAudioError(
                "This recording is protected against copying: send one that is not."
            )
        context: AudioCodecContext | None = stream.codec_context  # None if libav has no decoder
        if context is not None and context.codec.name in DECODERS:
            context.thread_count = 1
            return stream
    raise UnsupportedAudioError(
        "The sound in this file is compressed in a way that is not read here: save it as MP3, M4A "
        "or WAV."
    )


def _codec_tag(stream: AudioStream) -> str:
    try:
        return stream.codec_context.codec_tag
    except (AttributeError, UnicodeDecodeError):  # no decoder, or a tag of any four bytes
        return ""


def _declared_seconds(container: InputContainer, stream: AudioStream) -> float | None:
    """Return the duration that a container declares for a stream."""
    if stream.duration is not None and stream.time_base is not None:
        seconds = float(stream.duration * stream.time_base)
    elif container.duration is not None:
        seconds = container.duration / av.time_base
    else:
        return None
    # In a part of a broadcast, times count from the beginning of the broadcast.
    if container.format.name in _ENDING_AT and stream.start_time and stream.time_base:
        seconds -= float(stream.start_time * stream.time_base)
    return seconds


def _decoded(
    container: InputContainer,
    stream: AudioStream,
    progress: DecodingProgress,
    container_name: str | None,
) -> Iterator[tuple[int, Samples]]:
    """Decode packet by packet; packets that cannot be decoded are counted and skipped."""
    name = container.format.name
    pauses = _PauseDetector() if name in _TIMED else None
    is_damaged = False
    converter = _Converter(stream.codec_context.codec.name)
    packets = container.demux(stream)
    while True:
        progress.check_cpu_time()
        try:
            packet = next(packets, None)
        except MemoryError:
            raise
        except FFmpegError as cause:
            if not progress.seconds:
                raise damaged_error(container_name) from cause
            progress.is_cut_off = True
            return
        if packet is None:
            # In these formats, a last frame that is incomplete is the only sign of a cut.
            progress.is_cut_off = progress.is_cut_off or (is_damaged and name in _FRAMES_ONLY)
            return
        frames = _frames(packet, progress)
        if packet.size:  # the last packet is empty, and flushes the decoder
            is_damaged = frames is None
        for frame in frames or ():
            samples = converter.convert(frame)
            if pauses is not None:
                n_silent = pauses.samples_before(frame, max_seconds=progress.limits.max_seconds)
                if n_silent:
                    silence = np.zeros((n_silent, samples.shape[1]), samples.dtype)
                    progress.count_samples(silence.shape, frame.sample_rate)
                    yield frame.sample_rate, silence
            progress.count_samples(samples.shape, frame.sample_rate)
            yield frame.sample_rate, samples
        if progress.is_mostly_damaged:
            raise damaged_error(container_name)


def _frames(packet: "Packet[AudioStream]", progress: DecodingProgress) -> list[AudioFrame] | None:
    """Decode a packet; if that fails, count it as damaged and return None."""
    try:
        return packet.decode()
    except MemoryError:
        raise
    except FFmpegError:
        seconds = float((packet.duration or 0) * (packet.time_base or 0))
        progress.count_damaged(seconds or _PACKET_SECONDS)
        return None


class _Converter:
    """A converter of frames to interleaved samples; the sample format may change between frames.

    Parameters
    ----------
    decoder
        libav's name of the decoder of the frames.
    """

    def __init__(self, decoder: str) -> None:
        self._keeps_floats = decoder.startswith("pcm_f")
        self._frame_format: tuple[int, str, str] | None = None
        self._resampler = AudioResampler()
        self._rounds_floats = False

    def convert(self, frame: AudioFrame) -> Samples:
        """Return a frame's samples, (n_frames, n_channels).

        Raises
        ------
        UnsupportedAudioError
            The sample rate or the number of channels is out of bounds.
        """
        n_channels = frame.layout.nb_channels
        frame_format = (frame.sample_rate, frame.layout.name, frame.format.name)
        if frame_format != self._frame_format:
            check_sample_format(frame.sample_rate, n_channels)
            self._frame_format = frame_format
            packed_format = self._packed_format(frame.format.name)
            self._resampler = AudioResampler(format=packed_format)
            self._rounds_floats = (
                n_channels == 1 and packed_format == "s16" and frame.format.name in _FLOATS
            )
        if self._rounds_floats:
            return _rounded(np.frombuffer(memoryview(frame.planes[0]), np.float32, frame.samples))
        packed = [
            np.frombuffer(
                memoryview(part.planes[0]), _TYPES[part.format.name], part.samples * n_channels
            )
            for part in self._resampler.resample(frame)
        ]
        samples = packed[0] if len(packed) == 1 else np.concatenate(packed)
        return samples.reshape(-1, n_channels)

    def _packed_format(self, name: str) -> str:
        """Return a packed format without loss; for lossy codecs, 16 bits are enough."""
        kind = name.removesuffix("p")
        if kind in ("s32", "s64"):
            return "s32"
        return kind if kind in ("flt", "dbl") and self._keeps_floats else "s16"


def _rounded(values: NDArray[np.float32]) -> Samples:
    """Round floats of one channel to 16 bits, exactly as libav's converter does.

    On frames of 20 ms, which voice notes have, the converter takes half as long as the decoder.
    """
    scaled = np.rint(values * np.float32(1 << 15))
    with np.errstate(invalid="ignore"):  # a damaged file may hold NaN
        clipped = np.minimum(np.maximum(scaled, np.float32(-(1 << 15))), np.float32((1 << 15) - 1))
        return clipped.astype(np.int16)[:, None]


class _PauseDetector:
    """Detects pauses that a recorder did not store, by gaps between the times of frames.

    Call recorders store no packets in silence, and pages of a container may be lost. Without the
    missing silence, everything after it would be too early.
    """

    def __init__(self) -> None:
        self._beginning: float | None = None  # time of the first frame, in seconds
        self._seconds = 0.0  # of frames and pauses since then

    def samples_before(self, frame: AudioFrame, *, max_seconds: float) -> int:
        """Return how many samples of silence, in each channel, belong before the next frame.

        Parameters
        ----------
        frame
            The next frame.
        max_seconds
            Longest pause; a longer gap is a change of the time base.
        """
        gap = 0.0
        if frame.time is not None:
            if self._beginning is None:
                self._beginning = frame.time
            gap = frame.time - self._beginning - self._seconds
            if not -_RESTART < gap < max_seconds:
                self._beginning = frame.time - self._seconds
                gap = 0.0
        pause = round(gap * frame.sample_rate) if gap >= _MIN_GAP else 0
        self._seconds += (pause + frame.samples) / frame.sample_rate
        return pause
