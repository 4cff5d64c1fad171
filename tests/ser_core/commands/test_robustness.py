"""The command `robustness`, as a person types it."""

import json

import pytest
import soundfile
from typer.testing import CliRunner

from ser_core.__main__ import app
from ser_core.alterations import BATTERY
from ser_core.classifier import TrainingOptions
from ser_core.corpora import find_clips
from ser_core.dataset import measure
from ser_core.model import EmotionModel
from ser_core.parallel import Workers
from tests.voices import SAMPLE_RATE, talk

EMOTION_PITCHES = {"03": 220, "04": 110}  # happy, sad
SMALL = TrainingOptions(n_components=4, hidden_units=8, n_networks=1, epochs=30)


@pytest.fixture(scope="module")
def ravdess(tmp_path_factory):
    """Three actors who act two emotions by nothing but pitch, two takes of each."""
    root = tmp_path_factory.mktemp("ravdess")
    for actor in (1, 2, 3):
        for emotion, pitch in EMOTION_PITCHES.items():
            for take in (1, 2):
                sound = talk(0.9, pitch=pitch * (1 + 0.02 * actor), seed=take)
                name = f"03-01-{emotion}-01-01-0{take}-{actor:02d}.wav"
                soundfile.write(root / name, sound, SAMPLE_RATE)
    return root


@pytest.fixture(scope="module")
def model(ravdess, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "m.joblib"
    data = measure(
        find_clips("ravdess", ravdess), families=("prosody",), cache=None, workers=Workers(1)
    )
    EmotionModel.fit(data, options=SMALL).save(path)
    return path


def run(ravdess, model, tmp_path, *arguments):
    given = ["--data", f"ravdess={ravdess}", "--model", model, "--jobs", 1]
    given += ["--cache", tmp_path / "cache", *arguments]
    return CliRunner().invoke(app, ["robustness", *map(str, given)], env={"COLUMNS": "100"})


def test_every_alteration_gets_a_line_and_the_file_the_same_figures(ravdess, model, tmp_path):
    path = tmp_path / "new" / "figures.json"
    result = run(ravdess, model, tmp_path, "--clips", 4, "--json", path)
    assert result.exit_code == 0
    figures = json.loads(path.read_text())
    assert figures["n_clips"] == 4
    assert (figures["as_is"], figures["heard_before"]) == (False, False)
    assert figures["options"]["epochs"] == SMALL.epochs, "the recipe is the model's own"
    assert list(figures["effects"]) == list(BATTERY)
    assert figures["effects"]["gain +12 dB"]["unchanged"] == 1.0
    for name, effect in figures["effects"].items():
        (line,) = [line for line in result.output.splitlines() if name in line]
        assert f"{effect['unchanged']:.3f}" in line


def test_a_model_that_is_asked_about_what_it_learned_is_said_to_be_flattered(
    ravdess, model, tmp_path
):
    path = tmp_path / "figures.json"
    result = run(ravdess, model, tmp_path, "--clips", 2, "--as-is", "--json", path)
    assert result.exit_code == 0
    assert "flatter" in result.output
    assert "training" not in result.output
    assert json.loads(path.read_text())["heard_before"] is True


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--data", "ravdess"], "which corpus it is"),
        (["--jobs", "0"], "give 1 or more"),
        (["--json", "."], "is a folder"),
        (["--model", "none.joblib"], "cannot be read"),
    ],
)
def test_what_cannot_end_well_is_a_sentence(ravdess, model, tmp_path, arguments, says):
    result = run(ravdess, model, tmp_path, *arguments)
    assert result.exit_code == 1
    assert says in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_without_a_corpus_it_says_what_it_wants():
    result = CliRunner().invoke(app, ["robustness"])
    assert result.exit_code == 2
    assert "--data" in result.output
