"""mic.py predicts the emotion of a voice, and reports an error in one sentence."""

import contextlib
import json
import os
import re
import signal

import pytest

from ser_core.emotions import EMOTION_NAMES
from ser_core.inference.analysis import analyse
from ser_core.inference.descriptions import describe_prediction
from ser_core.models.baseline import load_baseline
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
from tests.virtual_microphones import needs_portaudio
from tests.waiting import PATIENCE

PIPE_BYTES = 65_536  # what a pipe holds on Linux

pytestmark = needs_portaudio


def test_it_names_the_emotion_of_a_real_voice_and_draws_them_all(microphones, angry):
    seconds = add_voice(microphones, angry)
    done = microphones.run(MIC, "--seconds", str(seconds), "--device", "desk")
    assert (done.returncode, done.stderr) == (0, "")
    prediction = analyse(angry).prediction
    headline, *lines = done.stdout.splitlines()
    assert headline == describe_prediction(prediction)
    assert prediction.emotion == "angry"
    assert {line.split()[1] for line in lines} == set(EMOTION_NAMES)


def test_it_writes_no_file(microphones, angry, monkeypatch):
    add_voice(microphones, angry)
    home = microphones.folder / "home"
    home.mkdir()
    for variable in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(home))
    done = microphones.run(MIC, "--seconds", "2", cwd=home)
    assert done.returncode == 0
    assert list(home.rglob("*")) == []


def test_it_prints_one_object_with_json_and_one_line_with_quiet(microphones, angry):
    seconds = add_voice(microphones, angry)
    record = json.loads(microphones.run(MIC, "--seconds", str(seconds), "--json").stdout)
    assert (record["emotion"], record["sure"]) == ("angry", True)
    assert sum(record["probabilities"].values()) == pytest.approx(1, abs=0.01)
    assert record["duration"] == pytest.approx(seconds, abs=0.01)
    quiet = microphones.run(MIC, "--seconds", str(seconds), "--quiet")
    assert (quiet.returncode, quiet.stderr) == (0, "")
    assert re.fullmatch(r"angry \(\d+ %\)\n", quiet.stdout)


def test_it_saves_what_was_heard_only_where_asked_and_says_so(microphones, angry):
    seconds = add_voice(microphones, angry)
    path = microphones.folder / "heard.wav"
    done = microphones.run(MIC, "--seconds", str(seconds), "--save", str(path))
    assert (done.returncode, done.stderr) == (0, f"What is heard is kept in {path}.\n")
    saved, heard = analyse(path), analyse(angry)
    assert saved.duration == pytest.approx(heard.duration, abs=0.001)
    assert saved.prediction.probabilities == pytest.approx(heard.prediction.probabilities, abs=0.05)
    again = microphones.run(MIC, "--seconds", "2", "--save", str(path))
    assert "exists already" in the_error(again)


@pytest.mark.parametrize(
    ("peak", "said"),
    [(3, "No speech was heard"), (0, "“room” sent complete silence: unmute it")],
    ids=["an empty room", "a muted microphone"],
)
def test_it_says_when_there_is_nothing_to_hear(microphones, peak, said):
    add_noise(microphones, "room", peak=peak)
    assert said in the_error(microphones.run(MIC, "--seconds", "2"))


def test_it_ends_on_ctrl_c_without_a_trace(microphones):
    pipe = microphones.folder / "pipe"
    os.mkfifo(pipe)
    microphones.add_file("slow", pipe, sample_rate=SAMPLE_RATE)
    with started(microphones, "--seconds", "600") as process, listened_to(pipe):
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output, errors) == (130, "", "")


def test_with_once_it_records_until_silence_and_tells_what_it_waits_for(
    headset, sound_server, angry
):
    with spoken_again_and_again(sound_server, angry):
        code, text = in_a_terminal(headset, "--once")
    assert code == 0
    _, _, then = text.partition("Waiting for you to speak, into “headset”.")
    _, _, answered = then.partition("Recording, until you fall silent.")
    assert re.search(r"angry \(\d+ %\)", answered)
    assert all(name in answered for name in EMOTION_NAMES)


def test_a_voice_is_known_by_three_sentences_and_no_recording_of_them_is_kept(
    headset, sound_server, angry
):
    path = headset.folder / "me.baseline"
    with spoken_again_and_again(sound_server, angry):
        code, text = in_a_terminal(headset, "--once", "--baseline", str(path))
    assert code == 0
    assert "Read this sentence in your usual voice, 3 times" in text
    assert text.count("Recording, until you fall silent.") == 3 + 1
    assert "(3 recordings)." in text
    assert load_baseline(path).n_clips == 3
    assert path.stat().st_size < SAMPLE_RATE, "bytes: no room for a second of sound"
    answer = in_json(headset, angry, "--baseline", str(path))
    assert answer["baseline"] is True
    assert answer["probabilities"] != in_json(headset, angry)["probabilities"]


def in_json(microphones, clip, *arguments):
    """Return what a recording is heard as in the end."""
    done = microphones.run(MIC, clip, "--fast", "--quiet", "--json", *arguments)
    return json.loads(done.stdout.splitlines()[-1])["summary"]


@contextlib.contextmanager
def listened_to(pipe):
    """Write silence to a pipe until more was read than it holds, so that recording has begun.

    PortAudio opens every device to examine it before it is opened to record.
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
