"""``import ser_core`` as others use it: what it exports, and the examples in its documentation."""

import doctest
import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ser_core
import ser_core.errors
from ser_core.errors import UndertoneError
from ser_core.models import encoder_problem

PROJECT = Path(__file__).resolve().parent.parent
WITH_EXAMPLES = (
    "ser_core.features.extraction",
    "ser_core.inference.analysis",
    "ser_core.models.emotion_model",
)


needs_encoder = pytest.mark.skipif(
    encoder_problem() is not None,
    reason="the examples are answered by the encoder: undertone download whisper-base",
)


@pytest.fixture(autouse=True)
def beside_the_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder that holds the recording of the examples."""
    shutil.copy(PROJECT / "examples/note.ogg", tmp_path)
    monkeypatch.chdir(tmp_path)


@needs_encoder
@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_in_docstrings_do_what_they_say(module: str):
    done = doctest.testmod(importlib.import_module(module))
    assert done.attempted > 0
    assert done.failed == 0


@needs_encoder
def test_the_snippets_of_the_page_for_those_who_import_it_do_what_they_say():
    page = PROJECT / "docs/library.md"
    done = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert done.attempted > 0
    assert done.failed == 0


def test_every_exported_name_can_be_used():
    assert all(hasattr(ser_core, name) for name in ser_core.__all__)


def test_every_error_is_exported():
    raised = {
        name
        for name, value in vars(ser_core.errors).items()
        if isinstance(value, type) and issubclass(value, UndertoneError)
    }
    assert raised <= set(ser_core.__all__)


def test_importing_it_imports_nothing_else():
    code = "import sys, ser_core; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "numpy" not in loaded
    assert {name for name in loaded if name.startswith("ser_core")} == {"ser_core"}
