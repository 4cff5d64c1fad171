"""A training run, from folders to a model file and a report."""

import json
import os

import numpy as np
import platformdirs
import pytest
from sklearn.neural_network import MLPClassifier
from typer.testing import CliRunner

from ser_core.cli import app as command_line
from ser_core.cli import train
from ser_core.cli.train import STOPPED
from ser_core.models import mlp
from ser_core.models.emotion_model import load_model
from ser_core.models.mlp import TrainingOptions
from tests.ser_core.datasets import write_ravdess
from tests.ser_core.features.whisper.models import model_file, random_variables

pytestmark = pytest.mark.slow

CHANCE = 1 / 4


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with clips whose emotions differ in pitch alone, and with other labels."""
    root = tmp_path_factory.mktemp("train")
    # calm, happy, fearful, disgust
    pitches = {"02": 90, "03": 175, "06": 240, "07": 125}
    write_ravdess(root / "told", pitches, takes=2, statements=2)
    (root / "shuffled").mkdir()
    for actor in ("01", "02", "03"):
        paths = sorted((root / "told").glob(f"*-{actor}.wav"))
        others = np.random.default_rng(int(actor)).permutation([path.name for path in paths])
        for path, other in zip(paths, others, strict=True):
            if not other.startswith("03-01-07"):  # three emotions are enough
                os.link(path, root / "shuffled" / other)
    return root


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Train small networks for a few steps."""
    small = TrainingOptions(
        n_components=20, hidden_units=32, n_networks=1, alpha=1.0, batch_size=64, epochs=60
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train, "default_options", lambda families: small)
        patch.setattr(mlp, "LEAST_STEPS", 150)
        yield


def run(place, folder="told", *arguments, name="run", corpus="ravdess"):
    out = place / name
    words = [f"{corpus}={place / folder}", "--out", out / "models" / "m.joblib"]
    words += ["--report", out / "report", "--cache", place / "cache", "--jobs", 1]
    words += ["--families", "prosody", "--chains", "", *arguments]
    return CliRunner().invoke(train.app, [str(word) for word in words], env={"COLUMNS": "100"})


def report(place, name):
    return json.loads((place / name / "report" / "report.json").read_text(encoding="utf-8"))


def uar(place, name):
    return report(place, name)["evaluations"]["speaker-independent"]["uar"]


@pytest.fixture(scope="module")
def finished(place):
    # The channel leaves the pitch as it is.
    return run(place, "told", "--chains", "channel", "--seed", "3")


def test_the_model_is_written_with_what_is_known_of_it(place, finished):
    assert finished.exit_code == 0, finished.output
    model = load_model(place / "run" / "models" / "m.joblib")
    assert model.families == ("prosody",)
    assert model.emotions == ("calm", "happy", "fearful", "disgust")
    assert model.facts.corpora == {"ravdess": 48}
    assert model.facts.figures["speaker-independent"]["uar"] == uar(place, "run")
    assert model.calibration.threshold > CHANCE
    assert (model.options.chains, model.options.seed) == (("channel",), 3)


def test_the_report_has_the_figures_of_strangers_and_those_of_tutorials(place, finished):
    found = report(place, "run")
    assert list(found["evaluations"]) == ["speaker-independent", "random", "random-four-emotions"]
    assert found["left_out"] == ["ravdess"], "what it learned from proves nothing"
    page = (place / "run" / "report" / "report.html").read_text(encoding="utf-8")
    assert page.count("This flatters") == 2
    said = " ".join(finished.output.split())
    assert "RAVDESS speech: 48 of 1,440 clips" in said
    assert "speaker-independent" in said


def test_what_the_clips_tell_is_learned_and_shuffled_labels_give_chance(place, finished):
    shuffled = run(place, "shuffled", name="shuffled-run")
    assert shuffled.exit_code == 0, shuffled.output
    assert uar(place, "run") > 0.6
    assert uar(place, "shuffled-run") == pytest.approx(1 / 3, abs=0.15)
    ways = report(place, "shuffled-run")["evaluations"]
    assert list(ways) == ["speaker-independent", "random"]


def test_listeners_votes_are_learned_from_and_reported(place):
    # The told clips again, under names of CREMA-D; listeners hear disgust as happiness.
    codes = {"03": "HAP", "06": "FEA", "07": "DIS"}
    (place / "crema-d" / "AudioWAV").mkdir(parents=True)
    rows = ["clip,angry,disgust,fearful,happy,neutral,sad"]
    for path in (place / "told").glob("*.wav"):
        _, _, emotion, _, statement, take, actor = path.stem.split("-")
        if emotion in codes:
            sentence = "ABCD"[2 * int(statement) + int(take) - 3] * 3
            name = f"10{actor}_{sentence}_{codes[emotion]}_XX"
            os.link(path, place / "crema-d" / "AudioWAV" / f"{name}.wav")
            votes = {"03": "0,0,0,9,0,0", "06": "0,0,9,0,0,0", "07": "0,0,0,9,0,0"}[emotion]
            rows.append(f"{name},{votes}")
    (place / "crema-d" / "voice_votes.csv").write_text("\n".join(rows))
    done = run(place, "crema-d", "--votes", "1", name="votes", corpus="crema-d")
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "CREMA-D: 36 of 7,442 clips 36 with listeners' votes" in said
    assert "without 1076_MTI_SAD_XX: it has no signal" in said
    model = load_model(place / "votes" / "models" / "m.joblib")
    assert model.options.votes == 1.0
    assert model.emotions == ("happy", "fearful"), "nobody heard disgust"
    found = report(place, "votes")["evaluations"]["speaker-independent"]
    assert (found["listeners"]["n_clips"], found["listeners"]["one_listener"]) == (36, 1.0)
    assert found["listeners"]["agreement"] > 0.9
    assert found["uar"] < 0.7


def test_strangers_are_tested_on_and_never_learned_from(place):
    # The told clips again, under names of nEMO.
    codes = {"03": "happiness", "06": "fear"}
    (place / "nemo").mkdir()
    for path in (place / "told").glob("*.wav"):
        _, _, emotion, _, statement, take, actor = path.stem.split("-")
        if emotion in codes:
            os.link(path, place / "nemo" / f"AB{actor[-1]}_{codes[emotion]}_{statement}{take}.wav")
    done = run(place, "told", "--strangers", f"nemo={place / 'nemo'}", name="strangers")
    assert done.exit_code == 0, done.output
    model = load_model(place / "strangers" / "models" / "m.joblib")
    assert model.facts.corpora == {"ravdess": 48}
    found = report(place, "strangers")
    assert (found["clips"], found["strangers"]) == ({"ravdess": 48}, {"nemo": 24})
    assert found["own_answers"]["nemo"]["uar_among_own"] > 0.9, "it knows these very clips"
    assert found["model"]["calibration"]["threshold"] == model.calibration.threshold
    refused = run(place, "told", "--strangers", f"ravdess={place / 'told'}", name="never")
    assert refused.exit_code == 1
    assert "ravdess is no stranger" in " ".join(refused.output.split())


def test_an_encoder_takes_the_place_of_the_family_whisper(place, monkeypatch, tmp_path):
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    (tmp_path / "faster-whisper-mini").mkdir()
    (tmp_path / "faster-whisper-mini" / "model.bin").write_bytes(model_file(random_variables()))
    arguments = ["--families", "whisper,prosody", "--encoder", tmp_path / "faster-whisper-mini"]
    done = run(place, "told", *arguments, name="encoder")
    assert done.exit_code == 0, done.output
    path = place / "encoder" / "models" / "m.joblib"
    (family,) = set(load_model(path).families) - {"prosody"}
    assert family.startswith("whisper:mini-")
    predicted = CliRunner().invoke(
        command_line.app,
        ["predict", "--json", "--model", str(path), str(sorted((place / "told").iterdir())[0])],
    )
    assert predicted.exit_code == 0, predicted.output
    assert json.loads(predicted.stdout)["emotion"] in ("calm", "happy", "fearful", "disgust")


def test_ctrl_c_while_a_network_is_trained_ends_it_with_a_sentence(place, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(MLPClassifier, "_backprop", interrupt)  # which goes on all the same
    result = run(place, name="stopped")
    assert (result.exit_code, result.output.splitlines()[-1]) == (130, STOPPED)
    assert not (place / "stopped" / "models" / "m.joblib").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--out", "."], "is a folder"),
        (["--report", "file/report"], "cannot be made"),
        (["--jobs", "0"], "1 or more"),
        (["--chains", "voice,mirror"], "no chain called mirror; known are channel, voice"),
        (["--families", "mel,mlk"], "no feature family called mlk"),
        (["--families", "mel,mel"], "each only once"),
        (["--families", ","], "Name at least one feature family"),
        (["--encoder", "nowhere"], "nowhere cannot be read: No such file"),
    ],
)
def test_what_cannot_end_well_is_said_before_the_work(place, monkeypatch, arguments, says):
    monkeypatch.chdir(place)
    (place / "file").write_text("")
    result = run(place, "told", *arguments, name="never")
    assert result.exit_code == 1
    assert says in " ".join(result.output.split())
    assert "measuring" not in result.output


def test_where_nothing_may_be_written_that_is_said_before_the_work(place, monkeypatch):
    # Root may write anywhere.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    result = run(place, name="never")
    assert result.exit_code == 1
    assert "cannot be written" in " ".join(result.output.split())
