"""mic.py hears the emotion in a voice, and puts whatever is wrong in one sentence."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from ser_core.analysis import analyse
from ser_core.emotions import EMOTION_NAMES
from ser_core.terminal import answer
from tests.virtual_microphones import (
    PATIENCE,
    PROJECT,
    SoundServer,
    VirtualMicrophones,
    needs_alsa,
    needs_pulseaudio,
    needs_pyaudio,
)

MIC = str(PROJECT / "mic.py")
SAMPLE_RATE = 16_000  # Hz, of made sounds
PIPE_BYTES = 65_536  # what a pipe holds on Linux

LONG_SECONDS = 120  # of listening at its own pace, in one test
SETTLED_SECONDS = 30  # after which nothing more is loaded
MOST_GROWTH = 5_000_000  # bytes; the sound of these 90 s would be 5.8 million
MOST_CPU_SHARE = 0.25  # of one core
MOST_LATE = 4  # hops, on a machine that has something else to do


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
def started(
    microphones: VirtualMicrophones, *arguments: str, program: tuple[str, ...] = (MIC,)
) -> Iterator[subprocess.Popen[str]]:
    """Start mic.py, and end it whatever happens."""
    process = subprocess.Popen(
        [sys.executable, *program, *arguments],
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

    def test_prints_one_object_with_json_and_one_line_with_quiet(
        self, microphones: VirtualMicrophones, angry: Path
    ) -> None:
        seconds = add_voice(microphones, "desk", angry)
        done = microphones.run(MIC, "--seconds", str(seconds), "--json")
        record = json.loads(done.stdout)
        assert (record["emotion"], record["sure"]) == ("angry", True)
        assert sum(record["probabilities"].values()) == pytest.approx(1, abs=0.01)
        assert record["duration"] == pytest.approx(seconds, abs=0.01)
        quiet = microphones.run(MIC, "--seconds", str(seconds), "--quiet")
        assert (quiet.returncode, quiet.stderr) == (0, "")
        assert re.fullmatch(r"angry \(\d+ %\)\n", quiet.stdout)

    def test_saves_what_was_heard_only_where_asked_and_says_so(
        self, microphones: VirtualMicrophones, angry: Path
    ) -> None:
        seconds = add_voice(microphones, "desk", angry)
        path = microphones.folder / "heard.wav"
        done = microphones.run(MIC, "--seconds", str(seconds), "--save", str(path))
        assert done.returncode == 0
        assert done.stderr == f"What is heard is kept in {path}.\n"
        saved, heard = analyse(path), analyse(angry)
        assert saved.prediction is not None
        assert heard.prediction is not None
        assert saved.duration == pytest.approx(heard.duration, abs=0.001)
        assert saved.prediction.probabilities == pytest.approx(
            heard.prediction.probabilities, abs=0.05
        )
        again = microphones.run(MIC, "--seconds", "2", "--save", str(path))
        assert "exists already" in the_error(again)

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
@needs_pulseaudio
class TestOnce:
    """With --once, from a microphone at its own pace."""

    def test_records_until_silence_and_names_the_emotion(
        self, headset: VirtualMicrophones, sound_server: SoundServer, angry: Path
    ) -> None:
        with started(headset, "--once") as process, spoken_again_and_again(sound_server, angry):
            output, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, "")
        headline, *lines = output.splitlines()
        assert re.fullmatch(r"angry \(\d+ %\)", headline)
        assert {line.split()[1] for line in lines} == set(EMOTION_NAMES)

    def test_tells_a_person_what_it_waits_for(
        self, headset: VirtualMicrophones, sound_server: SoundServer, angry: Path
    ) -> None:
        with spoken_again_and_again(sound_server, angry):
            code, text = in_a_terminal(headset, "--once")
        assert code == 0
        assert text.index("Waiting for you to speak, into “headset”.") < text.index(
            "Recording, until you fall silent."
        )
        assert "angry" in text


@needs_pyaudio
@needs_alsa
class TestLive:
    """Without --seconds and --once."""

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
        assert all(
            re.search(r"(-\d+ dB|silent) +[■□]{10}(  \w+ or \w+\?)?$", line) for line in lines
        )
        assert "\x1b" not in "".join(lines) + rest
        assert rest.splitlines()[-1].startswith("In all ")

    @needs_pulseaudio
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_hears_the_emotion_that_is_spoken_and_sums_up_at_the_end(
        self,
        headset: VirtualMicrophones,
        sound_server: SoundServer,
        angry: Path,
        number: signal.Signals,
    ) -> None:
        with started(headset, "--json") as process:
            assert process.stdout is not None
            records = [json.loads(process.stdout.readline())]
            sound_server.play(angry)
            while not (records[-1]["emotion"] == "angry" and records[-1]["sure"]):
                records.append(json.loads(process.stdout.readline()))
            process.send_signal(number)
            rest, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, "")
        times = [record["time"] for record in records]
        assert times == sorted(times)
        assert records[0]["level_dbfs"] is None
        assert max(record["level_dbfs"] or -99 for record in records) > -40
        *_, last = map(json.loads, rest.splitlines())
        assert "angry" in last["summary"]["shares"]
        assert sum(last["summary"]["shares"].values()) == pytest.approx(1, abs=0.001)

    @needs_pulseaudio
    def test_draws_a_panel_in_a_terminal(
        self, headset: VirtualMicrophones, sound_server: SoundServer, angry: Path
    ) -> None:
        with spoken_again_and_again(sound_server, angry):
            code, text = in_a_terminal(headset, interrupt_at="😠 angry")
        assert code == 0
        assert text.count("Listening to “headset” until Ctrl-C. Nothing is kept.") == 1
        assert "\x1b[1A" in text  # up, to draw over what was drawn
        assert "headset · 0:0" in text
        assert text.count("In all ") == 1
        assert "Traceback" not in text
        assert "38;2" not in text  # NO_COLOR

    @needs_pulseaudio
    def test_ends_quietly_when_nobody_reads_any_more(
        self, headset: VirtualMicrophones, sound_server: SoundServer
    ) -> None:
        with started(headset) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            errors = process.stderr.read()
            assert (process.wait(PATIENCE), errors) == (0, "")

    @needs_pulseaudio
    def test_prints_the_summary_alone_with_quiet_and_keeps_what_was_heard_with_save(
        self, headset: VirtualMicrophones, sound_server: SoundServer
    ) -> None:
        path = headset.folder / "heard.wav"
        with started(headset, "--quiet", "--json", "--save", str(path)) as process:
            wait_for(lambda: path.exists() and path.stat().st_size > 2 * SAMPLE_RATE)
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, f"What is heard is kept in {path}.\n")
        (record,) = map(json.loads, output.splitlines())
        assert record["summary"]["duration"] == pytest.approx(
            soundfile.info(path).duration, abs=0.01
        )

    @needs_pulseaudio
    def test_waits_for_a_device_that_goes_away_and_goes_on_when_it_is_back(
        self, headset: VirtualMicrophones, sound_server: SoundServer, angry: Path
    ) -> None:
        with started(headset) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            heard = process.stdout.readline()
            sound_server.kill()
            gone = process.stderr.readline()
            sound_server.start()
            back = process.stderr.readline()
            with spoken_again_and_again(sound_server, angry):
                while "angry" not in process.stdout.readline():
                    pass
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=PATIENCE)
        assert "no speech" in heard
        assert gone == "The microphone “headset” went away: waiting 30 seconds for it.\n"
        assert back == "The microphone “headset” is back.\n"
        assert (process.returncode, errors) == (0, "")
        assert "angry" in rest.splitlines()[-1]

    @needs_pulseaudio
    def test_sums_up_before_it_gives_up_on_a_device(
        self, headset: VirtualMicrophones, sound_server: SoundServer
    ) -> None:
        impatient = (
            "import runpy, sys; from ser_core import microphone; microphone.RETURN_SECONDS = 2\n"
            f"sys.argv = ['mic.py', '--quiet']; runpy.run_path({MIC!r}, run_name='__main__')"
        )
        with started(headset, program=("-c", impatient)) as process:
            wait_for(lambda: sound_server.is_recorded)
            sound_server.kill()
            output, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
        assert errors.splitlines()[-1] == (
            "Error: The microphone “headset” went away and did not come back: plug it in, and "
            "start again."
        )
        assert output.splitlines()[-1].startswith("In all ")

    @needs_pulseaudio
    @pytest.mark.timeout(400)
    def test_keeps_up_for_minutes_without_losing_sound_growing_or_working_hard(
        self, headset: VirtualMicrophones, sound_server: SoundServer, corpora: Path
    ) -> None:
        conversation = headset.folder / "conversation.wav"
        write_conversation(conversation, corpora / "originals", LONG_SECONDS + 30)
        with started(headset, "--json", "--window", "3", "--hop", "0.5") as process:
            assert process.stdout is not None
            first = json.loads(process.stdout.readline())
            sound_server.play(conversation)
            watched = psutil.Process(process.pid)
            records, early = [first], (0, 0.0, 0.0)
            for line in process.stdout:
                records.append(json.loads(line))
                if not early[0] and records[-1]["time"] >= SETTLED_SECONDS:
                    early = (watched.memory_info().rss, *watched.cpu_times()[:2])
                if records[-1]["time"] >= LONG_SECONDS:
                    break
            late = (watched.memory_info().rss, *watched.cpu_times()[:2])
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=PATIENCE)
        summary = json.loads(rest.splitlines()[-1])["summary"]
        assert (process.returncode, summary["overruns"]) == (0, 0)
        assert summary["late"] <= MOST_LATE
        seconds = LONG_SECONDS - SETTLED_SECONDS
        assert sum(late[1:]) - sum(early[1:]) <= MOST_CPU_SHARE * seconds
        assert late[0] - early[0] <= MOST_GROWTH
        heard = {record["emotion"] for record in records} - {None}
        assert len(heard) >= 4


class TestFile:
    """With a FILE, without PortAudio."""

    def test_is_heard_as_it_would_be_from_a_microphone(
        self, microphones: VirtualMicrophones, angry: Path
    ) -> None:
        done = microphones.run(MIC, str(angry), "--fast", "--json")
        assert (done.returncode, done.stderr) == (0, "")
        *records, last = map(json.loads, done.stdout.splitlines())
        duration = soundfile.info(angry).duration
        times = np.arange(1, int(duration / 0.5) + 1) * 0.5
        assert [record["time"] for record in records] == pytest.approx(times)
        assert records[-1]["emotion"] == "angry"
        assert last["summary"]["duration"] == pytest.approx(duration, abs=0.001)
        assert (last["summary"]["late"], last["summary"]["overruns"]) == (0, 0)

    def test_plays_at_its_own_pace(self, microphones: VirtualMicrophones, angry: Path) -> None:
        began = time.monotonic()
        done = microphones.run(MIC, str(angry), "--quiet")
        assert time.monotonic() - began >= soundfile.info(angry).duration
        assert done.returncode == 0
        assert done.stdout.splitlines()[-1].startswith("In all ")

    def test_that_is_no_recording_is_a_sentence(self, microphones: VirtualMicrophones) -> None:
        path = microphones.folder / "notes.wav"
        path.write_text("milk, eggs")
        missing = microphones.folder / "missing.wav"
        for wrong in (path, missing):
            said = the_error(microphones.run(MIC, str(wrong)))
            assert said.startswith("Error: ")
            assert said.rstrip().endswith(".")


@pytest.mark.parametrize(
    "arguments",
    [
        ["note.wav", "--seconds", "2"],
        ["note.wav", "--once"],
        ["note.wav", "--save", "copy.wav"],
        ["--fast"],
        ["--once", "--seconds", "2"],
        ["--window", "1", "--hop", "2"],
        ["--save", "heard.mp3"],
    ],
)
def test_wishes_that_do_not_go_together_are_refused(
    microphones: VirtualMicrophones, arguments: list[str]
) -> None:
    done = microphones.run(MIC, *arguments, cwd=microphones.folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert list(microphones.folder.iterdir()) == [microphones.folder / "asound.conf"]


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
    add_noise(microphones, "room", peak=10)
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


def in_a_terminal(
    microphones: VirtualMicrophones, *arguments: str, interrupt_at: str | None = None
) -> tuple[int, str]:
    """Run mic.py in a terminal, until it shows something if so wished; give all that it shows."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, MIC, *arguments],
        env={**microphones.environment, "TERM": "xterm"},
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


def read_terminal(descriptor: int) -> bytes:
    """Read what is there; nothing once the process at the other end is gone."""
    try:
        return os.read(descriptor, 4096)
    except OSError:  # how Linux says so
        return b""


@contextlib.contextmanager
def spoken_again_and_again(server: SoundServer, clip: Path) -> Iterator[None]:
    """Play a clip as soon as somebody records, and again after a pause."""
    over = threading.Event()

    def speak() -> None:
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


def write_conversation(path: Path, folder: Path, seconds: float) -> None:
    """Write one clip after another, over and over, into a file."""
    clips = [soundfile.read(clip, dtype="int16", always_2d=True) for clip in folder.glob("*.wav")]
    rates = {rate for _, rate in clips}
    assert len(rates) == 1
    together = np.concatenate([samples[:, 0] for samples, _ in clips])
    soundfile.write(path, np.resize(together, round(seconds * rates.pop())), clips[0][1])


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)


@pytest.fixture
def sound_server(microphones: VirtualMicrophones) -> Iterator[SoundServer]:
    """A PulseAudio server that runs."""
    server = SoundServer(microphones.folder / "pulse")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def headset(microphones: VirtualMicrophones, sound_server: SoundServer) -> VirtualMicrophones:
    """Microphones of which one, “headset”, hears what is played to the sound server."""
    microphones.add_device("headset", sound_server.definition)
    return microphones
