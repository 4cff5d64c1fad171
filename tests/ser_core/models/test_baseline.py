"""A known voice: its file, and what a model does with it."""

from dataclasses import replace

import numpy as np
import pytest

from ser_core.errors import BaselineError
from ser_core.models.baseline import Baseline, load_baseline
from ser_core.models.emotion_model import EmotionModel, load_model
from ser_core.models.mlp import TrainingOptions
from tests.ser_core.datasets import FAMILIES, N_FEATURES, dataset, training_arrays

QUICK = TrainingOptions(n_components=10, hidden_units=16, n_networks=1, epochs=80)


@pytest.fixture(scope="module")
def data():
    """Return clips of speakers whose angry clips lie 3 above their own neutral ones."""
    clips = [("made", str(who), name) for who in range(6) for name in ("neutral", "angry") * 10]
    made = dataset(clips)
    height = np.array([int(who) - 2.5 for who in made.speakers]) + 3.0 * (made.emotions == "angry")
    features = 0.3 * made.features + height[:, None].astype(np.float32)
    return replace(made, features=features)


@pytest.fixture(scope="module")
def model(data):
    return EmotionModel.fit(**training_arrays(data), options=QUICK)


def voice_of(level, n_clips=30):
    return Baseline.of_clips(
        np.full((n_clips, N_FEATURES), level, dtype=np.float32), families=FAMILIES
    )


def test_a_voice_that_is_high_for_others_and_ordinary_for_its_owner_is_neutral(model):
    high = np.full(N_FEATURES, 6.0, dtype=np.float32)
    assert model.predict(high).emotion == "angry"
    assert model.with_baseline(voice_of(6.0)).predict(high).emotion == "neutral"
    assert model.with_baseline(voice_of(6.0)).predict(high + 3.0).emotion == "angry"


def test_the_training_speakers_count_as_one_more_clip(model):
    shift = voice_of(6.0, n_clips=3).shift(model.neutral_mean)
    np.testing.assert_allclose(shift, 0.75 * (6.0 - model.neutral_mean), rtol=1e-5)
    unmoved = Baseline(model.neutral_mean, 3, FAMILIES)
    np.testing.assert_array_equal(unmoved.shift(model.neutral_mean), 0.0)


def test_every_speaker_counts_once_in_the_ordinary_voice_however_many_clips_they_have(data, model):
    twice = data.take(np.concatenate([np.arange(len(data)), np.flatnonzero(data.speakers == "0")]))
    again = EmotionModel.fit(**training_arrays(twice), options=replace(QUICK, epochs=1))
    np.testing.assert_allclose(again.neutral_mean, model.neutral_mean, atol=1e-5)


def test_a_model_keeps_what_it_needs_for_baselines_in_its_file(model, tmp_path):
    model.save(tmp_path / "model.joblib")
    read = load_model(tmp_path / "model.joblib")
    np.testing.assert_array_equal(read.neutral_mean, model.neutral_mean)
    assert read.baseline is None


def test_a_baseline_comes_back_from_its_file_as_it_was(tmp_path):
    one = Baseline(np.arange(N_FEATURES, dtype=np.float32), 3, FAMILIES)
    one.save(tmp_path / "me.baseline")
    read = load_baseline(tmp_path / "me.baseline")
    np.testing.assert_array_equal(read.mean, one.mean)
    assert (read.n_clips, read.families) == (3, FAMILIES)


@pytest.mark.parametrize("damage", ["missing", "text", "cut", "shape"])
def test_what_is_no_baseline_is_refused(damage, tmp_path):
    path = tmp_path / "me.baseline"
    if damage == "text":
        path.write_text("hello")
    elif damage == "cut":
        voice_of(1.0).save(path)
        path.write_bytes(path.read_bytes()[:200])
    elif damage == "shape":
        Baseline(np.zeros(2, dtype=np.float32), 3, FAMILIES).save(path)
    with pytest.raises(BaselineError, match=r"me\.baseline"):
        load_baseline(path)


def test_a_baseline_of_another_model_is_refused(model):
    with pytest.raises(BaselineError, match="another model"):
        model.with_baseline(Baseline(np.zeros(3, dtype=np.float32), 3, ("prosody",)))


def test_a_model_that_learned_from_no_neutral_clips_takes_no_baseline(data):
    acted = replace(data, emotions=np.where(data.emotions == "neutral", "calm", data.emotions))
    trained = EmotionModel.fit(**training_arrays(acted), options=replace(QUICK, epochs=1))
    with pytest.raises(BaselineError, match="no neutral clips"):
        trained.with_baseline(voice_of(1.0))
