"""The command `predict`, as a person types it."""

import csv
import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from typer.testing import CliRunner

from ser_core.__main__ import app, make_app
from ser_core.emotions import EMOTION_NAMES
from tests.conftest import PROJECT
from tests.ser_core.audio.recordings import RECIPES, encode
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
    assert list(heard) == [
        *("file", "label", "emotion", "sure", "confidence", "probabilities"),
        *("duration", "speech", "read"),
    ]
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
    assert lines[2].strip().startswith("no speech")


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


CONTAINERS = {
    "note.ogg": "ogg-opus",
    "note.flac": "flac-16",
    "note.m4a": "m4a",
    "note.webm": "webm",
}


@pytest.fixture
def folder(files):
    """The files, and in a folder below them the same voice in other containers."""
    deep = files / "deep"
    deep.mkdir()
    voice = soxr.resample(talk().astype(np.float64), SAMPLE_RATE, 48_000)
    for name, recipe in CONTAINERS.items():
        (deep / name).write_bytes(encode(voice, RECIPES[recipe]))
    (deep / "readme.txt").write_text("no recording")
    return files


def records(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_folder_is_heard_with_all_containers_in_it_and_past_bad_files(folder):
    result = run("--json", folder)
    assert result.exit_code == 1
    heard = {Path(record["file"]).name: record for record in records(result)}
    assert list(heard) == ["broken.wav", "silent.wav", "voice.wav", *sorted(CONTAINERS)]
    assert "error" in heard["broken.wav"]
    for name in ("voice.wav", *CONTAINERS):
        assert heard[name]["emotion"] in EMOTION_NAMES
        assert heard[name]["duration"] == pytest.approx(2.0, abs=0.1)


def test_patterns_and_standard_input_are_heard_too(folder):
    data = (folder / "voice.wav").read_bytes()
    result = CliRunner().invoke(app, ["predict", "--json", f"{folder}/d*/*.flac", "-"], input=data)
    assert result.exit_code == 0
    flac, piped = records(result)
    assert flac["file"].endswith("note.flac")
    assert (piped["file"], piped["duration"]) == ("-", 2.0)


def test_a_folder_without_recordings_is_said_in_a_sentence(tmp_path):
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "holds no recordings" in result.output


def test_csv_is_read_by_what_reads_csv(files):
    result = run("--csv", files)
    assert result.exit_code == 1
    broken, silent, voice = csv.DictReader(io.StringIO(result.stdout_bytes.decode(), newline=""))
    assert broken["error"]
    assert (silent["label"], silent["duration"]) == ("no speech", "2.0")
    assert sum(float(voice[name]) for name in EMOTION_NAMES) == pytest.approx(1.0, abs=1e-3)


def test_a_timeline_stands_below_its_file_and_in_its_json(files):
    rows = run("--timeline", files / "voice.wav").output.splitlines()
    assert len(rows) >= 3
    assert all("–" in row for row in rows[2:])
    (record,) = records(run("--timeline", "--json", files / "voice.wav"))
    timeline = record["segments"]
    assert (timeline[0]["start"], timeline[-1]["end"]) == (0.0, 2.0)
    assert len(rows) == 2 + len(timeline)
    csv_rows = run("--timeline", "--csv", files / "voice.wav").stdout.splitlines()
    assert len(csv_rows) == 1 + len(timeline)


@pytest.mark.parametrize(
    ("name", "begins"),
    [("audacity", "0.000000\t"), ("srt", "1\n00:00:00,000"), ("vtt", "WEBVTT\n")],
)
def test_a_format_of_another_program_goes_to_standard_output_alone(files, name, begins):
    result = run("--format", name, files / "voice.wav")
    assert result.exit_code == 0
    assert result.stdout.startswith(begins)
    bad = run("--format", name, files / "broken.wav")
    assert (bad.exit_code, bad.stdout) == (1, "")
    assert bad.stderr.startswith("Error:")


def test_several_timelines_go_into_a_folder(folder, tmp_path):
    out = tmp_path / "labels"
    result = run("--format", "srt", "--out", out, folder / "voice.wav", folder / "deep")
    assert result.exit_code == 0
    names = ["note.ogg.srt", "note.srt", "note.webm.srt", "note.m4a.srt", "voice.srt"]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    assert all("–" not in row for row in result.output.splitlines()), "the table has no turns"


@pytest.mark.parametrize(("ending", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_a_picture_is_drawn_of_one_file(files, tmp_path, ending, begins):
    picture = tmp_path / f"picture.{ending}"
    assert run("--plot", picture, files / "voice.wav").exit_code == 0
    assert picture.read_bytes().startswith(begins)


def test_pictures_of_several_files_go_into_a_folder(files, tmp_path):
    result = run("--plot", tmp_path / "drawn", files)
    assert result.exit_code == 1, "one of the files is broken"
    names = sorted(path.name for path in (tmp_path / "drawn").iterdir())
    assert names == ["silent.png", "voice.png"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--json", "--csv"], "choose one"),
        (["--csv", "--format", "srt"], "choose one"),
        (["--format", "srt"], "--out"),
        (["--out", "x"], "--format"),
        (["--format", "srt", "--out", "pyproject.toml"], "name a folder"),
        (["--plot", "picture.png"], "name a folder after --plot"),
        (["--plot", "picture.gif"], ".png or .svg"),
        (["--format", "word"], "word"),
        (["--jobs", "0"], "jobs"),
    ],
)
def test_options_that_do_not_go_together_are_said_in_a_sentence(files, monkeypatch, options, said):
    monkeypatch.chdir(PROJECT)
    result = run(*options, files / "voice.wav", files / "silent.wav")
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_several_processes_print_what_one_prints(files):
    one, two = (run("--json", "--jobs", jobs, files) for jobs in (1, 2))
    assert (one.exit_code, two.exit_code) == (1, 1)
    assert [record["file"] for record in records(one)] == [
        record["file"] for record in records(two)
    ]
    assert records(one)[2]["emotion"] == records(two)[2]["emotion"]


@pytest.mark.parametrize("printed", [[], ["--csv", "--jobs", "2"]])
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGPIPE")
def test_who_has_read_enough_is_not_told_of_the_rest(files, printed):
    many = [files / "voice.wav", *(files / f"{number}.wav" for number in range(500))]
    program = "from ser_core.__main__ import main; main()"
    command = [sys.executable, "-u", "-c", program, "predict", *printed, *many]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        process.wait(60)
    assert said == b""


def on_a_terminal(*arguments, shown="stderr", **environment):
    """Run the program with a terminal for an output; give what that shows, and the other."""
    pty = pytest.importorskip("pty", reason="pseudo-terminals are of Unix")
    mine, theirs = pty.openpty()
    seen = []
    reader = threading.Thread(target=lambda: seen.extend(iter(lambda: read(mine), b"")))
    reader.start()
    program = "from ser_core.__main__ import main; main()"
    terminal = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environment}
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=PROJECT,
        env=terminal,
        timeout=100,
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, shown: theirs},
    )
    os.close(theirs)
    reader.join(10)
    os.close(mine)
    return b"".join(seen).decode(), done.stdout


def read(terminal):
    try:
        return os.read(terminal, 10_000)
    except OSError:  # as Linux says that nobody is at the other end
        return b""


def test_colours_are_for_terminals_that_want_them(files):
    for no_colour in ("", "1"):
        shown, _ = on_a_terminal("predict", files / "none.wav", shown="stdout", NO_COLOR=no_colour)
        assert "does not exist" in shown
        assert ("\x1b[31m" in shown) is not bool(no_colour)


def test_a_bar_shows_on_a_terminal_how_far_many_files_are(files):
    missing = [files / f"{number}.wav" for number in range(30)]
    shown, printed = on_a_terminal("predict", "--json", *missing)
    assert "listening" in shown
    assert "/30" in shown
    assert len(printed.splitlines()) == 30, "and nothing of it goes to standard output"


def completing(**environment):
    """Run the program that is installed as a shell does which asks it what to complete."""
    program = make_app(add_completion=True)
    result = CliRunner().invoke(program, [], env=environment, prog_name="undertone")
    return result.output


def test_the_program_teaches_shells_to_complete_it():
    # In which shell it runs is told it here, for a test has none; typer reads that at its import.
    told = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    program = "from ser_core.__main__ import main; main()"
    command = [sys.executable, "-c", program, "--show-completion", "bash"]
    script = subprocess.check_output(command, cwd=PROJECT, env=told, text=True, timeout=100)
    assert "complete -o default -F _undertone_completion undertone" in script


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("undertone pre", ["predict"]),
        ("undertone predict --format s", ["srt"]),
        ("undertone predict --time", ["--timeline"]),
    ],
)
def test_commands_options_and_formats_are_completed(typed, completed):
    last = str(len(typed.split()) - 1)
    said = completing(_UNDERTONE_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=last)
    assert said.split() == completed


def test_a_module_which_is_no_program_does_not_offer_to_be_completed():
    assert "completion" not in CliRunner().invoke(app, ["--help"]).output


def test_a_terminal_shows_what_was_written(files, tmp_path):
    picture, labels = tmp_path / "voice.png", tmp_path / "labels"
    shown, _ = on_a_terminal(
        *("predict", files / "voice.wav", "--plot", picture, "--format", "srt", "--out", labels)
    )
    assert f"Wrote {picture}." in shown
    assert f"Wrote {labels / 'voice.srt'}." in shown
    assert picture.exists()
    assert (labels / "voice.srt").exists()


def test_a_terminal_shows_how_far_a_timeline_is_and_what_is_printed_stays_whole(files):
    shown, printed = on_a_terminal("predict", "--timeline", files / "voice.wav")
    assert "listening to voice.wav, 0:0" in shown
    assert "listening" not in printed.decode()
    assert printed.decode().startswith("emotion")
