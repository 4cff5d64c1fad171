"""Models: training, facts, files, and which files are refused."""

from dataclasses import replace

import joblib
import numpy as np
import pytest

from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import ModelError, TrainingError
from ser_core.models import emotion_model as model_module
from ser_core.models.calibration import Calibration
from ser_core.models.emotion_model import EmotionModel, load_default_model, load_model
from ser_core.models.mlp import TrainingOptions
from tests.ser_core.datasets import N_FEATURES, dataset, training_arrays

QUICK = TrainingOptions(n_components=10, hidden_units=16, n_networks=2, epochs=150)


@pytest.fixture(scope="module")
def data():
    made = dataset([("made", "someone", name) for name in ("happy", "sad", "angry")] * 40)
    centres = np.random.default_rng(1).standard_normal((3, N_FEATURES)).astype(np.float32)
    return replace(made, features=np.tile(centres, (40, 1)) + 0.5 * made.features)


@pytest.fixture(scope="module")
def trained(data):
    plain = fit(data)
    facts = replace(plain.facts, figures={"uar": 0.5})
    return EmotionModel(plain.pipeline, facts, Calibration(temperature=1.25, threshold=0.5))


@pytest.fixture
def saved(trained, tmp_path):
    path = tmp_path / "model.joblib"
    trained.save(path)
    return path


def fit(data):
    return EmotionModel.fit(**training_arrays(data), options=QUICK)


def test_a_model_learns_what_there_is_to_learn(trained, data):
    found = [trained.predict(row).emotion for row in data.features]
    assert np.mean(np.array(found) == data.emotions) > 0.95


def test_probabilities_sum_to_one_in_the_order_of_the_vocabulary(trained, data):
    prediction = trained.predict(data.features[0])
    assert sum(prediction.probabilities.values()) == pytest.approx(1.0)
    assert tuple(prediction.probabilities) == trained.emotions == ("happy", "sad", "angry")


def test_a_calibrated_model_ranks_alike_and_is_less_sure_and_tells_from_where_on_it_is(data):
    plain = fit(data)
    honest = EmotionModel(plain.pipeline, plain.facts, Calibration(temperature=3.0, threshold=0.9))
    before, after = (model.predict_proba(data.features) for model in (plain, honest))
    assert before.argmax(axis=1).tolist() == after.argmax(axis=1).tolist()
    assert after.max(axis=1).mean() < before.max(axis=1).mean()
    sure = [honest.predict(row).is_sure for row in data.features]
    assert sure == (after.max(axis=1) >= 0.9).tolist()
    assert plain.predict(data.features).is_sure, "uncalibrated, it does not know"


def test_several_vectors_of_one_recording_give_their_mean(trained, data):
    rows = data.features[:2]
    mean = trained.predict_proba(rows).mean(axis=0)
    assert list(trained.predict(rows).probabilities.values()) == pytest.approx(mean.tolist())


def test_the_same_seed_gives_the_same_model(trained, data):
    again = fit(data).pipeline.predict_proba(data.features)
    np.testing.assert_array_equal(trained.pipeline.predict_proba(data.features), again)


def test_a_model_comes_back_from_its_file_as_it_went(trained, saved, data):
    back = load_model(saved)
    rows = data.features
    np.testing.assert_allclose(back.predict_proba(rows), trained.predict_proba(rows), atol=1e-5)
    assert back.facts == trained.facts
    assert back.calibration == trained.calibration
    assert back.options == QUICK
    assert back.facts.corpora == {"made": 120}
    assert back.facts.figures == {"uar": 0.5}
    assert {"python", "numpy", "scikit-learn", "joblib"} <= set(back.facts.versions)


@pytest.mark.parametrize(
    ("labels", "says"), [(["happy"], "two emotions"), (["happy", "hangry"], "hangry")]
)
def test_what_cannot_be_trained_on_is_refused(labels, says):
    data = dataset([("made", "someone", name) for name in labels] * 10)
    with pytest.raises(TrainingError, match=says):
        fit(data)


def test_a_recipe_of_another_version_is_said_in_a_sentence(trained):
    assert trained.options == QUICK
    facts = replace(trained.facts, options={"wings": 2})
    with pytest.raises(ModelError, match="does not know"):
        _ = EmotionModel(trained.pipeline, facts).options


def test_a_file_that_is_missing_or_no_model_is_refused(tmp_path):
    (tmp_path / "text.joblib").write_text("hello")
    joblib.dump({"some": "thing"}, tmp_path / "other.joblib")
    for name, says in (
        ("none", "No such file"),
        ("text", "not a model file"),
        ("other", "no Undertone model"),
    ):
        with pytest.raises(ModelError, match=says):
            load_model(tmp_path / f"{name}.joblib")


def test_a_model_whose_classes_have_moved_is_refused(saved, tmp_path):
    joblib.dump(joblib.load(saved), tmp_path / "plain.joblib", compress=0)
    data = (tmp_path / "plain.joblib").read_bytes()
    saved.write_bytes(data.replace(b"ser_core.models.mlp", b"ser_core.models.old"))
    with pytest.raises(ModelError, match="train it again"):
        load_model(saved)


def test_a_file_that_does_not_fit_this_version_is_refused(saved):
    whole = joblib.load(saved)
    for changes, says in (
        ({"format": 99}, "format 99"),
        ({"feature_names": ("a", "b")}, "other features"),
        ({"facts": whole["facts"] | {"families": ("unheard",)}}, "other features"),
        ({"facts": whole["facts"] | {"sample_rate": 8000}}, "8000 Hz"),
        ({"facts": {"unheard": 1}}, "damaged"),
        ({"calibration": {"unheard": 1}}, "damaged"),
        ({"probe": whole["probe"][:, ::-1]}, "scikit-learn"),
        ({"probe": None}, "scikit-learn"),
    ):
        joblib.dump(whole | changes, saved)
        with pytest.raises(ModelError, match=says):
            load_model(saved)
    saved.write_bytes(saved.read_bytes()[:-100])
    with pytest.raises(ModelError, match="damaged"):
        load_model(saved)


def test_a_model_that_cannot_be_written_says_so(trained, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written"):
        trained.save(tmp_path / "file" / "model.joblib")


def test_the_shipped_model_is_not_unpickled_when_its_digest_differs(saved, monkeypatch):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("unpickled",))

    joblib.dump(Trap(), saved)
    digests = saved.with_name("SHA256SUMS")
    digests.write_text(f"{'0' * 64}  {saved.name}\n")
    monkeypatch.setattr(model_module, "DEFAULT_MODEL_PATH", saved)
    monkeypatch.setattr(model_module, "DIGESTS_PATH", digests)
    with pytest.raises(ModelError, match="digest"):
        load_default_model.__wrapped__()


def test_the_default_model_is_whole_small_and_knows_all_emotions():
    found = load_default_model()
    assert found.emotions == EMOTION_NAMES
    assert model_module.DEFAULT_MODEL_PATH.stat().st_size <= 10_000_000
    assert found is load_default_model(), "read once in a process"
