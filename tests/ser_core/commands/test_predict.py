"""The command `predict`, as a person types it."""

import json
import subprocess
import sys

import pytest
import soundfile
from typer.testing import CliRunner

from ser_core.__main__ import app
from ser_core.emotions import EMOTION_NAMES
from tests.voices import SAMPLE_RATE, silence, talk


@pytest.fixture
def files(tmp_path):
    soundfile.write(tmp_path / "voice.wav", talk(), SAMPLE_RATE)
    soundfile.write(tmp_path / "silent.wav", silence(2.0), SAMPLE_RATE)
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["predict", *map(str, arguments)])


def test_a_file_gets_a_row_with_its_emotion(files):
    result = run(files / "voice.wav")
    assert result.exit_code == 0
    assert any(name in result.output for name in EMOTION_NAMES)
    assert "%" in result.output


def test_json_is_one_object_per_line_and_file(files):
    result = run("--json", files / "voice.wav", files / "silent.wav")
    heard, silent = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 0
    assert " ".join(heard) == "file emotion sure confidence probabilities duration speech"
    assert isinstance(heard["sure"], bool)
    assert heard["emotion"] in EMOTION_NAMES
    assert heard["confidence"] == max(heard["probabilities"].values())
    assert sum(heard["probabilities"].values()) == pytest.approx(1.0, abs=1e-3)
    assert heard["duration"] == 2.0
    assert 0 < heard["speech"] <= 1
    assert silent["emotion"] is None
    assert silent["duration"] == 2.0


def test_it_goes_on_past_bad_files_and_then_ends_with_1(files):
    result = run("--json", files / "broken.wav", files / "none.wav", files / "voice.wav")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert ["error" in line for line in lines] == [True, True, False]
    assert [list(line) for line in lines[:2]] == [["file", "error"]] * 2
    table = run(files / "broken.wav", files / "voice.wav")
    assert table.exit_code == 1
    assert table.output.splitlines()[1].startswith("error")
    assert "voice.wav" in table.output.splitlines()[2]


def test_each_file_is_one_line_however_narrow_the_terminal_and_strange_the_name(files, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    strange = files / "red\x1b[31m and quite a long name for a file that holds a voice.wav"
    (files / "voice.wav").rename(strange)
    lines = run(strange, files / "silent.wav").output.splitlines()
    assert len(lines) == 3
    assert lines[1].endswith("and quite a long name for a file that holds a voice.wav")
    assert "\x1b" not in lines[1]
    assert lines[2].startswith("no speech")


def test_without_files_it_says_what_it_wants():
    result = run()
    assert result.exit_code == 2
    assert "FILE" in result.output


def test_a_model_that_is_none_is_said_in_a_sentence(files):
    result = run("--model", files / "broken.wav", files / "voice.wav")
    assert result.exit_code == 1
    assert "not a model file" in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_it_runs_as_a_module(files):
    done = subprocess.run(
        [sys.executable, "-m", "ser_core", "predict", "--json", files / "voice.wav"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["emotion"] in EMOTION_NAMES
    assert done.stderr == "", "nothing to worry about is said"
