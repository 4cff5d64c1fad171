"""The project as a whole: imports between packages, dependencies, commands of the Makefile."""

import ast
import graphlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ser_core.features.whisper import WHISPER_BASE

PROJECT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
CONSTRAINTS = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()

FOR_THEIR_EFFECT = {Path("bot/analysis/preload.py"), Path("bot/storage/migrations/env.py")}
"""Modules that do their work when they are imported."""

NEVER_IMPORTED = {
    "torch",
    "tensorflow",
    "transformers",
    "onnxruntime",
    "pyaudio",
    "pytest",
    "playwright",
}
"""Packages that no module may import at its start: too large, extras, or only for tests."""

LARGEST_AUDIO = 200_000  # bytes
LARGEST_FILE = 10_000_000  # bytes; the default model has the most
AUDIO_SUFFIXES = {".aac", ".amr", ".flac", ".m4a", ".mp3", ".mp4", ".ogg", ".opus", ".wav", ".webm"}

ALL_TESTS = [
    "-m pytest --numprocesses auto --dist loadscope -m not alone",
    "-m pytest -m alone",
]
"""What `make test` runs: side by side what can be, and then alone what measures time."""

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
needs_git = pytest.mark.skipif(
    shutil.which("git") is None or not (PROJECT / ".git").exists(), reason="this is no git checkout"
)


def modules(*packages: str) -> list[Path]:
    """Return the project's modules, as paths from its root."""
    found = [path for package in packages for path in (PROJECT / package).rglob("*.py")]
    return sorted(path.relative_to(PROJECT) for path in found)


def imports(module: Path) -> Iterator[str]:
    """Return the dotted names that a module imports, anywhere in it."""
    package = ".".join(module.parent.parts)
    for node in ast.walk(ast.parse((PROJECT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively: spell out {package}"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def exists(dotted: str) -> bool:
    path = PROJECT.joinpath(*dotted.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def tracked() -> list[Path]:
    """Return the files that git tracks and that exist."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    paths = (PROJECT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


class TestImports:
    """What import-linter's contracts in pyproject.toml do not hold."""

    @pytest.mark.parametrize("package", ["ser_core", "bot"])
    def test_no_import_runs_in_a_circle(self, package: str) -> None:
        graph = {}
        for module in modules(package):
            own = ".".join(module.with_suffix("").parts).removesuffix(".__init__")
            used = {name for name in imports(module) if name.startswith(f"{package}.")}
            # `from package.module import name` uses a module or a name in one: keep the module.
            used = {name if exists(name) else name.rpartition(".")[0] for name in used}
            graph[own] = used - {own}
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            circle = error.args[1]
        else:
            circle = []
        assert circle == []

    def test_importing_everything_imports_nothing_heavy(self) -> None:
        names = [
            ".".join(module.with_suffix("").parts).removesuffix(".__init__")
            for module in modules("ser_core", "bot")
            if module not in FOR_THEIR_EFFECT
        ]
        code = f"import sys, {', '.join(names)}\nprint(*sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
        )
        assert not NEVER_IMPORTED & set(done.stdout.split())


class TestSize:
    """Recordings and other large files stay out."""

    @needs_git
    def test_git_keeps_no_recordings_and_nothing_large(self) -> None:
        for path in tracked():
            audio = path.suffix.lower() in AUDIO_SUFFIXES
            assert path.stat().st_size <= (LARGEST_AUDIO if audio else LARGEST_FILE), path


class TestDependencies:
    """One version of each, by name alone."""

    def pins(self) -> dict[str, str]:
        requirements = map(Requirement, CONSTRAINTS)
        return {
            canonicalize_name(pin.name): str(pin.specifier)
            for pin in requirements
            if pin.marker is None or pin.marker.evaluate()
        }

    def required(self) -> list[Requirement]:
        project = PYPROJECT["project"]
        extras = project["optional-dependencies"].values()
        lines = [line for lines in (project["dependencies"], *extras) for line in lines]
        named = [one for one in map(Requirement, lines) if one.name != project["name"]]
        return [one for one in named if one.marker is None or one.marker.evaluate()]

    def test_constraints_are_names_and_versions(self) -> None:
        pin = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+(; python_version [<>=]+ '3\.\d+')?")
        assert [line for line in CONSTRAINTS if not pin.fullmatch(line)] == []
        assert sorted(CONSTRAINTS, key=str.casefold) == CONSTRAINTS

    def test_no_address_is_named_to_install_from(self) -> None:
        for name in ("pyproject.toml", "constraints.txt", "Makefile", ".ci/run"):
            assert "://" not in (PROJECT / name).read_text(encoding="utf-8")

    def test_every_dependency_is_pinned_to_a_version_that_it_allows(self) -> None:
        pins = self.pins()
        for requirement in self.required():
            version = pins[canonicalize_name(requirement.name)].removeprefix("==")
            assert requirement.specifier.contains(version), requirement

    def test_the_dependencies_of_dependencies_are_pinned(self) -> None:
        pins = self.pins()
        todo, seen = self.required(), set()
        while todo:
            requirement = todo.pop()
            name = canonicalize_name(requirement.name)
            extras = {"", *requirement.extras}
            if requirement.marker is not None and not requirement.marker.evaluate():
                continue
            if (name, *sorted(extras)) in seen:
                continue
            seen.add((name, *sorted(extras)))
            assert name in pins, f"{requirement} is not in constraints.txt"
            try:
                needed = map(Requirement, importlib.metadata.requires(name) or ())
            except importlib.metadata.PackageNotFoundError:
                continue  # an extra that is not installed here
            todo += [
                needs
                for needs in needed
                if needs.marker is None
                or any(needs.marker.evaluate({"extra": extra}) for extra in extras)
            ]


@needs_make
class TestMake:
    """The Makefile in a copy of the project, with a script for Python that records its calls."""

    PYTHON = """#!/bin/sh
    echo "$*" >> calls
    case "$*" in *download*) exit "${WEIGHTS_FAIL:-0}" ;; esac
    case "$*" in *"[mic]"*) echo "portaudio.h: no such file" >&2; exit "${MIC_FAILS:-0}" ;; esac
    """

    @pytest.fixture
    def project(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Return a project whose virtual environment is complete, but for PyAudio."""
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "the cache"))
        self.weights(tmp_path).parent.mkdir(parents=True)
        self.weights(tmp_path).touch()
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(PROJECT / name, tmp_path)
            os.utime(tmp_path / name, (0, 0))
        python = tmp_path / ".venv/bin/python"
        python.parent.mkdir(parents=True)
        python.write_text(self.PYTHON)
        python.chmod(0o755)
        for number, marker in enumerate((".python", ".bot", ".dev"), start=1):
            (tmp_path / ".venv" / marker).touch()
            os.utime(tmp_path / ".venv" / marker, (number, number))
        return tmp_path

    def weights(self, project: Path) -> Path:
        return project / "the cache/undertone/whisper-base/encoder.onnx"

    def make(self, project: Path, *arguments: str) -> tuple[int, str, list[str]]:
        """Run make; return its exit code, its output, and the calls of Python."""
        calls = project / "calls"
        calls.write_text("")
        # When make runs these tests, its variables would make the inner ones parts of it.
        outer = {"ARGS", "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON"}
        environment = {name: value for name, value in os.environ.items() if name not in outer}
        done = subprocess.run(
            ["make", *arguments],
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr, calls.read_text().splitlines()

    def test_help_lists_every_command(self, project: Path) -> None:
        makefile = (project / "Makefile").read_text(encoding="utf-8")
        phony = " ".join(re.findall(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)).split()
        commands = [name for name in phony if not name.startswith(".")]
        code, said, calls = self.make(project)
        assert (code, calls) == (0, [])
        assert [line.split()[1] for line in said.splitlines()] == commands
        assert {"bot", "test", "lint", "mic"} <= set(commands)

    def test_a_second_call_installs_nothing(self, project: Path) -> None:
        assert self.make(project, "bot") == (0, "", ["-m bot"])
        self.make(project, "test")
        assert self.make(project, "test") == (0, "", ALL_TESTS)
        assert self.make(project, "test", "ARGS=tests/mic -x") == (
            0,
            "",
            ["-m pytest tests/mic -x"],
        )

    def test_a_changed_list_of_dependencies_is_installed(self, project: Path) -> None:
        (project / "constraints.txt").touch()
        _, _, calls = self.make(project, "bot")
        assert len(calls) == 2
        assert calls[0].endswith("--constraint constraints.txt --editable .")
        assert calls[1] == "-m bot"

    @pytest.mark.parametrize("target", ["bot", "test", "test-quick", "coverage", "weights"])
    def test_weights_that_are_missing_are_downloaded_first(
        self, project: Path, target: str
    ) -> None:
        self.make(project, "test")
        _, _, usual = self.make(project, target)
        self.weights(project).unlink()
        code, said, calls = self.make(project, target)
        assert (code, said) == (0, "")
        assert calls == ["-m ser_core download whisper-base", *usual]

    def test_weights_that_cannot_be_had_are_a_sentence_and_the_bot_runs(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("WEIGHTS_FAIL", "1")
        self.weights(project).unlink()
        code, said, calls = self.make(project, "bot")
        assert (code, calls[-1]) == (0, "-m bot")
        assert said.startswith("Without the weights, the small model answers")

    @pytest.mark.skipif(sys.platform != "linux", reason="the folder is another one elsewhere")
    def test_it_looks_for_the_weights_where_they_are_kept(self, project: Path) -> None:
        assert self.weights(project) == WHISPER_BASE.path

    def test_a_missing_pyaudio_leaves_the_tests_running_and_is_not_tried_each_time(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MIC_FAILS", "1")
        code, said, calls = self.make(project, "test")
        assert (code, calls[-2:]) == (0, ALL_TESTS)
        assert "PyAudio could not be built" in said
        assert "make mic" in said
        assert "no such file" in (project / ".venv/mic.log").read_text()
        assert self.make(project, "test") == (0, "", ALL_TESTS)

    def test_make_mic_tries_pyaudio_again_and_then_runs_the_microphone(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MIC_FAILS", "1")
        self.make(project, "test")
        code, said, calls = self.make(project, "mic")
        assert code != 0
        assert "PyAudio could not be built" in said
        assert "mic.py" not in " ".join(calls)
        monkeypatch.setenv("MIC_FAILS", "0")
        assert self.make(project, "mic", "ARGS=--seconds 3")[2][-1] == "mic.py --seconds 3"
        assert self.make(project, "mic")[2] == ["mic.py"]

    def test_a_missing_python_is_a_sentence(self, project: Path) -> None:
        shutil.rmtree(project / ".venv")
        code, said, _ = self.make(project, "bot", "PYTHON=no-such-python")
        assert code != 0
        assert said.startswith("Undertone needs Python 3.11 or newer: install it, or say where")
        assert not (project / ".venv").exists()

    def test_a_python_that_is_gone_is_replaced(self, project: Path) -> None:
        python = project / ".venv/bin/python"
        python.unlink()
        python.symlink_to(project / "uninstalled")
        code, said, _ = self.make(project, "bot", "PYTHON=no-such-python")
        assert code != 0
        assert said.startswith("Undertone needs Python 3.11 or newer")
