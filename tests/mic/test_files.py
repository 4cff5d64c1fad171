"""mic.py plays a recording in place of a microphone, without PortAudio."""

import json
import time

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from mic import app
from tests.mic.running import MIC, the_error


def test_a_file_is_heard_as_it_would_be_from_a_microphone(microphones, angry):
    done = microphones.run(MIC, str(angry), "--fast", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    *records, last = map(json.loads, done.stdout.splitlines())
    duration = soundfile.info(angry).duration
    times = np.arange(1, int(duration / 0.5) + 1) * 0.5
    assert [record["time"] for record in records] == pytest.approx(times)
    assert records[-1]["emotion"] == "angry"
    assert last["summary"]["duration"] == pytest.approx(duration, abs=0.001)
    assert (last["summary"]["late"], last["summary"]["overruns"]) == (0, 0)


def test_it_plays_at_its_own_pace(microphones, angry):
    began = time.monotonic()
    done = microphones.run(MIC, str(angry), "--quiet")
    assert time.monotonic() - began >= soundfile.info(angry).duration
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("In all ")


def test_what_is_no_recording_is_a_sentence(microphones):
    path = microphones.folder / "notes.wav"
    path.write_text("milk, eggs")
    assert "This is text" in the_error(microphones.run(MIC, str(path)))


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
def test_wishes_that_do_not_go_together_are_refused(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert not any(tmp_path.iterdir())
