"""MP4: the index tells whether there is sound, how long it is, and whether the end is missing."""

import pytest

from ser_core.audio import decode
from ser_core.containers import Container, read_outline
from ser_core.errors import AudioTooLongError, DamagedAudioError, NoAudioStreamError
from tests.ser_core.recordings import SECONDS, recording, silent_video, video_with_sound

PLAIN = ["m4a", "m4a-lossless", "m4a-index-first", "mp4-opus", "mov", "3gp"]


@pytest.mark.parametrize("name", PLAIN)
def test_the_declared_length_is_read(name: str) -> None:
    assert read_outline(Container.MP4, recording(name)).seconds == pytest.approx(SECONDS, abs=0.1)


def test_fragments_declare_no_length() -> None:
    assert read_outline(Container.MP4, recording("m4a-fragments")).seconds is None


def box(kind: bytes, *contents: bytes) -> bytes:
    """Write an MP4 box."""
    body = b"".join(contents)
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def index_of(seconds: int, *, wide: bool, handler: bytes = b"soun") -> bytes:
    """Write an MP4 file with an index alone, its lengths in 32 bits or in 64."""
    width = 8 if wide else 4
    scale = 1000
    times = bytes([wide, 0, 0, 0]) + bytes(2 * width) + scale.to_bytes(4, "big")
    length = times + (seconds * scale).to_bytes(width, "big") + bytes(80)
    media = box(b"mdia", box(b"mdhd", length), box(b"hdlr", bytes(8), handler, bytes(13)))
    index = box(b"moov", box(b"mvhd", length), box(b"trak", media))
    return box(b"ftyp", b"M4A ", bytes(4)) + index


@pytest.mark.parametrize("wide", [False, True])
def test_a_length_is_read_in_either_width(wide: bool) -> None:
    assert read_outline(Container.MP4, index_of(7200, wide=wide)).seconds == 7200


def test_a_declared_length_beyond_the_limit_is_refused_before_decoding() -> None:
    with pytest.raises(AudioTooLongError, match="2 h 0 min"):
        decode(index_of(7200, wide=False))


@pytest.mark.parametrize("name", [*PLAIN, "m4a-fragments"])
def test_a_file_that_ends_within_a_box_is_refused(name: str) -> None:
    data = recording(name)
    for length in (len(data) - 1, len(data) * 3 // 4, len(data) // 3, 40, 20):
        with pytest.raises(DamagedAudioError):
            decode(data[:length])


@pytest.mark.parametrize("stray", [b"\0", b"stray bytes at the end", bytes(64)])
def test_stray_bytes_behind_the_last_box_do_no_harm(stray: bytes) -> None:
    assert decode(recording("m4a") + stray) == decode(recording("m4a"))


def test_a_last_box_that_reaches_to_the_end_is_understood() -> None:
    data = recording("m4a-index-first")
    samples = data.index(b"mdat") - 4
    size = int.from_bytes(data[samples : samples + 4], "big")
    assert samples + size == len(data)

    open_ended = data[:samples] + bytes(4) + data[samples + 4 :]

    assert decode(open_ended) == decode(data)


def test_a_box_with_a_64_bit_size_is_understood() -> None:
    free = b"\0\0\0\x01free" + (24).to_bytes(8, "big") + bytes(8)

    assert decode(recording("m4a") + free) == decode(recording("m4a"))


def test_sound_is_found_beside_pictures() -> None:
    assert read_outline(Container.MP4, video_with_sound("mp4")).seconds == pytest.approx(
        SECONDS, abs=0.1
    )


def test_pictures_alone_are_no_sound() -> None:
    with pytest.raises(NoAudioStreamError):
        read_outline(Container.MP4, silent_video("mp4"))


def test_a_file_without_an_index_is_damaged() -> None:
    data = recording("m4a")

    with pytest.raises(DamagedAudioError):
        decode(data[: data.index(b"moov") - 4])
