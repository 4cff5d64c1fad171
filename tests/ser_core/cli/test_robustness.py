"""The command `robustness`."""

import json

import pytest
from typer.testing import CliRunner

from ser_core.cli.app import app
from ser_core.dataset.alterations import BATTERY
from ser_core.models.mlp import TrainingOptions
from tests.ser_core.datasets import write_model, write_ravdess

pytestmark = pytest.mark.slow

SMALL = TrainingOptions(n_components=4, hidden_units=8, n_networks=1, epochs=30, chains=())


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with clips of three actors who are happy or sad, and a model of them."""
    root = tmp_path_factory.mktemp("robustness")
    write_ravdess(root / "ravdess", {"03": 220, "04": 110}, takes=2)
    write_model(root, options=SMALL)
    return root


def run(place, *arguments):
    given = ["--data", f"ravdess={place / 'ravdess'}", "--model", place / "model.joblib"]
    given += ["--cache", place / "cache", "--jobs", 1, *arguments]
    return CliRunner().invoke(app, ["robustness", *map(str, given)], env={"COLUMNS": "100"})


def test_every_alteration_gets_a_line_and_the_file_the_same_figures(place):
    path = place / "new" / "figures.json"
    result = run(place, "--clips", 4, "--json", path)
    assert result.exit_code == 0
    figures = json.loads(path.read_text())
    assert figures["n_clips"] == 4
    assert (figures["as_is"], figures["heard_before"]) == (False, False)
    assert figures["options"]["epochs"] == SMALL.epochs, "the recipe is the model's own"
    assert list(figures["effects"]) == list(BATTERY)
    assert figures["effects"]["gain +12 dB"] == {
        "unchanged": 1.0,
        "no_speech": 0.0,
        "uar": figures["uar"],
    }
    for name, effect in figures["effects"].items():
        (line,) = [line for line in result.output.splitlines() if name in line]
        assert f"{effect['unchanged']:.3f}" in line


def test_a_model_that_is_asked_about_what_it_learned_is_said_to_be_flattered(place):
    result = run(place, "--clips", 2, "--as-is", "--json", place / "figures.json")
    assert result.exit_code == 0
    assert "flatter" in result.output
    assert "training" not in result.output
    assert json.loads((place / "figures.json").read_text())["heard_before"] is True


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--data", "ravdess"], "which corpus it is"),
        (["--jobs", "0"], "give 1 or more"),
        (["--json", "."], "is a folder"),
        (["--model", "none.joblib"], "cannot be read"),
    ],
)
def test_what_cannot_end_well_is_a_sentence(place, arguments, says):
    result = run(place, *arguments)
    assert result.exit_code == 1
    assert says in " ".join(result.output.split())
    assert "Traceback" not in result.output
