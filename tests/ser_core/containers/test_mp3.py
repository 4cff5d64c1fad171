"""MP3: all the frames are heard, whatever stands before, between and behind them."""

import contextlib

import numpy as np
import pytest

from ser_core.audio import decode
from ser_core.containers import Container, read_outline
from ser_core.errors import DamagedAudioError
from tests.ser_core.recordings import SECONDS, recording, run_ffmpeg, tone, write


def tag(size: int) -> bytes:
    """Write an ID3v2 tag of a size in bytes, as an album's picture would fill it."""
    digits = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + digits + b"\xff\xfb" * (size // 2) + bytes(size % 2)


@pytest.mark.parametrize("name", ["mp3", "mp3-tagged", "mp3-variable", "mp3-telephone"])
def test_the_length_is_counted_from_the_frames(name: str) -> None:
    outline = read_outline(Container.MP3, recording(name))

    assert outline.seconds == pytest.approx(SECONDS, abs=0.2)


def test_a_variable_bit_rate_without_a_length_is_heard_to_its_end() -> None:
    # At first silence, for which few bits are spent: a guess from there would go far astray.
    samples = np.concatenate([np.zeros(96_000), tone(seconds=4.0)])
    arguments = ("-c:a", "libmp3lame", "-q:a", "0", "-write_xing", "0", "-f", "mp3")
    data = run_ffmpeg("-f", "wav", "-i", "pipe:0", *arguments, stdin=write(samples, 48_000))

    segment = decode(data)

    assert segment.duration_seconds == pytest.approx(6.0, abs=0.1)
    assert segment[-1500:-500].dBFS == pytest.approx(segment[3000:4000].dBFS, abs=0.5)


@pytest.mark.parametrize("size", [0, 10, 1001, 900_000])
def test_a_tag_of_any_size_is_stepped_over(size: int) -> None:
    assert decode(tag(size) + recording("mp3")) == decode(recording("mp3"))


def test_padding_behind_a_tag_is_stepped_over() -> None:
    assert decode(tag(100) + bytes(2000) + recording("mp3")) == decode(recording("mp3"))


@pytest.mark.parametrize(
    "tail", [b"TAG" + bytes(125), b"APETAGEX" + b"\xff\xfb\x90" * 50, bytes(5000), b"\xff" * 3000]
)
def test_what_stands_behind_the_frames_is_not_heard(tail: bytes) -> None:
    assert decode(recording("mp3") + tail) == decode(recording("mp3"))


def test_stray_bytes_between_frames_are_stepped_over() -> None:
    data = recording("mp3-variable")
    sync = data[:2]
    # A place where a frame begins: from there on the file is a stream of its own.
    joint = data.index(sync, len(data) // 2)
    while read_outline(Container.MP3, data[joint:]).parts[0][-100:] not in data:
        joint = data.index(sync, joint + 1)

    spoiled = data[:joint] + b"\0\xff\xff\x12 stray \xff\xfb" + data[joint:]

    assert decode(spoiled) == decode(data)


@pytest.mark.parametrize("name", ["mp3", "mp3-tagged", "mp3-telephone"])
def test_fewer_frames_than_the_first_says_are_cut_off(name: str) -> None:
    data = recording(name)
    for length in (len(data) - 20, len(data) * 2 // 3, len(data) // 4):
        with pytest.raises(DamagedAudioError, match="cut off"):
            decode(data[:length])


def test_more_frames_than_the_first_says_are_all_heard() -> None:
    data = recording("mp3")
    joined = data + data  # as simple joiners do

    assert decode(joined).duration_seconds == pytest.approx(2 * SECONDS, abs=0.2)


@pytest.mark.parametrize("length", [12, 60])
def test_a_file_that_ends_in_its_tag_is_cut_off(length: int) -> None:
    with pytest.raises(DamagedAudioError, match="cut off"):
        decode((tag(100) + recording("mp3"))[:length])


def test_the_decoders_complaints_do_not_reach_the_terminal(
    capfd: pytest.CaptureFixture[str],
) -> None:
    data = bytearray(recording("mp3"))
    for place in range(600, len(data), 97):
        data[place] ^= 0x55

    for source in (bytes(data), recording("mp3-variable")[:9000]):
        with contextlib.suppress(DamagedAudioError):
            decode(source)

    assert capfd.readouterr() == ("", "")
