"""From the names on a command line to single recordings."""

import io
import os
import sys

import pytest

from ser_core.audio import AudioLimits
from ser_core.cli.inputs import find, outputs
from ser_core.errors import AudioTooLargeError, AudioUnreadableError

LIMITS = AudioLimits(max_bytes=10)
RECORDINGS = ("A.FLAC", "[1].mp3", "b.wav", "deep/b.wav", "deep/er/c.ogg")
OTHERS = ("notes.txt", ".hidden.wav", ".git/d.wav", "empty/readme")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with recordings, folders, and other files."""
    for name in RECORDINGS + OTHERS:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*arguments):
    return [recording.name.replace(os.sep, "/") for recording in find(arguments, limits=LIMITS)]


def piped(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_folder_stands_for_the_recordings_in_and_below_it(folder):
    assert names("in") == [f"in/{name}" for name in RECORDINGS]


def test_a_file_that_is_named_is_taken_whatever_it_is_called(folder):
    assert names("in/notes.txt", "in/.hidden.wav") == ["in/notes.txt", "in/.hidden.wav"]


def test_patterns_are_matched_where_the_shell_has_left_them(folder):
    assert names("in/*.wav") == ["in/b.wav"]
    assert names("in/**/*.wav") == ["in/b.wav", "in/deep/b.wav"]
    assert names("in/d*") == ["in/deep/b.wav", "in/deep/er/c.ogg"]
    assert names("in/[1].mp3") == ["in/[1].mp3"], "a file of that name comes first"


def test_what_is_named_twice_is_heard_once(folder):
    twice = names("in/deep/b.wav", "in/deep", "in/../in/deep/b.wav")
    assert twice == ["in/deep/b.wav", "in/deep/er/c.ogg"]


@pytest.mark.parametrize(
    ("argument", "said"), [("in/empty", "holds no recordings"), ("in/*.m4a", "matches no file")]
)
def test_what_leads_nowhere_is_an_error_in_its_place(folder, argument, said):
    missing, there = find([argument, "in/b.wav"], limits=LIMITS)
    assert isinstance(missing.content, AudioUnreadableError)
    assert said in str(missing.content)
    assert there.name == "in/b.wav"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_closed_folder_is_an_error_beside_the_others(folder):
    (folder / "in/deep/er").chmod(0)
    try:
        *_, last = find(["in"], limits=LIMITS)
    finally:
        (folder / "in/deep/er").chmod(0o755)
    assert "may not be looked into" in str(last.content)


def test_standard_input_is_read_up_to_the_limit(monkeypatch):
    piped(monkeypatch, b"0123456789")
    (whole,) = find(["-"], limits=LIMITS)
    assert (whole.name, whole.content, whole.size) == ("-", b"0123456789", 10)
    piped(monkeypatch, b"0123456789a")
    (too_much,) = find(["-"], limits=LIMITS)
    assert isinstance(too_much.content, AudioTooLargeError)


def test_results_have_names_that_tell_them_apart(folder):
    (folder / "in/b.mp3").touch()
    (folder / "in/deep/b.mp3").touch()
    found = find(["in/b.wav", "in/b.mp3", "in/deep/b.wav", "in/deep"], limits=LIMITS)
    written = [path.as_posix() for path in outputs(found, ending=".srt")]
    assert written == ["b.srt", "b.mp3.srt", "b.wav.srt", "b.mp3 2.srt", "er/c.srt"]
