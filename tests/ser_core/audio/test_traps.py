"""libav opens nothing but the file that it is given.

A web server and a pipe notice a decoder that follows what a file refers to.
"""

import contextlib
import os
import socket
import threading

import av
import pytest

from ser_core.audio import decode, open_recording
from ser_core.errors import AudioError
from tests.ser_core.audio.recordings import recording

pytestmark = pytest.mark.slow

# The first bytes of every container.
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


class Trap:
    """A loopback address and a named pipe that notice when they are opened.

    Opening a pipe for writing blocks until it is opened for reading, so that a reader is noticed
    whatever system call it uses.
    """

    def __init__(self, pipe):
        self.path = pipe
        os.mkfifo(pipe)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(0.05)
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}/segment.ts"
        self._was_read, self._is_closing = threading.Event(), False
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        self.watcher.start()

    def was_connected(self):
        """Whether somebody has connected since this was last asked."""
        try:
            self.server.accept()[0].close()
        except TimeoutError:
            return False
        return True

    def was_read(self):
        """Whether somebody has opened the pipe."""
        return self._was_read.wait(0.05)

    def close(self):
        """Close the address and the pipe."""
        self._is_closing = True
        self.server.close()
        with contextlib.suppress(OSError):  # ends the watcher's waiting
            os.close(os.open(self.path, os.O_RDONLY | os.O_NONBLOCK))
        self.watcher.join(5)

    def _watch(self):
        with self.path.open("wb"):
            if not self._is_closing:
                self._was_read.set()


@pytest.fixture
def trap(tmp_path):
    trap = Trap(tmp_path / "secret.ts")
    yield trap
    trap.close()


def playlists(url, path):
    """Return playlists that refer to an address and a path, by kind."""
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n"
    mpd = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="audio/mp4">'
        '<Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>"
    )
    session = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n"
    texts = {
        "hls by address": hls.format(url),
        "hls by path": hls.format(path),
        "hls by file address": hls.format(path.as_uri()),
        "concatenation by path": f"ffconcat version 1.0\nfile '{path}'\n",
        "concatenation by address": f"ffconcat version 1.0\nfile '{url}'\n",
        "dash by address": mpd.format(url),
        "dash by path": mpd.format(path),
        "session description": session,
        "list of addresses": f"{url}\n{path}\n",
    }
    return {name: text.encode() for name, text in texts.items()}


@posix_only
def test_the_trap_notices_a_decoder_that_follows_playlists(trap, tmp_path):
    lists = playlists(trap.url, trap.path)
    for name in ("hls by address", "hls by file address"):
        path = tmp_path / "list.m3u8"
        path.write_bytes(lists[name])
        options = {"allowed_extensions": "ALL", "extension_picky": "0"}
        options |= {"protocol_whitelist": "file,http,tcp"}
        with contextlib.suppress(av.FFmpegError):
            av.open(str(path), options=options, timeout=1.0)

    assert trap.was_connected()
    assert trap.was_read()


@posix_only
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_playlist_posing_as_audio_leads_nowhere(beginning, trap, tmp_path):
    for name, text in playlists(trap.url, trap.path).items():
        posing = BEGINNINGS[beginning] + text
        path = tmp_path / "voice-message.ogg"
        path.write_bytes(posing)
        for source in (posing, path):
            # As frames of AMR any bytes are sound.
            with contextlib.suppress(AudioError), open_recording(source) as opened:
                list(opened.segments())

        assert not trap.was_connected(), name
        assert not trap.was_read(), name


def replaced(data, path, contents):
    """Replace the contents of an MP4 box, found by the kinds of the boxes around it."""
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


def alias(path):
    """Return a QuickTime reference to another file, in the format of classic Mac OS."""
    name = str(path).encode()
    record = bytes(10) + b"\x01X".ljust(28, b"\0") + bytes(12)
    record += bytes([min(len(path.name), 63)]) + path.name.encode()[:63].ljust(63, b"\0")
    record += bytes(16) + b"\xff\xff\xff\xff" + bytes(16)
    record += (2).to_bytes(2, "big") + len(name).to_bytes(2, "big") + name + b"\0" * (len(name) % 2)
    record += b"\xff\xff\0\0"
    entry = b"alis" + bytes(4) + record
    return bytes(4) + (1).to_bytes(4, "big") + (4 + len(entry)).to_bytes(4, "big") + entry


@posix_only
def test_an_mp4_whose_sound_is_said_to_be_in_another_file_leads_nowhere(trap, tmp_path):
    place = [b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"]
    hostile = replaced(recording("m4a"), place, alias(trap.path))
    path = tmp_path / "hostile.mp4"
    path.write_bytes(hostile)

    for source in (hostile, path):
        with contextlib.suppress(AudioError):  # the samples are in this file too, and may be taken
            decode(source)

    assert not trap.was_read()

    # With these options libav does follow the reference in the same file.
    options = {"enable_drefs": "1", "use_absolute_path": "1"}
    with contextlib.suppress(av.FFmpegError), av.open(str(path), options=options) as container:
        next(container.demux(), None)
    assert trap.was_read()


def test_a_name_leads_to_no_other_format(tmp_path):
    """Named .m3u8 or .sdp, a file might be taken for one: libav is not told the name."""
    for ending in (".m3u8", ".sdp", ".ffconcat", ".mp3"):
        path = tmp_path / f"note{ending}"
        path.write_bytes(recording("ogg-opus"))
        assert decode(path) == decode(recording("ogg-opus"))
