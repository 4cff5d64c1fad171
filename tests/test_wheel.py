"""The wheel: what it holds, and its programs where there is no checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import ser_core
from ser_core.emotions import EMOTION_NAMES

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "ser_core")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = ["-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run([sys.executable, *build], cwd=PROJECT, check=True)
    (built,) = folder.iterdir()
    return built


class Installed:
    """The wheel in a virtual environment of its own, which borrows the dependencies of this one.

    The checkout cannot be imported there: files in the borrowed folder that add it to the path
    are read only where Python begins with that folder.
    """

    def __init__(self, root: Path, wheel: Path) -> None:
        environment = root / "environment"
        venv.create(environment, symlinks=os.name != "nt")
        paths = sysconfig.get_paths(
            "venv", vars={"base": str(environment), "platbase": str(environment)}
        )
        self._programs = Path(paths["scripts"])
        pip = ["-m", "pip", "--python", str(self._programs / "python"), "install", "--quiet"]
        subprocess.run(
            [sys.executable, *pip, "--no-deps", "--no-index", str(wheel)],
            env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            check=True,
        )
        self.packages = Path(paths["purelib"])
        borrowed = [path for path in sys.path if Path(path).name.endswith("-packages")]
        (self.packages / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
        self._folder = root / "elsewhere"
        self._folder.mkdir()

    def run(self, program: str, *arguments: str) -> tuple[int, str]:
        """Run a program of the environment; return its exit code and what it printed."""
        given = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [self._programs / program, *arguments],
            cwd=self._folder,
            env=given | {"DISCORD_TOKEN": "", "DATABASE_URL": "", "PLAYGROUND_PORT": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Installed:
    return Installed(tmp_path_factory.mktemp("installed"), wheel)


def test_it_holds_the_two_packages_whole_and_nothing_else(wheel: Path):
    files = {
        path.relative_to(PROJECT).as_posix()
        for package in PACKAGES
        for path in (PROJECT / package).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in held if ".dist-info/" not in name} == files
    for some in (
        "bot/analysis/__init__.pyi",
        "bot/analysis/trial/voice.ogg",
        "bot/i18n/locales/de/LC_MESSAGES/undertone.po",
        "bot/playground/page/static/index.html",
        "bot/storage/migrations/script.py.mako",
        "ser_core/evaluation/templates/report.html",
        "ser_core/models/MODEL_CARD.md",
        "ser_core/models/SHA256SUMS",
        "ser_core/models/encoder.joblib",
        "ser_core/models/small.joblib",
        "ser_core/py.typed",
    ):
        assert some in held


def test_nothing_of_the_checkout_can_be_imported(installed: Installed):
    where = "import bot, ser_core; print(bot.__file__, ser_core.__file__, sep='\\n')"
    _, printed = installed.run("python", "-c", where)
    assert all(Path(line).is_relative_to(installed.packages) for line in printed.splitlines())
    for script in ("mic", "train"):
        code, printed = installed.run("python", "-c", f"import {script}")
        assert code != 0
        assert f"No module named '{script}'" in printed


def test_undertone_hears_a_file(installed: Installed):
    assert installed.run("undertone", "--version") == (0, f"undertone {ser_core.__version__}\n")
    code, printed = installed.run("undertone", "predict", str(PROJECT / "examples/note.ogg"))
    assert code == 0
    # Which emotion depends on the weights of the encoder being on this machine.
    assert any(printed.splitlines()[-1].startswith(f"● {name}") for name in EMOTION_NAMES)


@pytest.mark.parametrize("name", ["live", "train"])
def test_undertone_has_what_are_scripts_in_a_checkout(installed: Installed, name: str):
    code, printed = installed.run("undertone", name, "--help")
    assert code == 0
    assert f"Usage: undertone {name} [OPTIONS]" in printed


def test_undertone_bot_finds_all_that_it_needs(installed: Installed):
    code, printed = installed.run("undertone-bot", "check")
    assert (code, printed.splitlines()[-1]) == (0, "Everything is as it should be."), printed
