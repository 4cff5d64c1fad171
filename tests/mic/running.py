"""Running mic.py with microphones, in a pipe or in a terminal."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import soundfile

from tests.virtual_microphones import (
    PATIENCE,
    PROJECT,
)

MIC = str(PROJECT / "mic.py")
SAMPLE_RATE = 16_000  # Hz, of made sounds


def add_voice(microphones, name, clip, *, times=1):
    """Add a microphone into which a clip is spoken; give the clip's length in seconds."""
    samples, sample_rate = soundfile.read(clip, dtype="int16")
    microphones.add(name, np.tile(samples, times), sample_rate=sample_rate)
    return len(samples) / sample_rate


def add_noise(microphones, name, *, peak):
    """Add a microphone in an empty room, whose noise goes up to so much of 32,768."""
    noise = np.random.default_rng(0).integers(-peak, peak + 1, 60 * SAMPLE_RATE)
    microphones.add(name, noise.astype(np.int16), sample_rate=SAMPLE_RATE)


def the_error(done):
    """Give the one sentence with which mic.py failed."""
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Error: ")
    assert done.stderr.endswith(".\n")
    return done.stderr


def mind_ctrl_c():
    """Let Ctrl-C be heard, though whoever started the tests in the background ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def started(microphones, *arguments, program=(MIC,)):
    """Start mic.py, and end it whatever happens."""
    process = subprocess.Popen(
        [sys.executable, *program, *arguments],
        env=microphones.environment,
        preexec_fn=mind_ctrl_c,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def in_a_terminal(microphones, *arguments, interrupt_at=None):
    """Run mic.py in a terminal, until it shows something if so wished; give all that it shows."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, MIC, *arguments],
        env={**microphones.environment, "TERM": "xterm"},
        preexec_fn=mind_ctrl_c,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        while chunk := read_terminal(ours):
            shown += chunk
            if interrupt_at is not None and interrupt_at.encode() in shown:
                process.send_signal(signal.SIGINT)
                interrupt_at = None
    os.close(ours)
    return process.returncode, shown.decode()


def read_terminal(descriptor):
    """Read what is there; nothing once the process at the other end is gone."""
    try:
        return os.read(descriptor, 4096)
    except OSError:  # how Linux says so
        return b""


@contextlib.contextmanager
def spoken_again_and_again(server, clip):
    """Play a clip as soon as somebody records, and again after a pause."""
    over = threading.Event()

    def speak():
        while not server.is_recorded and not over.is_set():
            over.wait(0.1)
        while not over.is_set():
            over.wait(1)
            server.play(clip).wait()
            over.wait(2)

    speaker = threading.Thread(target=speak)
    speaker.start()
    try:
        yield
    finally:
        over.set()
        speaker.join()


def wait_for(condition):
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)
