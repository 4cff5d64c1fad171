"""Files that are no recordings: errors name what they are, and say "damaged" of damage alone."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
from PIL import Image

from ser_core.audio import decode
from ser_core.errors import AudioError, DamagedAudioError, UnsupportedAudioError
from tests.ser_core.audio.recordings import recording


def picture(kind):
    file = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(file, kind)
    return file.getvalue()


def zip_archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("note.txt", "hello")
    return file.getvalue()


STRANGE = {
    "a picture": [picture(kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")]
    + [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(60), b'<svg xmlns="http://x.y/svg">'],
    "a document": [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", b"{\\rtf1\\ansi hello}"],
    "an archive": [
        zip_archive(),
        tarfile.TarInfo("note.txt").tobuf(),
        *(gzip.compress(b"hello"), bz2.compress(b"hello" * 99), lzma.compress(b"hello" * 9)),
        b"7z\xbc\xaf\x27\x1c" + bytes(60),
    ],
    "a playlist": [b"#EXTM3U\nhttp://example.invalid/song.mp3\n", b"[playlist]\nFile1=http://x\n"],
    "a MIDI file": [b"MThd\0\0\0\x06\0\1\0\2" + bytes(20)],
    "a video of a kind": [b"RIFF\0\x10\0\0AVI LIST" + bytes(60), b"FLV\1\5\0\0\0\x09" + bytes(20)],
    "a recording of a kind": [
        b"\2#!SILK_V3" + bytes(60),
        b"wvpk" + bytes(100),
        b"MAC \x96\x0f" + bytes(100),
    ],
    "text": [
        "Grüße aus Köln".encode("cp1252"),
        "Hello there".encode("utf-16"),
        b"Dear Sir or Madam,\nhello.\n" * 40,
        b"caf\xc3\xa9 " * 2000,
        b'{"a": 1}',
    ],
    "not a recording": [bytes(range(1, 256)) * 8, b"\x7fELF\2\1\1" + bytes(60)],
}


@pytest.mark.parametrize(
    ("words", "data"),
    [
        pytest.param(words, data, id=f"{words} {number}")
        for words, files in STRANGE.items()
        for number, data in enumerate(files)
    ],
)
def test_what_is_no_recording_is_called_what_it_is(words, data):
    with pytest.raises(UnsupportedAudioError, match=f"This is {words}"):
        decode(data)


@pytest.mark.parametrize(
    ("container", "data"),
    [
        ("WebM", b"\x1f\x43\xb6\x75" + recording("webm")[-9000:]),
        ("MP4", recording("m4a-fragments")[recording("m4a-fragments").index(b"moof") - 4 :]),
        ("Ogg", recording("ogg-opus")[recording("ogg-opus").rindex(b"OggS") :]),
    ],
)
def test_a_later_part_is_told_that_its_beginning_is_missing(container, data):
    with pytest.raises(
        UnsupportedAudioError, match=rf"part of a recording \({container}\) .* beginning"
    ):
        decode(data)


@pytest.mark.parametrize("name", ["wav-16", "ogg-opus", "webm", "m4a", "aiff", "au"])
def test_a_recording_of_which_nothing_can_be_made_is_damaged(name):
    data = recording(name)[:16] + b"\xa5" * 4000
    with pytest.raises(AudioError) as caught:
        decode(data)
    assert isinstance(caught.value, DamagedAudioError) or "says that it has" in str(caught.value)
    assert caught.value.__cause__ is not None or "says" in str(caught.value)
