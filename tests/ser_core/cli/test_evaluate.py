"""The command `evaluate`."""

import itertools
import json
import sys
from unittest import mock

import pytest
import soundfile
from typer.testing import CliRunner

from ser_core.cli.app import app
from ser_core.models.mlp import TrainingOptions
from tests.ser_core.datasets import write_model, write_ravdess
from tests.ser_core.examinations import few_steps
from tests.voices import SAMPLE_RATE, talk

pytestmark = pytest.mark.slow

RAVDESS = {"02": 110, "03": 240, "05": 330}  # calm, happy, angry, told apart by pitch alone, in Hz
NEMO = {"neutral": 130, "happiness": 240, "anger": 330}
OPTIONS = TrainingOptions(n_components=3, hidden_units=64, n_networks=1, epochs=100, chains=())


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with two small corpora, and a model of the first."""
    root = tmp_path_factory.mktemp("evaluate")
    write_ravdess(root / "ravdess", RAVDESS, takes=2)
    (root / "nemo").mkdir()
    for speaker, take, emotion in itertools.product((1, 2, 3), (1, 2), NEMO):
        sound = talk(1.0, pitch=NEMO[emotion] * (1 - 0.02 * speaker), seed=take)
        name = f"AB{speaker}_{emotion}_{take}.ogg"
        soundfile.write(root / "nemo" / name, sound, SAMPLE_RATE, subtype="OPUS")
    with few_steps():
        write_model(root, options=OPTIONS)
        yield root


def run(place, *arguments, corpora=("ravdess", "nemo"), report="report"):
    data = [word for name in corpora for word in ("--data", f"{name}={place / name}")]
    words = ["evaluate", "--model", place / "model.joblib", "--report", place / report]
    words += ["--cache", place / "cache", "--jobs", "1", *data, *arguments]
    return start([str(word) for word in words])


def start(words):
    with mock.patch.object(sys, "argv", ["ser_core", *words]):
        return CliRunner().invoke(app, words, prog_name="python -m ser_core")


def record(place, report="report"):
    return json.loads((place / report / "report.json").read_text(encoding="utf-8"))


def test_it_writes_a_report_and_says_where(place):
    result = run(place, "--partitions", "1")
    assert result.exit_code == 0, result.output
    assert f"Report: {place / 'report' / 'report.html'}" in result.output.replace("\n", "")
    assert "speaker-independent" in result.output
    assert "A random split flatters" in result.output
    assert (place / "report" / "report.html").stat().st_size > 10_000
    found = record(place)
    assert found["clips"] == {"nemo": 18, "ravdess": 18}
    strangers = found["evaluations"]["speaker-independent"]
    assert strangers["uar"] > 0.5, "chance is 0.25"
    assert len(strangers["repetitions"]) == 1, "as many as partitions"
    assert set(found["own_answers"]) == {"nemo"}
    assert found["options"]["n_components"] == 3, "the model's own recipe"


def test_strangers_are_for_the_model_itself_alone(place):
    strangers = f"nemo={place / 'nemo'}"
    result = run(place, "--splits", "loso", "--strangers", strangers, corpora=["ravdess"])
    assert result.exit_code == 0, result.output
    found = record(place)
    assert (found["clips"], found["strangers"]) == ({"ravdess": 18}, {"nemo": 18})
    assert found["evaluations"]["loso"]["by_corpus"] == {}
    assert found["own_answers"]["nemo"]["repetitions"][0]["n_clips"] == 12, "it knows no neutral"
    refused = run(place, "--strangers", strangers)
    assert refused.exit_code == 1
    assert "nemo is no stranger" in " ".join(refused.output.split())


def test_the_command_that_made_the_report_makes_it_again(place):
    result = run(place, "--splits", "loso", "--emotions", "happy,angry", "--seed", "3")
    assert result.exit_code == 0, result.output
    first = record(place)
    words = first["command"].split()
    assert words[:4] == ["python", "-m", "ser_core", "evaluate"]
    again = start(words[3:])
    assert again.exit_code == 0, again.output
    assert record(place) == first
    assert list(first["evaluations"]) == ["loso"]
    assert first["evaluations"]["loso"]["emotions"] == ["happy", "angry"]
    assert first["options"]["seed"] == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--splits", "luck, loso"], "no split called luck; known are speaker-independent"),
        (["--splits", " , "], "Name at least 1 of speaker-independent"),
        (["--emotions", "calm,hungry"], "no emotion called hungry"),
        (["--emotions", "calm,calm"], "Name at least 2 of neutral"),
        (["--emotions", "sad,disgust"], "no clip of sad or disgust"),
        (["--jobs", "0"], "give 1 or more"),
        (["--data", "ravdess=elsewhere"], "named twice"),
        (["--model", "none.joblib"], "cannot be read"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(place, arguments, says):
    result = run(place, *arguments)
    assert result.exit_code == 1
    assert says in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_a_single_corpus_is_refused_where_two_are_asked_for_and_said_elsewhere(place):
    asked = run(place, "--splits", "cross-corpus", corpora=["ravdess"])
    assert asked.exit_code == 1
    assert "takes two corpora with different speakers" in " ".join(asked.output.split())
    left_out = run(place, "--partitions", "1", corpora=["ravdess"], report="alone")
    assert left_out.exit_code == 0, left_out.output
    said = " ".join(left_out.output.replace("│", " ").split())
    assert "Left out: To train on one corpus" in said
    for emotion, one in record(place, "alone")["evaluations"]["loso"]["by_emotion"].items():
        assert f"{emotion} {one['recall']:.2f}" in said
