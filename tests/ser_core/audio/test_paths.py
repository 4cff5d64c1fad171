"""Recordings given by path: any name is accepted, and what is no readable file is refused."""

import os

import pytest

from ser_core.audio import decode
from ser_core.errors import AudioTooLargeError, AudioUnreadableError
from tests.ser_core.audio.recordings import recording

NOBODY = 65_534  # a user without rights
unix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no named pipes or devices")


@pytest.mark.parametrize("name", ["wav-16", "ogg-opus", "m4a"])
def test_bytes_and_paths_of_any_name_come_to_the_same(name, tmp_path):
    path = tmp_path / "-i 'http: %s' 🎤\n.jpg"
    path.write_bytes(recording(name))
    assert decode(path) == decode(str(path)) == decode(recording(name))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("missing.wav", "does not exist"),
        (".", "folder"),
        ("a\0b.wav", "cannot be read"),
        ("x" * 10_000, "cannot be read"),
        ("", "does not exist"),
        # A pipe would block, and a device never end.
        pytest.param("pipe.wav", "is not a file", marks=unix_only),
        pytest.param("/dev/zero", "is not a file", marks=unix_only),
    ],
)
def test_a_path_that_leads_to_no_file_is_refused(path, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if path == "pipe.wav":
        os.mkfifo(path)
    with pytest.raises(AudioUnreadableError, match=said):
        decode(path)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="Windows has other permissions")
def test_a_file_without_permission_is_called_that(tmp_path):
    path = tmp_path / "secret.wav"
    path.write_bytes(recording("wav-16"))
    path.chmod(0)
    user = os.geteuid()
    if user == 0:  # who may read everything
        os.seteuid(NOBODY)
    try:
        with pytest.raises(AudioUnreadableError, match="may not be read"):
            decode(path)
    finally:
        os.seteuid(user)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path):
    path = tmp_path / "huge.wav"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole: it takes no room, but could not be read either

    with pytest.raises(AudioTooLargeError):
        decode(path)
