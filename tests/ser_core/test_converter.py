"""ffmpeg decodes what it is told to, and can be led to nothing else."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import psutil
import pytest

from ser_core import converter
from ser_core.audio import decode
from ser_core.containers import Container
from ser_core.errors import AudioError, DamagedAudioError, UnsupportedAudioError
from ser_core.segments import AudioSegment
from tests.ser_core.recordings import RECIPES, recording
from tests.ser_core.traps import Trap, playlists, trap_in

BY_FFMPEG = [
    name
    for name, recipe in RECIPES.items()
    if recipe.container in (Container.MP4, Container.MATROSKA, Container.ADTS, Container.AMR)
]

# What files of every container begin with.
BEGINNINGS = {
    "nothing": b"",
    "wav": b"RIFF\xff\xff\xff\xffWAVE",
    "flac": b"fLaC",
    "ogg": b"OggS",
    "id3": b"ID3\x04\0\0\0\0\0\0",
    "mp4": b"\0\0\0\x14ftypM4A \0\0\0\0M4A ",
    "webm": b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff",
    "amr": b"#!AMR\n",
    "amr wide band": b"#!AMR-WB\n",
    "adts": b"\xff\xf1\x50\x80\x01\x7f\xfc\0\0\0\0",
}

posix_only = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Trap]:
    with trap_in(tmp_path) as trap:
        yield trap


@posix_only
def test_the_trap_notices_an_ffmpeg_that_follows_playlists(trap: Trap) -> None:
    lists = playlists(trap.url, trap.path)
    for name in ("hls by address", "hls by file address"):
        command = [converter.find_converter(), "-nostdin", "-v", "quiet", "-f", "hls"]
        command += ["-protocol_whitelist", "file,http,tcp,pipe", "-allowed_extensions", "ALL"]
        command += [
            "-extension_picky",
            "0",
            "-rw_timeout",
            "200000",
            "-i",
            "pipe:0",
            "-f",
            "null",
            "-",
        ]
        subprocess.run(command, input=lists[name], timeout=30, check=False)

    assert trap.was_connected()
    assert trap.was_read()


@posix_only
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_playlist_posing_as_audio_leads_nowhere(
    beginning: str, trap: Trap, tmp_path: Path
) -> None:
    for name, text in playlists(trap.url, trap.path).items():
        posing = BEGINNINGS[beginning] + text
        path = tmp_path / "voice-message.ogg"
        path.write_bytes(posing)
        for source in (posing, path):
            with pytest.raises(AudioError):
                decode(source)

        assert not trap.was_connected(), name
        assert not trap.was_read(), name


@posix_only
@pytest.mark.parametrize("container", [r for r in Container if r in converter._INPUTS])
def test_even_a_playlist_that_reaches_ffmpeg_leads_nowhere(
    container: Container, trap: Trap
) -> None:
    for name, text in playlists(trap.url, trap.path).items():
        with (
            pytest.raises(DamagedAudioError),
            converter.convert(text, container, max_seconds=10),
        ):
            pass

        assert not trap.was_connected(), name
        assert not trap.was_read(), name


def replaced(data: bytes, path: list[bytes], contents: bytes) -> bytes:
    """Replace the contents of an MP4 box, found by the kinds on the way to it."""
    out = b""
    offset = 0
    while offset < len(data):
        size = int.from_bytes(data[offset : offset + 4], "big")
        kind, body = data[offset + 4 : offset + 8], data[offset + 8 : offset + size]
        if kind == path[0]:
            body = replaced(body, path[1:], contents) if len(path) > 1 else contents
        out += (8 + len(body)).to_bytes(4, "big") + kind + body
        offset += size
    return out


def alias(path: Path) -> bytes:
    """Write a QuickTime reference to another file, as classic Mac OS kept them."""
    name = str(path).encode()
    record = bytes(10) + b"\x01X".ljust(28, b"\0") + bytes(12)
    record += bytes([min(len(path.name), 63)]) + path.name.encode()[:63].ljust(63, b"\0")
    record += bytes(16) + b"\xff\xff\xff\xff" + bytes(16)
    record += (2).to_bytes(2, "big") + len(name).to_bytes(2, "big") + name + b"\0" * (len(name) % 2)
    record += b"\xff\xff\0\0"
    entry = b"alis" + bytes(4) + record
    return bytes(4) + (1).to_bytes(4, "big") + (4 + len(entry)).to_bytes(4, "big") + entry


@posix_only
def test_an_mp4_whose_sound_is_said_to_be_in_another_file_leads_nowhere(
    trap: Trap, tmp_path: Path
) -> None:
    place = [b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"]
    hostile = replaced(recording("m4a"), place, alias(trap.path))

    with contextlib.suppress(AudioError):  # the samples are in this file too, and may be taken
        decode(hostile)

    assert not trap.was_read()

    # The same file, and an ffmpeg that is allowed to: it goes there.
    path = tmp_path / "hostile.mp4"
    path.write_bytes(hostile)
    command = [converter.find_converter(), "-nostdin", "-v", "quiet", "-enable_drefs", "1"]
    command += ["-use_absolute_path", "1", "-f", "mov", "-i", str(path), "-f", "null", "-"]
    subprocess.run(command, timeout=30, check=False)
    assert trap.was_read()


@pytest.mark.parametrize("name", BY_FFMPEG)
def test_nothing_is_left_behind(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(psutil.Process().children())

    decode(recording(name))
    with pytest.raises(AudioError):
        decode(recording(name)[:-5])

    assert not any(tmp_path.iterdir())
    assert set(psutil.Process().children()) <= before


def test_it_works_where_there_are_no_files_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = decode(recording("m4a"))
    monkeypatch.setattr(converter.sys, "platform", "another")

    assert decode(recording("m4a")) == expected


def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converter, "TIMEOUT", 0.0)
    before = set(psutil.Process().children())

    with pytest.raises(DamagedAudioError) as caught:
        decode(recording("m4a"))

    assert "in time" in str(caught.value.__cause__)
    assert set(psutil.Process().children()) <= before


def test_what_ffmpeg_says_is_kept_as_the_cause() -> None:
    with (
        pytest.raises(DamagedAudioError, match="damaged") as caught,
        converter.convert(b"nonsense", Container.MP4, max_seconds=1),
    ):
        pass

    assert "ffmpeg ended with" in str(caught.value.__cause__)
    assert len(str(caught.value.__cause__)) < 3000


def test_ffmpeg_learns_no_secret_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "hush")
    seen = tmp_path / "seen"
    with seen.open("w+b") as output, open(os.devnull, "r+b") as nothing:
        program = "import os; print(sorted(os.environ))"
        status = converter._run([sys.executable, "-c", program], nothing, output, nothing, 1 << 20)

    assert status == 0
    assert "DISCORD_TOKEN" not in seen.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds another process")
def test_ffmpeg_is_bounded_in_what_it_writes_and_computes(tmp_path: Path) -> None:
    endless = {
        "import sys\nwhile True: sys.stdout.write('x' * 4096)": 1 << 20,
        "import time; time.sleep(0.5); bytearray(4 << 30)": 1 << 20,
    }
    for program, max_bytes in endless.items():
        path = tmp_path / "output"
        with path.open("w+b") as output, open(os.devnull, "r+b") as nothing:
            command = [sys.executable, "-c", program]
            status = converter._run(command, nothing, output, nothing, max_bytes)

        assert status != 0
        assert path.stat().st_size <= max_bytes


def test_it_is_pydubs_converter_that_runs() -> None:
    decode(recording("m4a"))

    assert AudioSegment.converter == converter.find_converter()


def test_without_ffmpeg_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    converter.find_converter.cache_clear()
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", missing)

    with pytest.raises(UnsupportedAudioError, match="imageio-ffmpeg"):
        decode(recording("m4a"))
    decode(recording("ogg-opus"))  # which does not need it


def test_an_ffmpeg_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    data = recording("m4a")
    monkeypatch.setattr(converter, "find_converter", lambda: os.devnull)

    with pytest.raises(UnsupportedAudioError, match="cannot be started"):
        decode(data)


def test_importing_starts_nothing() -> None:
    program = """
import sys
started = []
sys.addaudithook(lambda event, _: started.append(event) if event == "subprocess.Popen" else None)
import ser_core.audio
print(started)
"""
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
    assert not result.stderr  # pydub's warnings neither
