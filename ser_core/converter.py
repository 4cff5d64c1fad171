"""pydub's converter, ffmpeg, for what libsndfile does not read, made safe.

It is `AudioSegment.converter` that runs, but not by `AudioSegment.from_file`, which writes its
``parameters`` behind the output, so that no option of the input can be given: no protocol
whitelist, no list of decoders. Nor can that be timed out. So the same binary is run here:

- the demuxer is named: ffmpeg guesses nothing;
- it reads standard input, a private file without a name, through its ``fd`` protocol, and may use
  no other: not ``file``, no network; whatever a playlist or a box in the file refers to;
- it may use only the decoders named here, and none for pictures;
- seconds, bytes of output, CPU time, memory and waiting are bounded; one thread;
- it inherits none of the environment, where a bot's token is.
"""

import contextlib
import functools
import math
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

import imageio_ffmpeg

from ser_core.containers import Container
from ser_core.containers.outline import damaged
from ser_core.errors import UnsupportedAudioError
from ser_core.segments import AudioSegment

if sys.platform == "linux":
    import resource

TIMEOUT = 15.0  # seconds; ten minutes of AAC take about one
_COMPLAINT = 2000  # bytes of ffmpeg's own words that are kept for the log

# Output: 16-bit PCM as it is, but for what is beyond these, which is brought to the nearest.
_SAMPLE_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)  # Hz
_CHANNEL_LAYOUTS = ("mono", "stereo")
_BYTES_PER_SECOND = max(_SAMPLE_RATES) * len(_CHANNEL_LAYOUTS) * 2
_EXTRA_SECONDS = 1.0  # decoded beyond the limit, so that what is longer is seen to be

_MAX_MEMORY = 1 << 30  # bytes of address space; ffmpeg needs about a quarter
_MAX_CPU = math.ceil(TIMEOUT)  # seconds

# Windows finds its libraries by these; nothing else is handed down.
_KEPT_ENVIRONMENT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")

_AMR_DECODERS = ("amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb")
_PCM_DECODERS = ("pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le")
_COMMON_DECODERS = ("aac", "opus", "vorbis", "mp3float", "mp3", "flac", "alac", *_PCM_DECODERS)


@dataclass(frozen=True)
class _Input:
    """How ffmpeg is told to read a container."""

    demuxer: str
    decoders: tuple[str, ...]
    options: tuple[str, ...] = ()


_INPUTS = {
    Container.MP4: _Input(
        "mov",
        (*_COMMON_DECODERS, *_AMR_DECODERS),
        ("-enable_drefs", "0", "-use_absolute_path", "0"),
    ),
    Container.MATROSKA: _Input("matroska", _COMMON_DECODERS),
    Container.OGG: _Input("ogg", ("opus", "vorbis")),
    Container.ADTS: _Input("aac", ("aac",)),
    Container.AMR: _Input("amr", _AMR_DECODERS),
}


@contextlib.contextmanager
def convert(data: bytes, container: Container, *, max_seconds: float) -> Iterator[BinaryIO]:
    """Decode to a WAV file in memory, or where there is no such thing, in a file without a name.

    Parameters
    ----------
    data
        The whole file.
    container
        What `containers.recognise` said.
    max_seconds
        The limit: a little more than that is decoded, so that what is longer is seen to be.

    Yields
    ------
    file
        16-bit PCM WAV of one or two channels, whose header does not tell its length. It is gone at
        the end of the block.

    Raises
    ------
    DamagedAudioError
        ffmpeg cannot decode it, or not in time.
    UnsupportedAudioError
        There is no ffmpeg.
    """
    seconds = max_seconds + _EXTRA_SECONDS
    max_bytes = math.ceil((seconds + _EXTRA_SECONDS) * _BYTES_PER_SECOND)
    command = _command(_INPUTS[container], seconds, max_bytes)
    with _private_file() as source, _private_file() as output, _private_file() as complaint:
        source.write(data)
        source.seek(0)
        status = _run(command, source, output, complaint, 2 * max_bytes)
        if status != 0:
            complaint.seek(0)
            words = complaint.read(_COMPLAINT).decode(errors="replace").strip()
            raise damaged(container) from RuntimeError(f"ffmpeg ended with {status}: {words}")
        output.seek(0)
        yield output


@functools.cache
def find_converter() -> str:
    """Find ffmpeg and make it pydub's converter; the first time this starts it once.

    Returns
    -------
    str
        The binary's path.

    Raises
    ------
    UnsupportedAudioError
        There is none.
    """
    try:
        AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as cause:
        raise UnsupportedAudioError(
            "M4A, MP4, AAC, WebM and AMR files need ffmpeg, which is not installed here: "
            "run 'pip install imageio-ffmpeg', or send a WAV, FLAC, MP3 or Ogg file."
        ) from cause
    return str(AudioSegment.converter)


def _command(source: _Input, seconds: float, max_bytes: int) -> list[str]:
    """Write ffmpeg's command line: the first sound in the input, to WAV."""
    resampled = ":".join(
        (
            "aformat=sample_fmts=s16",
            "channel_layouts=" + "|".join(_CHANNEL_LAYOUTS),
            "sample_rates=" + "|".join(map(str, _SAMPLE_RATES)),
        )
    )
    no_pictures = ("-vn", "-sn", "-dn")
    return [
        find_converter(),
        *("-nostdin", "-hide_banner", "-v", "fatal"),
        *("-protocol_whitelist", "fd", "-format_whitelist", source.demuxer),
        *("-codec_whitelist", ",".join(source.decoders), "-threads", "1"),
        *("-f", source.demuxer, *source.options, *no_pictures, "-fd", "0", "-i", "fd:"),
        *("-map", "0:a:0", *no_pictures, "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-filter_threads", "1", "-af", resampled, "-t", str(seconds), "-fs", str(max_bytes)),
        *("-threads", "1", "-c:a", "pcm_s16le", "-fflags", "+bitexact", "-f", "wav", "pipe:1"),
    ]


def _run(
    command: list[str], source: BinaryIO, output: BinaryIO, complaint: BinaryIO, max_bytes: int
) -> int | str:
    """Run ffmpeg until it ends or its time is up; give its exit status, or a word for none."""
    try:
        process = subprocess.Popen(  # noqa: S603 -- no shell, and no word of it comes from outside
            command,
            stdin=source,
            stdout=output,
            stderr=complaint,
            env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ},
            start_new_session=True,  # Ctrl-C is for us: what is in flight is finished
        )
    except OSError as cause:
        raise UnsupportedAudioError(
            "ffmpeg, which decodes this kind of file, cannot be started: send a WAV, FLAC, MP3 or "
            "Ogg file, or run 'pip install --force-reinstall imageio-ffmpeg'."
        ) from cause
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    # To wait with a time-out is to look every now and then, up to 50 ms late; this is not.
    watchdog = threading.Timer(TIMEOUT, end)
    watchdog.daemon = True
    with process:
        try:
            watchdog.start()
            _confine(process.pid, max_bytes)
            status = process.wait()
        finally:
            watchdog.cancel()
            process.kill()
    return "no end in time" if late.is_set() else status


def _confine(process: int, max_bytes: int) -> None:
    """Bound what a process may use, where the system can do that from outside."""
    if sys.platform == "linux":
        limits = {
            resource.RLIMIT_AS: _MAX_MEMORY,
            resource.RLIMIT_CPU: _MAX_CPU,
            resource.RLIMIT_FSIZE: max_bytes,
            resource.RLIMIT_CORE: 0,
        }
        for kind, limit in limits.items():
            # It may have ended already, or be confined more tightly than this.
            with contextlib.suppress(OSError, ValueError):
                resource.prlimit(process, kind, (limit, limit))


def _private_file() -> BinaryIO:
    """Open a file that nobody else can: in memory, or without a name, and gone once closed."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return os.fdopen(os.memfd_create("audio"), "w+b")
    return cast("BinaryIO", tempfile.TemporaryFile())
