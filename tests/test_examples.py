"""The programs in examples/, run as a reader of them would."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ser_core import analyse

PROJECT = Path(__file__).resolve().parent.parent
EXAMPLES = PROJECT / "examples"
PROGRAMS = sorted(path.stem for path in EXAMPLES.glob("*.py") if path.stem != "made_up_voices")


def run(name: str, folder: Path, *arguments: str) -> str:
    """Run an example in a folder; return what it printed."""
    done = start(name, folder, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def start(name: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an example in a folder to its end, however that is."""
    return subprocess.run(
        [sys.executable, str(EXAMPLES / f"{name}.py"), *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        encoding="utf-8",
        timeout=110,
        check=False,
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_says_how_to_run_it_why_and_what_to_see(name: str):
    text = ast.get_docstring(ast.parse((EXAMPLES / f"{name}.py").read_text(encoding="utf-8")))
    assert text is not None
    assert f"``python examples/{name}.py [" in text
    assert "\n\nWhy: " in text
    assert "\n\nWhat to see: " in text


def test_a_file_is_heard_and_a_bad_one_is_a_sentence(tmp_path: Path):
    (tmp_path / "list.txt").write_text("milk, eggs")
    printed = run("hear_a_file", tmp_path, str(EXAMPLES / "note.ogg"), "list.txt", "none.ogg")
    first, *bars, bad, missing = printed.splitlines()
    # Which emotion depends on the weights of the encoder being on this machine.
    assert first.endswith(f"note.ogg: {analyse(EXAMPLES / 'note.ogg').label}, in 14 seconds")
    assert len(bars) == 8
    assert bad.startswith("list.txt: This is text, not a recording")
    assert missing == "none.ogg does not exist: check its name."


@pytest.mark.parametrize(
    ("name", "argument", "sentence"),
    [
        ("draw_a_timeline", "none.ogg", "none.ogg does not exist: check its name."),
        ("train_on_folders", "empty", f"There are no recordings in {Path('empty/EMOTION')}."),
        ("compare_recipes", "voices", "These folders are not emotions: furious."),
    ],
)
def test_what_cannot_be_used_is_a_sentence(name: str, argument: str, sentence: str, tmp_path: Path):
    (tmp_path / "voices/furious").mkdir(parents=True)
    (tmp_path / "voices/furious/a_1.wav").touch()
    done = start(name, tmp_path, argument)
    assert (done.returncode, done.stderr.strip()) == (1, sentence)


def test_a_timeline_is_drawn(tmp_path: Path):
    *segments, last = run("draw_a_timeline", tmp_path).splitlines()
    timeline = analyse(EXAMPLES / "note.ogg").timeline
    assert [line.split("s  ")[1] for line in segments] == [one.label for one in timeline.segments]
    assert len(segments) == 3
    assert last == f"Wrote {Path('out/timeline.png')}."
    assert (tmp_path / "out/timeline.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_model_is_trained_on_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))
    from made_up_voices import write_folders

    write_folders(tmp_path / "voices", n_speakers=2, n_takes=2)
    first, last = run("train_on_folders", tmp_path, "voices").splitlines()
    assert first == "12 clips of 2 speakers"
    assert last.startswith("angry is heard as ")
    assert (tmp_path / "out/own-model.joblib").stat().st_size > 0


@pytest.mark.slow
def test_two_recipes_are_compared(tmp_path: Path):
    warning, *figures = run("compare_recipes", tmp_path).splitlines()
    assert "made up" in warning
    assert [line.split(": UAR ")[0] for line in figures] == ["prosody and voice", "timbre alone"]
    assert all(", between " in line for line in figures)


@pytest.mark.slow
def test_confidence_is_calibrated(tmp_path: Path):
    warning, found, before, after = run("calibrate", tmp_path).splitlines()
    assert "made up" in warning
    assert found.startswith("temperature ")
    assert float(after.split(": ")[1]) < float(before.split(": ")[1])
