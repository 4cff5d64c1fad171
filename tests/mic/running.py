"""Running mic.py with microphones, in a pipe or in a terminal."""

import contextlib
import subprocess
import sys
import threading

import numpy as np
import soundfile

from tests.terminals import restore_ctrl_c, run_in_terminal
from tests.virtual_microphones import PROJECT

MIC = str(PROJECT / "mic.py")
SAMPLE_RATE = 16_000  # Hz, of the sounds made here


def add_voice(microphones, clip, *, times=1):
    """Add a microphone, “desk”, that plays a clip; return the clip's length in seconds."""
    samples, sample_rate = soundfile.read(clip, dtype="int16")
    microphones.add("desk", np.tile(samples, times), sample_rate=sample_rate)
    return len(samples) / sample_rate


def add_noise(microphones, name, *, peak):
    """Add a microphone that plays noise up to a peak, of 32,768."""
    noise = np.random.default_rng(0).integers(-peak, peak + 1, 60 * SAMPLE_RATE)
    microphones.add(name, noise.astype(np.int16), sample_rate=SAMPLE_RATE)


def the_error(done):
    """Return the sentence with which mic.py failed."""
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Error: ")
    assert done.stderr.endswith(".\n")
    return done.stderr


@contextlib.contextmanager
def started(microphones, *arguments, program=(MIC,)):
    """Start mic.py, and kill it at the end."""
    process = subprocess.Popen(
        [sys.executable, *program, *arguments],
        env=microphones.environment,
        preexec_fn=restore_ctrl_c,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def in_a_terminal(microphones, *arguments, interrupt_at=None):
    """Run mic.py in a terminal; return its exit code and all that it shows."""
    code, shown, _ = run_in_terminal(
        [sys.executable, MIC, *arguments],
        interrupt_at=interrupt_at,
        env={**microphones.environment, "TERM": "xterm"},
    )
    return code, shown


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
