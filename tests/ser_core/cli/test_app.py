"""The command line as a whole: its commands, and what each program calls itself."""

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

import ser_core
from ser_core.cli.app import app
from ser_core.cli.options import command
from tests.conftest import PROJECT

COMMANDS = ["predict", "live", "train", "evaluate", "robustness", "download"]


def python(*arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_help_lists_the_commands_in_the_order_of_their_use():
    lines = CliRunner().invoke(app, ["--help"]).output.splitlines()
    words = [line.split()[1] for line in lines if line.startswith("│ ") and line[2] != " "]
    assert [word for word in words if not word.startswith("-")] == COMMANDS


def test_it_says_its_version():
    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.output) == (0, f"undertone {ser_core.__version__}\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "usage"),
    [
        (("-m", "ser_core", "live", "--fast"), "Usage: python -m ser_core live [OPTIONS] [FILE]"),
        (("mic.py", "--fast"), "Usage: mic.py [OPTIONS] [FILE]"),
        (("-m", "ser_core", "train"), "Usage: python -m ser_core train [OPTIONS] "),
        (("train.py",), "Usage: train.py [OPTIONS] "),
        (("-c", "import ser_core.cli as c; c.main()", "live", "-h"), "Usage: undertone live "),
        (("-m", "bot", "-h"), "Usage: python -m bot [OPTIONS] "),
        (("-c", "import bot; bot.main()", "-h"), "Usage: undertone-bot [OPTIONS] "),
    ],
)
def test_what_is_typed_wrong_is_explained_under_the_name_that_was_called(arguments, usage):
    done = python(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(usage)


@pytest.mark.parametrize(
    ("program", "typed"),
    [
        ("train.py", "python train.py 'ravdess=my folder'"),
        ("undertone", "undertone 'ravdess=my folder'"),
        ("python -m ser_core", "python -m ser_core 'ravdess=my folder'"),
    ],
)
def test_the_command_in_a_report_can_be_given_again(monkeypatch, program, typed):
    monkeypatch.setattr(sys, "argv", ["anything", "ravdess=my folder"])
    context = typer.Context(typer.main.get_command(app), info_name=program)
    assert command(context) == typed


def test_it_starts_without_what_only_training_and_listening_need():
    done = python("-c", "import sys, ser_core.cli.app; print(*sys.modules)")
    assert not {"ser_core.training", "pyaudio"} & set(done.stdout.split())


@pytest.mark.parametrize("package", ["bot", "ser_core.cli"])
def test_a_program_that_is_imported_again_by_its_processes_imports_nothing_more(package):
    done = python("-c", f"import sys; from {package} import main; print(*sys.modules)")
    assert not {"typer", "discord", "numpy"} & set(done.stdout.split())
