"""The command `predict`."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
import soundfile
from typer.testing import CliRunner

from ser_core.cli.app import app, make_app
from ser_core.emotions import EMOTION_NAMES
from ser_core.models import load_model
from tests.conftest import PROJECT
from tests.terminals import run_in_terminal
from tests.voices import SAMPLE_RATE, silence, talk

PROGRAM = "from ser_core.cli import main; main()"


@pytest.fixture
def files(tmp_path):
    soundfile.write(tmp_path / "voice.wav", talk(), SAMPLE_RATE)
    soundfile.write(tmp_path / "silent.wav", silence(2.0), SAMPLE_RATE)
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    return tmp_path


@pytest.fixture
def folder(files):
    """Return a folder with the files, and a subfolder with the same voice in other containers."""
    deep = files / "deep"
    deep.mkdir()
    soundfile.write(deep / "note.ogg", talk(), SAMPLE_RATE, subtype="OPUS")
    soundfile.write(deep / "note.flac", talk(), SAMPLE_RATE)
    (deep / "readme.txt").write_text("no recording")
    return files


def run(*arguments):
    return CliRunner().invoke(app, ["predict", *map(str, arguments)])


def records(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_is_one_object_per_line_and_file(files):
    result = run("--json", files / "voice.wav", files / "silent.wav")
    heard, silent = records(result)
    assert result.exit_code == 0
    assert heard["emotion"] in EMOTION_NAMES
    assert heard["confidence"] == max(heard["probabilities"].values())
    assert sum(heard["probabilities"].values()) == pytest.approx(1.0, abs=1e-3)
    assert heard["duration"] == silent["duration"] == 2.0
    assert 0 < heard["speech"] <= 1
    assert silent["emotion"] is None
    assert heard["model"] == silent["model"] == load_model().name


def test_it_goes_on_past_bad_files_and_then_ends_with_1(files):
    result = run("--json", files / "broken.wav", files / "none.wav", files / "voice.wav")
    *bad, good = records(result)
    assert result.exit_code == 1
    assert [list(record) for record in bad] == [["file", "error"]] * 2
    assert "error" not in good
    table = run(files / "broken.wav", files / "voice.wav")
    assert table.exit_code == 1
    assert table.output.splitlines()[1].startswith("error")
    assert "voice.wav" in table.output.splitlines()[2]


def test_each_file_is_one_line_however_narrow_the_terminal_and_strange_the_name(files, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    strange = files / "red\x1b[31m and quite a long name for a file that holds a voice.wav"
    (files / "voice.wav").rename(strange)
    result = run(strange, files / "silent.wav")
    _, heard, silent = result.output.splitlines()
    assert result.exit_code == 0
    assert any(name in heard for name in EMOTION_NAMES)
    assert heard.endswith("and quite a long name for a file that holds a voice.wav")
    assert "\x1b" not in heard
    assert silent.strip().startswith("no speech")


def test_a_model_that_is_none_is_said_in_a_sentence(files):
    result = run("--model", files / "broken.wav", files / "voice.wav")
    assert result.exit_code == 1
    assert "not a model file" in " ".join(result.output.split())
    assert "Traceback" not in result.output


@pytest.mark.slow
def test_it_runs_as_a_module(files):
    done = subprocess.run(
        [sys.executable, "-m", "ser_core", "predict", "--json", files / "voice.wav"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["emotion"] in EMOTION_NAMES
    assert done.stderr == "", "nothing to worry about is said"


def test_a_folder_is_heard_with_all_containers_in_it_and_past_bad_files(folder):
    result = run("--json", folder)
    assert result.exit_code == 1
    broken, silent, voice, *deep = records(result)
    assert "error" in broken
    assert silent["emotion"] is None
    for record, name in zip((voice, *deep), ("voice.wav", "note.flac", "note.ogg"), strict=True):
        assert record["file"].endswith(name)
        assert record["emotion"] in EMOTION_NAMES
        assert record["duration"] == pytest.approx(2.0, abs=0.1)


def test_patterns_and_standard_input_are_heard_too(folder):
    data = (folder / "voice.wav").read_bytes()
    result = CliRunner().invoke(app, ["predict", "--json", f"{folder}/d*/*.flac", "-"], input=data)
    assert result.exit_code == 0
    flac, piped = records(result)
    assert flac["file"].endswith("note.flac")
    assert (piped["file"], piped["duration"]) == ("-", 2.0)


def test_the_table_calls_standard_input_by_its_name(files):
    voice = (files / "voice.wav").read_bytes()
    heard, empty, text = (
        CliRunner().invoke(app, ["predict", "-"], input=data).output.splitlines()[1]
        for data in (voice, b"", b"not - a - recording")
    )
    assert heard.endswith("%  standard input")
    assert empty == "error      standard input: This file is empty: record it again."
    assert text.startswith("error      standard input: This is text")


def test_csv_is_read_by_what_reads_csv(files):
    result = run("--csv", files)
    assert result.exit_code == 1
    broken, silent, voice = csv.DictReader(io.StringIO(result.stdout_bytes.decode(), newline=""))
    assert broken["error"]
    assert (silent["label"], silent["duration"]) == ("no speech", "2.0")
    assert sum(float(voice[name]) for name in EMOTION_NAMES) == pytest.approx(1.0, abs=1e-3)


def test_a_timeline_stands_below_its_file_and_in_its_json(files):
    _, _, *turns = run("--timeline", files / "voice.wav").output.splitlines()
    (record,) = records(run("--timeline", "--json", files / "voice.wav"))
    segments = record["segments"]
    assert (segments[0]["start"], segments[-1]["end"]) == (0.0, 2.0)
    assert len(turns) == len(segments) >= 1
    assert all("–" in turn for turn in turns)
    csv_rows = run("--timeline", "--csv", files / "voice.wav").stdout.splitlines()
    assert len(csv_rows) == 1 + len(segments)


def test_a_format_of_another_program_goes_to_standard_output_alone(files):
    result = run("--format", "srt", files / "voice.wav")
    assert result.exit_code == 0
    assert result.stdout.startswith("1\n00:00:00,000")
    bad = run("--format", "srt", files / "broken.wav")
    assert (bad.exit_code, bad.stdout) == (1, "")
    assert bad.stderr.startswith("Error:")


def test_several_timelines_go_into_a_folder(folder, tmp_path):
    out = tmp_path / "labels"
    result = run("--format", "srt", "--out", out, folder / "voice.wav", folder / "deep")
    assert result.exit_code == 0
    names = sorted(path.name for path in out.iterdir())
    assert names == ["note.ogg.srt", "note.srt", "voice.srt"]
    assert all("–" not in row for row in result.output.splitlines()), "the table has no turns"


@pytest.mark.slow
def test_a_picture_is_drawn_of_one_file_and_pictures_of_several_go_into_a_folder(files, tmp_path):
    picture, drawn = tmp_path / "picture.svg", tmp_path / "drawn"
    assert run("--plot", picture, files / "voice.wav").exit_code == 0
    assert picture.read_bytes().startswith(b"<?xml")
    assert run("--plot", drawn, files).exit_code == 1, "one of the files is broken"
    assert sorted(path.name for path in drawn.iterdir()) == ["silent.png", "voice.png"]


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
    ],
)
def test_options_that_do_not_go_together_are_said_in_a_sentence(files, monkeypatch, options, said):
    monkeypatch.chdir(PROJECT)
    result = run(*options, files / "voice.wav", files / "silent.wav")
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.slow
@pytest.mark.parametrize("printed", [[], ["--csv", "--jobs", "2"]])
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGPIPE")
def test_who_has_read_enough_is_not_told_of_the_rest(files, printed):
    many = [files / "voice.wav", *(files / f"{number}.wav" for number in range(100))]
    command = [sys.executable, "-u", "-c", PROGRAM, "predict", *printed, *many]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        process.wait(60)
    assert said == b""


def on_a_terminal(*arguments, shown="stderr", **environment):
    """Run the program with a terminal for one output; return its text, and that of the other."""
    _, seen, printed = run_in_terminal(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        streams=(shown,),
        cwd=PROJECT,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environment},
    )
    return seen, printed


@pytest.mark.slow
def test_in_place_of_the_encoders_model_the_small_one_answers_and_a_terminal_is_told_why(files):
    without_weights = {"shown": "stderr", "XDG_CACHE_HOME": str(files / "empty")}
    shown, printed = on_a_terminal("predict", files / "voice.wav", **without_weights)
    assert "The small model answers: " in shown
    assert "voice.wav" in printed
    shown, printed = on_a_terminal("predict", "--json", files / "voice.wav", **without_weights)
    assert "small model" not in shown
    assert json.loads(printed)["model"] == "small"


@pytest.mark.slow
def test_colours_are_for_terminals_that_want_them(files):
    for no_colour in ("", "1"):
        shown, _ = on_a_terminal("predict", files / "none.wav", shown="stdout", NO_COLOR=no_colour)
        assert "does not exist" in shown
        assert ("\x1b[31m" in shown) is not bool(no_colour)


@pytest.mark.slow
def test_a_bar_shows_on_a_terminal_how_far_many_files_are(files):
    missing = [files / f"{number}.wav" for number in range(30)]
    shown, printed = on_a_terminal("predict", "--json", *missing)
    assert "listening" in shown
    assert "/30" in shown
    assert len(printed.splitlines()) == 30, "and nothing of it goes to standard output"


@pytest.mark.slow
def test_a_terminal_shows_how_far_one_file_is_and_what_was_written(files, tmp_path):
    picture, labels = tmp_path / "voice.png", tmp_path / "labels"
    written = ("--plot", picture, "--format", "srt", "--out", labels)
    shown, printed = on_a_terminal("predict", files / "voice.wav", *written)
    assert "listening to voice.wav, 0:0" in shown
    assert printed.startswith("emotion")
    assert "listening" not in printed
    for path in (picture, labels / "voice.srt"):
        assert f"Wrote {path}." in shown
        assert path.exists()


def test_the_program_completes_what_is_typed_and_a_module_which_is_no_program_does_not():
    asked = {"_UNDERTONE_COMPLETE": "complete_bash", "COMP_CWORD": "3"}
    typed = {"COMP_WORDS": "undertone predict --format s"}
    program = make_app(add_completion=True)
    said = CliRunner().invoke(program, [], env=asked | typed, prog_name="undertone")
    assert said.output.split() == ["srt"]
    assert "completion" not in CliRunner().invoke(app, ["--help"]).output


def test_a_folder_of_ordinary_recordings_is_what_a_voice_is_compared_with(files):
    usual = files / "usual"
    usual.mkdir()
    for number in range(2):
        soundfile.write(usual / f"{number}.wav", talk(seed=number), SAMPLE_RATE)
    [plain] = records(run("--json", files / "voice.wav"))
    [known] = records(run("--json", "--baseline", usual, files / "voice.wav"))
    assert (plain["baseline"], known["baseline"]) == (False, True)
    assert known["probabilities"] != plain["probabilities"]
    two = records(run("--json", "--baseline", usual, files / "voice.wav", files / "silent.wav"))
    assert two[0]["probabilities"] == known["probabilities"], "in other processes too"
    told = run("--baseline", usual, files / "voice.wav").output
    assert f"Compared with the ordinary voice in {usual} (2 recordings)." in told.replace("\n", "")


def test_a_baseline_without_a_voice_or_of_no_known_form_is_a_sentence(files):
    (files / "none").mkdir()
    soundfile.write(files / "none" / "silent.wav", silence(2.0), SAMPLE_RATE)
    for path, said in {
        files / "none": "There is no speech to know a voice by",
        files / "voice.wav": "is not a baseline",
        files / "nowhere": "cannot be read",
    }.items():
        result = run("--baseline", path, files / "voice.wav")
        assert result.exit_code == 1
        assert said in result.output.replace("\n", " ")
