"""A trap for decoders that follow what a file refers to: a web server and a pipe that notice it."""

import contextlib
import os
import socket
import threading


class Trap:
    """A loopback address and a path; whoever opens either is noticed.

    Parameters
    ----------
    pipe
        Where to make a named pipe. To open one for writing waits until somebody opens it for
        reading, and that is how a reader is noticed, whatever system call it used.
    """

    def __init__(self, pipe):
        self.path = pipe
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.05)
        os.mkfifo(pipe)
        self._was_read = threading.Event()
        self._closing = False
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    @property
    def url(self):
        """The address of the web server."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}/segment.ts"

    def was_connected(self):
        """Whether somebody has connected since this was last asked."""
        try:
            connection, _ = self._server.accept()
        except TimeoutError:
            return False
        connection.close()
        return True

    def was_read(self):
        """Whether somebody has opened the pipe."""
        return self._was_read.wait(0.05)

    def close(self):
        """Let go of the address and the pipe."""
        self._closing = True
        self._server.close()
        with contextlib.suppress(OSError):  # frees the watcher from its waiting
            os.close(os.open(self.path, os.O_RDONLY | os.O_NONBLOCK))
        self._watcher.join(5)

    def _watch(self):
        with self.path.open("wb"):
            if not self._closing:
                self._was_read.set()


@contextlib.contextmanager
def trap_in(folder):
    """Set a trap, with its pipe in a folder."""
    trap = Trap(folder / "secret.ts")
    try:
        yield trap
    finally:
        trap.close()


def playlists(url, path):
    """Write playlists that refer to an address and a path, by the name of their kind."""
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
