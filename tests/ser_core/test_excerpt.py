"""A WAV file is decoded from where it is, and is the same sound as its bytes."""

import io
import os
from pathlib import Path

import pytest

from ser_core.audio import AudioLimits, decode, decode_through
from ser_core.errors import AudioUnreadableError, UndertoneError
from ser_core.excerpt import Excerpt, FileBytes
from ser_core.segments import BLOCK, AudioSegment
from tests.ser_core.recordings import recording

LETTERS = b"abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A file of 26 bytes."""
    path = tmp_path / "letters"
    path.write_bytes(LETTERS)
    return path


def test_the_bytes_of_a_file_are_cut_as_if_they_were_in_memory(letters: Path) -> None:
    """Beyond its end too."""
    with letters.open("rb") as file:
        data = FileBytes(file)
        assert len(data) == len(LETTERS)
        for span in (slice(4), slice(3, 9), slice(20, 99), slice(40, 50), slice(9, 3), slice(None)):
            assert data[span] == LETTERS[span]


def test_an_excerpt_is_a_file_of_its_header_and_a_stretch(letters: Path) -> None:
    """It can be read from anywhere, in pieces of any size."""
    with letters.open("rb") as file:
        excerpt = Excerpt(b"0123", file, 2, 8)
        assert io.BufferedReader(excerpt, 3).read() == b"0123cdefgh"
        assert excerpt.seek(-4, os.SEEK_END) == 6
        assert excerpt.read(3) == b"efg"
        assert excerpt.seek(-1, os.SEEK_CUR) == excerpt.tell() == 8
        assert excerpt.read() == b"gh"
        assert excerpt.read(1) == b""
        excerpt.check()


def test_a_file_that_shrinks_while_it_is_read_is_not_taken_for_a_shorter_one(
    tmp_path: Path,
) -> None:
    """Half of what was said would be heard as all of it."""
    path = tmp_path / "long.wav"
    frames = 3 * BLOCK
    AudioSegment(bytes(2 * frames), sample_width=2, frame_rate=16_000, channels=1).export(
        path, format="wav"
    )

    def shrink(segments):
        for segment in segments:
            os.truncate(path, 2 * BLOCK)
            yield segment

    with pytest.raises(UndertoneError):
        decode_through(path, lambda segments: list(shrink(segments)))


def test_a_stretch_that_the_file_no_longer_has_is_told_at_the_end(letters: Path) -> None:
    """libsndfile, which does the reading, cannot be told in between."""
    with letters.open("rb") as file:
        excerpt = Excerpt(b"", file, 0, 26)
        os.truncate(letters, 10)
        assert excerpt.read(26) == LETTERS[:10]
        assert excerpt.read(26) == b""
        with pytest.raises(AudioUnreadableError, match="while it was read"):
            excerpt.check()


def test_chunks_before_the_samples_are_stepped_over_on_disk_too(tmp_path: Path) -> None:
    """However long they are."""
    data = recording("wav-16")
    tag = b"LIST" + (300_000).to_bytes(4, "little") + bytes(300_000)
    path = tmp_path / "tagged.wav"
    path.write_bytes(data[:12] + tag + data[12:])
    assert decode(path) == decode(data)
    with pytest.raises(UndertoneError, match="too large"):
        decode(path, limits=AudioLimits(max_bytes=300_000))
