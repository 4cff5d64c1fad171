"""A file is what its bytes are; and one that is not accepted is called by its name."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.containers import Container, recognise
from ser_core.errors import UnsupportedAudioError
from tests.ser_core.recordings import recording

ID3 = b"ID3\x04\0\0\0\0\0\x20" + bytes(32)

STRANGERS = {
    b"\x89PNG\r\n\x1a\n" + bytes(40): "picture",
    b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(40): "picture",
    b"GIF89a" + bytes(40): "picture",
    b"RIFF\x10\0\0\0WEBPVP8 " + bytes(40): "picture",
    b"\0\0\0\x18ftypheic" + bytes(40): "picture",
    b"\0\0\0\x18ftypavif" + bytes(40): "picture",
    b"RIFF\x10\0\0\0AVI LIST" + bytes(40): "AVI video",
    b"FORM\0\0\0\x40AIFFCOMM" + bytes(40): "AIFF",
    b"caff\0\x01\0\0desc" + bytes(40): "CAF",
    b"MThd\0\0\0\x06" + bytes(40): "MIDI",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(40): "WMA",
    b"PK\x03\x04" + bytes(40): "ZIP",
    b"%PDF-1.7\n": "PDF",
    b"#EXTM3U\nhttp://example.org/a.ts\n": "text",
    "ffconcat version 1.0\nfile 'Sängerin.wav'\n".encode(): "text",
    b'<?xml version="1.0"?><MPD/>': "text",
    bytes(100): "not a recording",
    b"RIFF": "not a recording|text",
    b"x": "text",
}


@pytest.mark.parametrize("data", STRANGERS, ids=lambda data: repr(data[:12]))
def test_what_is_not_accepted_is_named_and_what_to_send_is_said(data: bytes) -> None:
    with pytest.raises(UnsupportedAudioError, match=STRANGERS[data]) as caught:
        recognise(data)

    assert "recording of a voice" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "container"),
    [("mp3", Container.MP3), ("adts", Container.ADTS), ("flac-16", Container.FLAC)],
)
@pytest.mark.parametrize("tags", [1, 2])
def test_a_tag_before_the_audio_is_stepped_over(name: str, container: Container, tags: int) -> None:
    assert recognise(ID3 * tags + recording(name)) is container


def test_mp3_and_aac_are_told_apart_by_the_layer_in_their_frames() -> None:
    assert recording("mp3-variable")[0] == recording("adts")[0] == 0xFF  # both begin alike

    assert recognise(recording("mp3-variable")[:4000]) is Container.MP3
    assert recognise(recording("adts")[:4000]) is Container.ADTS


def test_a_lone_frame_header_before_other_things_is_chance() -> None:
    for name in ("mp3-variable", "adts"):
        with pytest.raises(UnsupportedAudioError):
            recognise(recording(name)[:8] + bytes(5000))


@given(st.binary(max_size=400))
def test_any_bytes_are_recognised_or_refused(data: bytes) -> None:
    with contextlib.suppress(UnsupportedAudioError):
        assert recognise(data) in Container
