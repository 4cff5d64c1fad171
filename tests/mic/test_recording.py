"""mic.py hears the emotion in a voice, and puts whatever is wrong in one sentence."""

import contextlib
import json
import os
import re
import signal

import pytest

from ser_core.analysis import analyse
from ser_core.emotions import EMOTION_NAMES
from ser_core.terminal import answer
from tests.mic.running import (
    MIC,
    SAMPLE_RATE,
    add_noise,
    add_voice,
    in_a_terminal,
    spoken_again_and_again,
    started,
    the_error,
)
from tests.virtual_microphones import (
    PATIENCE,
    needs_alsa,
    needs_pulseaudio,
    needs_pyaudio,
)

PIPE_BYTES = 65_536  # what a pipe holds on Linux


@needs_pyaudio
@needs_alsa
class TestRecording:
    """With --seconds."""

    def test_names_the_emotion_of_a_real_voice_and_draws_them_all(self, microphones, angry):
        seconds = add_voice(microphones, "desk", angry)
        done = microphones.run(MIC, "--seconds", str(seconds), "--device", "desk")
        assert (done.returncode, done.stderr) == (0, "")
        prediction = analyse(angry).prediction
        assert prediction is not None
        headline, *lines = done.stdout.splitlines()
        assert headline == answer(prediction)
        assert prediction.emotion == "angry"
        assert {line.split()[1] for line in lines} == set(EMOTION_NAMES)

    def test_writes_no_file(self, microphones, angry, monkeypatch):
        add_voice(microphones, "desk", angry)
        home = microphones.folder / "home"
        home.mkdir()
        for variable in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.setenv(variable, str(home))
        done = microphones.run(MIC, "--seconds", "2", cwd=home)
        assert done.returncode == 0
        assert list(home.rglob("*")) == []

    def test_prints_one_object_with_json_and_one_line_with_quiet(self, microphones, angry):
        seconds = add_voice(microphones, "desk", angry)
        done = microphones.run(MIC, "--seconds", str(seconds), "--json")
        record = json.loads(done.stdout)
        assert (record["emotion"], record["sure"]) == ("angry", True)
        assert sum(record["probabilities"].values()) == pytest.approx(1, abs=0.01)
        assert record["duration"] == pytest.approx(seconds, abs=0.01)
        quiet = microphones.run(MIC, "--seconds", str(seconds), "--quiet")
        assert (quiet.returncode, quiet.stderr) == (0, "")
        assert re.fullmatch(r"angry \(\d+ %\)\n", quiet.stdout)

    def test_saves_what_was_heard_only_where_asked_and_says_so(self, microphones, angry):
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

    def test_says_when_there_was_no_speech(self, microphones):
        add_noise(microphones, "empty", peak=3)
        assert "No speech was heard" in the_error(microphones.run(MIC, "--seconds", "2"))

    def test_says_when_the_microphone_is_muted(self, microphones):
        add_noise(microphones, "muted", peak=0)
        done = microphones.run(MIC, "--seconds", "2")
        assert "“muted” sent complete silence: unmute it" in the_error(done)

    def test_ends_on_ctrl_c_without_a_trace(self, microphones):
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

    def test_records_until_silence_and_names_the_emotion(self, headset, sound_server, angry):
        with started(headset, "--once") as process, spoken_again_and_again(sound_server, angry):
            output, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, "")
        headline, *lines = output.splitlines()
        assert re.fullmatch(r"angry \(\d+ %\)", headline)
        assert {line.split()[1] for line in lines} == set(EMOTION_NAMES)

    def test_tells_a_person_what_it_waits_for(self, headset, sound_server, angry):
        with spoken_again_and_again(sound_server, angry):
            code, text = in_a_terminal(headset, "--once")
        assert code == 0
        assert text.index("Waiting for you to speak, into “headset”.") < text.index(
            "Recording, until you fall silent."
        )
        assert "angry" in text


@contextlib.contextmanager
def listened_to(pipe):
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
