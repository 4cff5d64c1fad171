"""mic.py hears the emotion in a voice, and puts whatever is wrong in one sentence."""

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ser_core.analysis import analyse
from ser_core.emotions import EMOTION_NAMES
from ser_core.terminal import answer
from tests.virtual_microphones import (
    PROJECT,
    VirtualMicrophones,
    needs_alsa,
    needs_pulseaudio,
    needs_pyaudio,
)

MIC = str(PROJECT / "mic.py")
SAMPLE_RATE = 16_000  # Hz, of made sounds
PIPE_BYTES = 65_536  # what a pipe holds on Linux
PATIENCE = 60  # seconds until a test gives up


@pytest.fixture
def microphones(tmp_path: Path) -> VirtualMicrophones:
    """An ALSA configuration that has no microphones yet."""
    return VirtualMicrophones(tmp_path)


@pytest.fixture
def angry(corpora: Path) -> Path:
    """A real clip of an angry voice, 48 kHz WAV."""
    return corpora / "originals" / "03-01-05-02-01-01-02.wav"


def add_voice(microphones: VirtualMicrophones, name: str, clip: Path, *, times: int = 1) -> float:
    """Add a microphone into which a clip is spoken; give the clip's length in seconds."""
    samples, sample_rate = soundfile.read(clip, dtype="int16")
    microphones.add(name, np.tile(samples, times), sample_rate=sample_rate)
    return len(samples) / sample_rate


def add_noise(microphones: VirtualMicrophones, name: str, *, peak: int) -> None:
    """Add a microphone in an empty room, whose noise goes up to so much of 32,768."""
    noise = np.random.default_rng(0).integers(-peak, peak + 1, 60 * SAMPLE_RATE)
    microphones.add(name, noise.astype(np.int16), sample_rate=SAMPLE_RATE)


def the_error(done: subprocess.CompletedProcess[str]) -> str:
    """Give the one sentence with which mic.py failed."""
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Error: ")
    assert done.stderr.endswith(".\n")
    return done.stderr


@contextlib.contextmanager
def started(microphones: VirtualMicrophones, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start mic.py, and end it whatever happens."""
    process = subprocess.Popen(
        [sys.executable, MIC, *arguments],
        env=microphones.environment,
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


@needs_pyaudio
@needs_alsa
class TestRecording:
    """With --seconds."""

    def test_names_the_emotion_of_a_real_voice_and_draws_them_all(
        self, microphones: VirtualMicrophones, angry: Path
    ) -> None:
        seconds = add_voice(microphones, "desk", angry)
        done = microphones.run(MIC, "--seconds", str(seconds), "--device", "desk")
        assert (done.returncode, done.stderr) == (0, "")
        prediction = analyse(angry).prediction
        assert prediction is not None
        headline, *lines = done.stdout.splitlines()
        assert headline == answer(prediction)
        assert prediction.emotion == "angry"
        assert {line.split()[1] for line in lines} == set(EMOTION_NAMES)

    def test_writes_no_file(
        self, microphones: VirtualMicrophones, angry: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add_voice(microphones, "desk", angry)
        home = microphones.folder / "home"
        home.mkdir()
        for variable in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.setenv(variable, str(home))
        done = microphones.run(MIC, "--seconds", "2", cwd=home)
        assert done.returncode == 0
        assert list(home.rglob("*")) == []

    def test_says_when_there_was_no_speech(self, microphones: VirtualMicrophones) -> None:
        add_noise(microphones, "empty", peak=3)
        assert "No speech was heard" in the_error(microphones.run(MIC, "--seconds", "2"))

    def test_says_when_the_microphone_is_muted(self, microphones: VirtualMicrophones) -> None:
        add_noise(microphones, "muted", peak=0)
        done = microphones.run(MIC, "--seconds", "2")
        assert "“muted” sent complete silence: unmute it" in the_error(done)

    def test_ends_on_ctrl_c_without_a_trace(self, microphones: VirtualMicrophones) -> None:
        pipe = microphones.folder / "pipe"
        os.mkfifo(pipe)
        microphones.add_file("slow", pipe, sample_rate=SAMPLE_RATE)
        with started(microphones, "--seconds", "600") as process, listened_to(pipe):
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, output, errors) == (130, "", "")


@needs_pyaudio
@needs_alsa
class TestLive:
    """Without --seconds."""

    def test_prints_line_after_line_into_a_pipe_until_ctrl_c(
        self, microphones: VirtualMicrophones, angry: Path
    ) -> None:
        # The device plays as fast as it is read: 30 s may pass from one line to the next.
        add_voice(microphones, "desk", angry, times=60)
        with started(microphones, "--hop", "1") as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(5)]
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert errors == ""
        assert all(re.search(r"(-\d+ dB|silent) +[■□]{10}$", line) for line in lines)
        assert any(re.search(f"({'|'.join(EMOTION_NAMES)}) +\\d+ %", line) for line in lines)
        assert "\x1b" not in "".join(lines) + rest

    def test_keeps_to_one_line_in_a_terminal(self, microphones: VirtualMicrophones) -> None:
        add_noise(microphones, "desk", peak=300)
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [sys.executable, MIC],
            env={**microphones.environment, "TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        ) as process:
            os.close(theirs)
            shown = b""
            while chunk := read_terminal(ours):
                if shown.count(b"\x1b[2K") < 5 <= (shown + chunk).count(b"\x1b[2K"):
                    process.send_signal(signal.SIGINT)
                shown += chunk
        assert process.returncode == 0
        os.close(ours)
        text = shown.decode()
        assert text.count("Listening to “desk” until Ctrl-C. Nothing is kept.") == 1
        assert "\x1b[2K" in text  # the line is wiped before it is written anew
        assert text.count("\n") == 2  # one after the notice, one after the live line
        assert "Traceback" not in text

    @needs_pulseaudio
    def test_says_when_the_device_goes_away(
        self, microphones: VirtualMicrophones, sound_server: subprocess.Popen[bytes]
    ) -> None:
        socket = microphones.folder / "pulse" / "native"
        microphones.add_device("headset", f'{{ type pulse server "unix:{socket}" }}')
        with started(microphones) as process:
            assert process.stdout is not None
            heard = process.stdout.readline()
            sound_server.kill()
            _, errors = process.communicate(timeout=PATIENCE)
        assert "no speech" in heard
        assert process.returncode == 1
        assert errors == (
            "Error: The microphone “headset” went away: plug it in, and start again.\n"
        )


@needs_pyaudio
@needs_alsa
class TestDevices:
    """With --list-devices and --device."""

    def test_are_listed_one_on_a_line(self, microphones: VirtualMicrophones) -> None:
        silence = np.zeros(100, np.int16)
        microphones.add("desk", silence, sample_rate=48_000)
        microphones.add("headset", silence, sample_rate=16_000)
        done = microphones.run(MIC, "--list-devices")
        assert (done.returncode, done.stderr) == (0, "")
        desk, headset = done.stdout.splitlines()
        assert re.fullmatch(r" *0  desk    +\d+ channels?  48000 Hz  \(default\)", desk)
        assert re.fullmatch(r" *1  headset +\d+ channels?  16000 Hz", headset)

    @pytest.mark.parametrize("arguments", [["--list-devices"], []])
    def test_are_missed_in_a_sentence(
        self, microphones: VirtualMicrophones, arguments: list[str]
    ) -> None:
        assert "No microphone was found" in the_error(microphones.run(MIC, *arguments))

    def test_that_are_unknown_are_named_beside_those_there_are(
        self, microphones: VirtualMicrophones
    ) -> None:
        microphones.add("desk", np.zeros(100, np.int16), sample_rate=48_000)
        done = microphones.run(MIC, "--seconds", "2", "--device", "webcam")
        assert the_error(done) == "Error: There is no microphone “webcam”, but there is 0 (desk).\n"


def test_a_missing_pyaudio_is_named_with_the_command_that_installs_it(
    microphones: VirtualMicrophones,
) -> None:
    (microphones.folder / "pyaudio.py").write_text(
        "raise ModuleNotFoundError('No module named pyaudio', name='pyaudio')"
    )
    code = (
        f"import runpy, sys; sys.path.insert(0, {str(microphones.folder)!r})\n"
        f"sys.argv = ['mic.py', '--seconds', '2']; runpy.run_path({MIC!r}, run_name='__main__')"
    )
    said = the_error(microphones.run("-c", code))
    assert "PyAudio, which listens to the microphone, is not installed: run" in said
    assert "pip install pyaudio" in said


def test_a_wrong_model_is_refused_before_anybody_speaks(microphones: VirtualMicrophones) -> None:
    done = microphones.run(MIC, "--seconds", "600", "--model", "no-such.joblib")
    assert "no-such.joblib cannot be read" in the_error(done)


@contextlib.contextmanager
def listened_to(pipe: Path) -> Iterator[None]:
    """Play silence into a pipe until more was taken than it holds: somebody is recording.

    PortAudio opens every device to look at it before it is opened to record: those are not meant.
    """
    while True:
        with pipe.open("wb", buffering=0) as end:
            try:
                for _ in range(4):
                    end.write(bytes(PIPE_BYTES))
            except BrokenPipeError:
                continue
            yield
            return


def read_terminal(descriptor: int) -> bytes:
    """Read what is there; nothing once the process at the other end is gone."""
    try:
        return os.read(descriptor, 4096)
    except OSError:  # how Linux says so
        return b""


@pytest.fixture
def sound_server(microphones: VirtualMicrophones) -> Iterator[subprocess.Popen[bytes]]:
    """A PulseAudio server whose only microphone hears silence, at the pace of real ones."""
    folder = microphones.folder / "pulse"
    folder.mkdir(mode=0o700)
    socket = folder / "native"
    server = subprocess.Popen(
        [
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--use-pid-file=no",
            "--exit-idle-time=-1",
            "--disable-shm=yes",
            "--load=module-null-sink",
            f"--load=module-native-protocol-unix auth-anonymous=1 socket={socket}",
        ],
        env={**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not socket.exists():
            assert server.poll() is None, "PulseAudio did not start"
            assert time.monotonic() < deadline, "PulseAudio did not open its socket"
            time.sleep(0.05)
        yield server
    finally:
        server.kill()
        server.wait()
