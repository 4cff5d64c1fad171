"""Running programs in a pseudo-terminal."""

import os
import signal
import subprocess
import tempfile

import pytest

STREAMS = ("stdin", "stdout", "stderr")


def restore_ctrl_c():
    """Restore the default handling of Ctrl-C, which background jobs ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run_in_terminal(command, *, streams=STREAMS, interrupt_at=None, **options):
    """Run a program with a terminal for some of its streams, to its end or until it shows a text.

    Return its exit code, what the terminal shows, and what it prints elsewhere.
    """
    pty = pytest.importorskip("pty", reason="pseudo-terminals are of Unix")
    ours, theirs = pty.openpty()
    with tempfile.TemporaryFile() as elsewhere:
        outputs = {"stdout": elsewhere, "stderr": elsewhere, **dict.fromkeys(streams, theirs)}
        with subprocess.Popen(command, preexec_fn=restore_ctrl_c, **outputs, **options) as process:
            os.close(theirs)
            shown = b""
            while chunk := _read(ours):
                shown += chunk
                if interrupt_at is not None and interrupt_at.encode() in shown:
                    process.send_signal(signal.SIGINT)
                    interrupt_at = None
        os.close(ours)
        elsewhere.seek(0)
        return process.returncode, shown.decode(), elsewhere.read().decode()


def _read(terminal):
    """Read what is there; nothing once the process at the other end is gone."""
    try:
        return os.read(terminal, 4096)
    except OSError:  # on Linux
        return b""
