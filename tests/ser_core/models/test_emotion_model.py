"""Models: training, facts, files, and which files are refused."""

import hashlib
from dataclasses import replace

import joblib
import numpy as np
import pytest

from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import ModelError, TrainingError, WeightsError
from ser_core.models import emotion_model as model_module
from ser_core.models.calibration import Calibration
from ser_core.models.emotion_model import (
    EmotionModel,
    encoder_problem,
    load_default_model,
    load_model,
    load_shipped_model,
)
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
    return replace(plain, facts=facts, calibration=Calibration(temperature=1.25, threshold=0.5))


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
    honest = replace(plain, calibration=Calibration(temperature=3.0, threshold=0.9))
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
    again = fit(data).classifier.predict_proba(data.features)
    np.testing.assert_array_equal(trained.classifier.predict_proba(data.features), again)


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
        _ = EmotionModel(trained.classifier, facts).options


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


@pytest.fixture
def shipped(trained, tmp_path, monkeypatch):
    """Return the folder of the shipped models, which has two made-up ones."""
    lines = []
    for name in ("encoder", "small"):
        trained.save(tmp_path / f"{name}.joblib")
        digest = hashlib.sha256((tmp_path / f"{name}.joblib").read_bytes()).hexdigest()
        lines.append(f"{digest}  {name}.joblib\n")
    (tmp_path / "SHA256SUMS").write_text("".join(lines))
    monkeypatch.setattr(model_module, "SHIPPED", tmp_path)
    monkeypatch.setattr(model_module, "load_weights", lambda: None)
    caches = (model_module.encoder_problem, model_module.load_shipped_model)
    for function in caches:
        function.cache_clear()
    yield tmp_path
    for function in caches:
        function.cache_clear()


def test_a_shipped_model_is_not_unpickled_when_its_digest_differs(shipped):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("unpickled",))

    joblib.dump(Trap(), shipped / "small.joblib")
    with pytest.raises(ModelError, match="digest"):
        load_shipped_model("small")
    assert load_shipped_model("encoder").name == "encoder"


def test_the_encoders_model_is_the_default_where_the_weights_are(shipped):
    assert encoder_problem() is None
    found = load_default_model()
    assert found.name == load_model().name == "encoder"
    assert found is load_default_model(), "read once in a process"


def test_without_weights_the_small_model_is_the_default_and_the_reason_is_known(
    shipped, monkeypatch
):
    def fail():
        raise WeightsError("There are no weights.")

    monkeypatch.setattr(model_module, "load_weights", fail)
    assert load_default_model().name == "small"
    assert str(encoder_problem()) == "There are no weights."


def test_without_the_file_of_the_encoders_model_the_small_one_is_the_default(shipped):
    (shipped / "encoder.joblib").unlink()
    assert load_default_model().name == "small"
    assert "no model for the encoder" in str(encoder_problem())


def test_a_model_of_ones_own_has_the_name_of_its_file(trained, saved):
    assert (trained.name, load_model(saved).name) == ("", "model.joblib")


@pytest.mark.parametrize(
    "path", sorted(model_module.SHIPPED.glob("*.joblib")), ids=lambda path: path.stem
)
def test_the_shipped_models_are_whole_small_and_know_all_emotions(path):
    found = load_shipped_model(path.stem)
    assert (found.name, found.emotions) == (path.stem, EMOTION_NAMES)
    assert path.stat().st_size <= 10_000_000
