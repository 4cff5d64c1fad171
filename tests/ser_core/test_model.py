"""Models: what they say of themselves, and which files are refused."""

import io
from dataclasses import replace

import joblib
import numpy as np
import pytest

from ser_core import model as model_module
from ser_core.calibration import Calibration
from ser_core.classifier import TrainingOptions
from ser_core.dataset import Dataset
from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import ModelError, TrainingError
from ser_core.features import feature_names
from ser_core.model import EmotionModel, load_default_model, load_model

FAMILIES = ("tonnetz",)
QUICK = TrainingOptions(n_components=10, hidden_units=16, n_networks=2, epochs=150)


@pytest.fixture(scope="module")
def clips():
    generator = np.random.default_rng(0)
    labels = np.array(["happy", "sad", "angry"] * 40)
    centres = {
        name: generator.standard_normal(len(feature_names(FAMILIES))) for name in set(labels)
    }
    rows = [centres[name] + 0.5 * generator.standard_normal(centres[name].size) for name in labels]
    return np.asarray(rows, dtype=np.float32), labels.tolist()


def made(features, labels):
    names = np.array(labels)
    someone = np.full(names.size, "someone")
    return Dataset(features, names, someone, np.full(names.size, "made"), FAMILIES)


@pytest.fixture(scope="module")
def trained(clips):
    plain = EmotionModel.fit(made(*clips), options=QUICK)
    facts = replace(plain.facts, figures={"uar": 0.5})
    return EmotionModel(plain.pipeline, facts, Calibration(temperature=1.25, threshold=0.5))


@pytest.fixture
def saved(trained, tmp_path):
    path = tmp_path / "model.joblib"
    trained.save(path)
    return path


def altered(saved, **changes):
    contents = joblib.load(saved)
    contents.update(changes)
    joblib.dump(contents, saved)
    return saved


def test_a_model_learns_what_there_is_to_learn(trained, clips):
    features, labels = clips
    right = [
        trained.predict(row).emotion == label for row, label in zip(features, labels, strict=True)
    ]
    assert np.mean(right) > 0.95


def test_probabilities_sum_to_one_in_the_order_of_the_vocabulary(trained, clips):
    prediction = trained.predict(clips[0][0])
    assert sum(prediction.probabilities.values()) == pytest.approx(1.0)
    assert list(prediction.probabilities) == [
        n for n in EMOTION_NAMES if n in prediction.probabilities
    ]
    assert trained.emotions == ("happy", "sad", "angry")


def test_a_calibrated_model_ranks_alike_and_is_less_sure_and_tells_from_where_on_it_is(clips):
    plain = EmotionModel.fit(made(*clips), options=QUICK)
    honest = EmotionModel(plain.pipeline, plain.facts, Calibration(temperature=3.0, threshold=0.9))
    rows = clips[0]
    assert (
        honest.predict_proba(rows).argmax(1).tolist()
        == plain.predict_proba(rows).argmax(1).tolist()
    )
    assert honest.predict_proba(rows).max(1).mean() < plain.predict_proba(rows).max(1).mean()
    sure = [honest.predict(row).is_sure for row in rows]
    assert sure == [p >= 0.9 for p in honest.predict_proba(rows).max(axis=1)]
    assert all(plain.predict(row).is_sure for row in rows), "uncalibrated, it does not know"


def test_several_vectors_of_one_recording_give_their_mean(trained, clips):
    rows = clips[0][:2]
    mean = trained.predict_proba(rows).mean(axis=0)
    assert list(trained.predict(rows).probabilities.values()) == pytest.approx(mean.tolist())


def test_the_same_seed_gives_the_same_model(trained, clips):
    again = EmotionModel.fit(made(*clips), options=QUICK)
    np.testing.assert_array_equal(
        trained.pipeline.predict_proba(clips[0]), again.pipeline.predict_proba(clips[0])
    )


def test_a_model_comes_back_from_its_file_as_it_went(trained, saved, clips):
    back = load_model(saved)
    np.testing.assert_allclose(
        back.predict_proba(clips[0]), trained.predict_proba(clips[0]), atol=1e-5
    )
    assert back.facts == trained.facts
    assert back.calibration == trained.calibration
    assert back.options == QUICK
    assert back.facts.corpora == {"made": 120}
    assert back.facts.figures == {"uar": 0.5}
    assert {"python", "numpy", "scikit-learn", "joblib"} <= set(back.facts.versions)


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        (["happy"] * 120, "two emotions"),
        (["happy", "hangry", "sad"] * 40, "hangry"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(clips, labels, says):
    with pytest.raises(TrainingError, match=says):
        EmotionModel.fit(made(clips[0], labels), options=QUICK)


def test_a_recipe_of_another_version_is_said_in_a_sentence(trained):
    assert trained.options == QUICK
    facts = replace(trained.facts, options={"wings": 2})
    with pytest.raises(ModelError, match="does not know"):
        _ = EmotionModel(trained.pipeline, facts).options


def test_a_file_that_is_missing_or_no_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match="No such file"):
        load_model(tmp_path / "none.joblib")
    (tmp_path / "text.joblib").write_text("hello")
    with pytest.raises(ModelError, match="not a model file"):
        load_model(tmp_path / "text.joblib")
    joblib.dump({"some": "thing"}, tmp_path / "other.joblib")
    with pytest.raises(ModelError, match="no Undertone model"):
        load_model(tmp_path / "other.joblib")


def test_a_file_that_is_cut_off_is_refused(saved):
    saved.write_bytes(saved.read_bytes()[:-100])
    with pytest.raises(ModelError, match="damaged"):
        load_model(saved)


def test_a_file_of_another_format_or_of_other_features_is_refused(saved):
    with pytest.raises(ModelError, match="format 99"):
        load_model(altered(saved, format=99))
    with pytest.raises(ModelError, match="other features"):
        load_model(altered(saved, format=model_module.FORMAT, feature_names=("a", "b")))


def test_a_file_trained_at_another_sample_rate_is_refused(saved):
    facts = joblib.load(saved)["facts"] | {"sample_rate": 8000}
    with pytest.raises(ModelError, match="8000 Hz"):
        load_model(altered(saved, facts=facts))


def test_facts_that_this_version_does_not_know_are_refused_and_not_a_trace(saved):
    with pytest.raises(ModelError, match="damaged"):
        load_model(altered(saved, facts={"unheard": 1}))


def test_a_model_that_answers_otherwise_than_when_it_was_saved_is_refused(saved):
    probe = joblib.load(saved)["probe"]
    with pytest.raises(ModelError, match="scikit-learn"):
        load_model(altered(saved, probe=probe[:, ::-1]))


def test_a_model_that_cannot_be_written_says_so(trained, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written"):
        trained.save(tmp_path / "file" / "model.joblib")


@pytest.fixture
def shipped(saved, monkeypatch):
    monkeypatch.setattr(model_module, "DEFAULT_MODEL_PATH", saved)
    monkeypatch.setattr(model_module, "DIGESTS_PATH", saved.with_name("SHA256SUMS"))
    load_default_model.cache_clear()
    yield saved
    load_default_model.cache_clear()


def test_the_shipped_model_is_not_unpickled_when_its_digest_differs(shipped):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("unpickled",))

    trap = io.BytesIO()
    joblib.dump(Trap(), trap)
    shipped.write_bytes(trap.getvalue())
    shipped.with_name("SHA256SUMS").write_text(f"{'0' * 64}  {shipped.name}\n")
    with pytest.raises(ModelError, match="digest"):
        load_default_model()


def test_the_default_model_is_whole_small_and_knows_all_emotions():
    found = load_default_model()
    assert found.emotions == EMOTION_NAMES
    assert model_module.DEFAULT_MODEL_PATH.stat().st_size <= 10_000_000
    assert found is load_default_model(), "read once in a process"
