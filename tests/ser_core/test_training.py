"""A training run from folders to a model and a report."""

import json

import pytest
import soundfile
from rich.console import Console

from ser_core import training
from ser_core.errors import FeatureError, TrainingError
from ser_core.model import load_model
from tests.voices import SAMPLE_RATE, talk

EMOTION_PITCHES = {"02": 90, "03": 175, "06": 240, "07": 125}  # calm, happy, fearful, disgust
FAMILIES = ("prosody",)


@pytest.fixture(scope="module")
def small_ravdess(tmp_path_factory):
    """Three actors who act four emotions by nothing but pitch, three takes of each."""
    root = tmp_path_factory.mktemp("ravdess")
    for actor in (1, 2, 3):
        folder = root / f"Actor_{actor:02d}"
        folder.mkdir()
        for emotion, pitch in EMOTION_PITCHES.items():
            for take in (1, 2):
                for statement in (1, 2):
                    sound = talk(1.0, pitch=pitch * (1 + 0.02 * actor), seed=10 * take + statement)
                    name = f"03-01-{emotion}-01-0{statement}-0{take}-{actor:02d}.wav"
                    soundfile.write(folder / name, sound, SAMPLE_RATE)
    return root


@pytest.fixture(scope="module")
def finished(small_ravdess, tmp_path_factory):
    place = tmp_path_factory.mktemp("run")
    console = Console(record=True, width=100, force_terminal=False)
    training.run(
        {"ravdess": small_ravdess},
        out=place / "models" / "m.joblib",
        report=place / "report",
        families=FAMILIES,
        chains=("channel",),  # which leaves the pitch as it is
        cache=place / "cache",
        console=console,
    )
    return place, console.export_text()


def test_the_model_is_written_with_what_is_known_of_it(finished):
    model = load_model(finished[0] / "models" / "m.joblib")
    assert model.families == FAMILIES
    assert model.emotions == ("calm", "happy", "fearful", "disgust")
    assert model.facts.corpora == {"ravdess": 48}
    assert 0 < model.facts.figures["speaker_independent"]["uar"] <= 1


def test_the_report_has_both_figures_and_a_picture_of_each(finished):
    report = finished[0] / "report"
    figures = json.loads((report / "figures.json").read_text())
    for name in ("speaker_independent", "random_split", "random_split_four_emotions"):
        assert 0 <= figures[name]["accuracy"] <= 1
        picture = (report / f"confusion_{name}.png").read_bytes()
        assert picture.startswith(b"\x89PNG")
    per_emotion = figures["speaker_independent"]["repetitions"][0]["by_emotion"]["calm"]
    assert set(per_emotion) == {"precision", "recall", "f1", "n_clips"}
    assert figures["model"]["corpora"] == {"ravdess": 48}


def test_pitch_alone_tells_emotions_that_differ_in_nothing_else(finished):
    figures = json.loads((finished[0] / "report" / "figures.json").read_text())
    assert figures["speaker_independent"]["uar"] > 0.6, "chance is 0.25"


def test_what_was_found_and_how_good_it_is_is_said(finished):
    said = finished[1]
    assert "RAVDESS speech: 48 of 1,440 clips" in said
    assert "speaker independent" in said


def test_chains_are_read_from_a_list_that_may_be_empty():
    assert training.parse_chains(" voice, channel ") == ("voice", "channel")
    assert training.parse_chains("") == ()
    with pytest.raises(TrainingError, match="mirror"):
        training.parse_chains("voice,mirror")


def test_families_are_read_from_a_list():
    assert training.parse_families(" mel, mfcc ") == ("mel", "mfcc")
    with pytest.raises(FeatureError):
        training.parse_families("mel,mlk")


@pytest.mark.parametrize(
    ("wrong", "says"), [({"out": "."}, "is a folder"), ({"n_jobs": 0}, "1 or more")]
)
def test_what_cannot_end_well_is_said_before_the_work(small_ravdess, tmp_path, wrong, says):
    options = {"out": "m.joblib"} | wrong
    options["out"] = tmp_path / options["out"]
    with pytest.raises(TrainingError, match=says):
        training.run(
            {"ravdess": small_ravdess},
            report=tmp_path / "report",
            console=Console(quiet=True),
            **options,
        )


def test_a_report_that_cannot_be_written_is_said_before_the_work(small_ravdess, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="cannot be made"):
        training.run(
            {"ravdess": small_ravdess},
            out=tmp_path / "m.joblib",
            report=tmp_path / "file" / "report",
            console=Console(quiet=True),
        )
