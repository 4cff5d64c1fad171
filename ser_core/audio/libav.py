"""libav, through PyAV: one container's sound as packed samples.

It gets a list of the containers and decoders that it may use, no protocol to fetch anything by, and
no file name to guess from. Samples leave it through `AudioResampler` in a packed format alone: to
take them from raw planar frames has crashed the process on damaged AAC.
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

from ser_core.audio.limits import check_form
from ser_core.audio.signatures import (
    HEAD_BYTES,
    container_name,
    damaged,
    explain,
    refuse_what_is_no_audio,
)
from ser_core.audio.tally import Tally
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

_WITHOUT_HEADER = ("mp3", "aac")  # formats that are recognised by frames anywhere in a file
_ESTIMATED = ("mp3", "aac", "amr", "caf")  # whose length libav works out in part
_WITHOUT_LENGTH = ("aac", "amr")  # that are nothing but frames, one after the other
_ENDING_AT = ("ogg", "matroska,webm")  # whose length is where it ends
_TIMED = ("ogg", "matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2", "asf")  # that store when a packet is

_FRAME_COUNT = re.compile(rb"\xff([\xe0-\xff]).{2,38}?(?:Xing|Info)...(.)(.{4})", re.DOTALL)
"""The version of MPEG, flags, and how many frames there are, in the first frame of an MP3 file."""
_FIRST_FRAME_BYTES = 256

_PROTECTED_TAGS = ("drms", "enca", "aavd")  # of MP4 (ISO/IEC 14496-12) and of Audible's files

_LEAST_GAP = 0.1  # seconds between packets from which on it was a pause that was not stored
_RESTART = 1.0  # seconds: times that jump back further than this have begun anew
_PACKET_SECONDS = 0.02  # of a damaged packet that does not say how long it is

_TYPES = {"s16": np.int16, "s32": np.int32, "flt": np.float32, "dbl": np.float64}
"""The packed formats that samples leave in."""


def packed_samples(file: BinaryIO, tally: Tally) -> Iterator[tuple[int, Samples]]:
    """Decode the sound in a file: in a video its default track.

    Parameters
    ----------
    file
        Open for reading, at its beginning.
    tally
        Counts what is decoded, and bounds it.

    Yields
    ------
    sample_rate : int
        In Hz.
    samples : ndarray, shape (n_frames, n_channels)
        int16; int32 where there are more bits; floats as they were stored, of any scale.

    Raises
    ------
    AudioError
        None of it can be decoded, or it is beyond the limits.
    """
    head = file.read(HEAD_BYTES)
    n_counted = _counted_samples(file, head)
    file.seek(0)
    try:
        container = av.open(file, mode="r", options=_OPTIONS, metadata_errors="ignore")
    except MemoryError:
        raise
    except (FFmpegError, ValueError) as cause:
        raise explain(head, is_cut_off=tally.is_cut_off) from cause
    with container:
        if container.format.name in _WITHOUT_HEADER:
            refuse_what_is_no_audio(head)
        stream = _choose_stream(container)
        sample_rate = stream.codec_context.sample_rate
        promised = _promised_seconds(container, stream)
        if container.format.name in _ESTIMATED:
            promised = n_counted / sample_rate if n_counted and sample_rate else None
        tally.promise(promised, sample_rate * stream.codec_context.channels)
        yield from _decoded(container, stream, tally, container_name(head))


def _counted_samples(file: BinaryIO, head: bytes) -> int | None:
    """Return how many samples an MP3 file says it has; None where it does not count its frames."""
    start = 0
    if head[:3] == b"ID3":  # a tag comes first, with its size in seven bits a byte (ID3v2)
        start = 10 + sum((byte & 0x7F) << 7 * (3 - at) for at, byte in enumerate(head[6:10]))
    file.seek(start)
    found = _FRAME_COUNT.search(file.read(_FIRST_FRAME_BYTES))
    if found is None or not found[2][0] & 1:
        return None
    is_version_1 = found[1][0] >> 3 & 3 == 3  # its frames are twice as long
    return int.from_bytes(found[3], "big") * (1152 if is_version_1 else 576)


def _choose_stream(container: InputContainer) -> AudioStream:
    """Choose the default audio track, or the first that can be decoded."""
    best = container.streams.best("audio")
    # libav's choice first: it knows of tracks that are marked as the default.
    tracks = sorted(container.streams.audio, key=lambda stream: stream is not best)
    if not tracks:
        raise NoAudioStreamError("This file holds no sound: send one with a voice in it.")
    for stream in tracks:
        if _tag(stream) in _PROTECTED_TAGS:
            raise UnsupportedAudioError(
                "This recording is protected against copying: send one that is not."
            )
        context: AudioCodecContext | None = stream.codec_context  # None without any decoder
        if context is not None and context.codec.name in DECODERS:
            context.thread_count = 1
            return stream
    raise UnsupportedAudioError(
        "The sound in this file is compressed in a way that is not read here: save it as MP3, M4A "
        "or WAV."
    )


def _tag(stream: AudioStream) -> str:
    try:
        return stream.codec_context.codec_tag
    except (AttributeError, UnicodeDecodeError):  # there is no decoder; it may be any four bytes
        return ""


def _promised_seconds(container: InputContainer, stream: AudioStream) -> float | None:
    """Return how long a container says that its sound is."""
    if stream.duration is not None and stream.time_base is not None:
        seconds = float(stream.duration * stream.time_base)
    elif container.duration is not None:
        seconds = container.duration / av.time_base
    else:
        return None
    # Of a part of a broadcast the positions begin when the broadcast did.
    if container.format.name in _ENDING_AT and stream.start_time and stream.time_base:
        seconds -= float(stream.start_time * stream.time_base)
    return seconds


def _decoded(
    container: InputContainer, stream: AudioStream, tally: Tally, container_name: str | None
) -> Iterator[tuple[int, Samples]]:
    """Decode packet by packet; what cannot be decoded is counted and passed over."""
    name = container.format.name
    clock = _Clock() if name in _TIMED else None
    is_damaged = False
    converter = _Converter(stream.codec_context.codec.name)
    packets = container.demux(stream)
    while True:
        tally.check_time()
        try:
            packet = next(packets, None)
        except MemoryError:
            raise
        except FFmpegError as cause:
            if not tally.seconds:
                raise damaged(container_name) from cause
            tally.is_cut_off = True
            return
        if packet is None:
            # Of these formats only the end of a last frame that is incomplete tells of a cut.
            tally.is_cut_off = tally.is_cut_off or (is_damaged and name in _WITHOUT_LENGTH)
            return
        frames = _frames(packet, tally)
        if packet.size:  # the last packet of all only asks for what the decoder still has
            is_damaged = frames is None
        for frame in frames or ():
            samples = converter.convert(frame)
            if clock is not None:
                pause = clock.pause_before(frame, most=tally.limits.max_seconds)
                if pause:
                    silence = np.zeros((pause, samples.shape[1]), samples.dtype)
                    tally.decoded(silence.shape, frame.sample_rate)
                    yield frame.sample_rate, silence
            tally.decoded(samples.shape, frame.sample_rate)
            yield frame.sample_rate, samples
        if tally.is_mostly_damaged:
            raise damaged(container_name)


def _frames(packet: "Packet[AudioStream]", tally: Tally) -> list[AudioFrame] | None:
    """Decode a packet; count it as damaged, and return None, if that fails."""
    try:
        return packet.decode()
    except MemoryError:
        raise
    except FFmpegError:
        length = (packet.duration or 0) * (packet.time_base or 0)
        tally.damaged(float(length) or _PACKET_SECONDS)
        return None


class _Converter:
    """Converts frames to packed samples; the form that they have may change between them.

    Parameters
    ----------
    decoder
        The name of what decoded them.
    """

    def __init__(self, decoder: str) -> None:
        self._keeps_floats = decoder.startswith("pcm_f")
        self._form: tuple[int, str, str] | None = None
        self._resampler = AudioResampler()

    def convert(self, frame: AudioFrame) -> Samples:
        """Return a frame's samples, (n_frames, n_channels).

        Raises
        ------
        UnsupportedAudioError
            Its sample rate or its number of channels is out of bounds.
        """
        n_channels = frame.layout.nb_channels
        form = (frame.sample_rate, frame.layout.name, frame.format.name)
        if form != self._form:
            check_form(frame.sample_rate, n_channels)
            self._form = form
            self._resampler = AudioResampler(format=self._packed_format(frame.format.name))
        packed = [
            np.frombuffer(
                memoryview(one.planes[0]), _TYPES[one.format.name], one.samples * n_channels
            )
            for one in self._resampler.resample(frame)
        ]
        samples = packed[0] if len(packed) == 1 else np.concatenate(packed)
        return samples.reshape(-1, n_channels)

    def _packed_format(self, name: str) -> str:
        """Choose a packed format that loses nothing; of lossy codecs 16 bits are all there is."""
        kind = name.removesuffix("p")
        if kind in ("s32", "s64"):
            return "s32"
        return kind if kind in ("flt", "dbl") and self._keeps_floats else "s16"


class _Clock:
    """Finds the pauses that a recorder left out, by the times of the frames.

    Times behind them would be wrong without; that times go on where packets are missing is how
    recorders of calls, and containers whose pages were lost, tell of silence.
    """

    def __init__(self) -> None:
        self._beginning: float | None = None
        self._seconds = 0.0  # since then, of frames and pauses

    def pause_before(self, frame: AudioFrame, *, most: float) -> int:
        """Return how many frames of silence belong before this one; it comes next.

        Parameters
        ----------
        frame
            As decoded.
        most
            Seconds; a longer pause is none, but another time that was given to the recording.
        """
        gap = 0.0
        if frame.time is not None:
            if self._beginning is None:
                self._beginning = frame.time
            gap = frame.time - self._beginning - self._seconds
            if not -_RESTART < gap < most:
                self._beginning = frame.time - self._seconds
                gap = 0.0
        pause = round(gap * frame.sample_rate) if gap >= _LEAST_GAP else 0
        self._seconds += (pause + frame.samples) / frame.sample_rate
        return pause
