"""Encoders of models that are on this machine: how they are named, kept and used as features."""

import hashlib
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from ser_core.errors import FeatureError, ModelError, WeightsError
from ser_core.features import extract_features, feature_names, keep_whisper_family
from ser_core.features.families import family_features
from ser_core.features.whisper import keep_encoder, load_encoder
from ser_core.features.whisper.log_mel import log_mel
from ser_core.features.whisper.weights import load_kept_encoder
from ser_core.models import EmotionModel, TrainingOptions, load_model
from tests.ser_core.features.whisper.models import WIDTH, encode, model_file, random_variables
from tests.voices import silence, talk

pytest.importorskip("onnxruntime")

MODEL = model_file(random_variables(n_blocks=6))
DIGITS = hashlib.sha256(MODEL).hexdigest()[:8]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Keep encoders in a folder of the test."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: folder)
    return folder


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a model file into a folder, and returns the folder."""

    def write(name, data=MODEL):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        (folder / "model.bin").write_bytes(data)
        return folder

    return write


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("faster-whisper-tiny.en", "tiny.en"),
        ("whisper-large-v2", "large-v2"),
        ("my own model (1)", "my-own-model-1"),
        ("-.ü.-", "model"),
        ("models--Systran--faster-whisper-small/snapshots/0123456789", "small"),
    ],
)
def test_an_encoder_is_called_after_its_model_and_the_digest_of_its_file(write, folder, name):
    assert keep_encoder(write(folder)) == f"{name}-{DIGITS}"


def test_a_file_of_a_name_of_its_own_is_called_after_that(write):
    file = write("somewhere") / "model.bin"
    assert keep_encoder(file) == f"somewhere-{DIGITS}"
    assert keep_encoder(file.rename(file.with_name("tuned.bin"))) == f"tuned-{DIGITS}"


def test_a_model_in_the_working_folder_is_called_after_that_folder(write, monkeypatch):
    monkeypatch.chdir(write("faster-whisper-medium"))
    assert keep_encoder(Path()) == f"medium-{DIGITS}"


@pytest.mark.parametrize(("n_blocks", "n_kept"), [(2, 2), (6, 4)])
def test_four_blocks_are_kept_or_all_where_there_are_fewer(write, n_blocks, n_kept):
    variables = random_variables(n_blocks=n_blocks)
    family = keep_whisper_family(write("model", model_file(variables)))
    names = feature_names((family,))
    assert len(names) == n_kept * WIDTH
    assert names[-1] == f"{family}.block_{n_kept}.mean.{WIDTH:04d}"
    sound = talk(1.0)
    found = extract_features(sound, families=(family,)).reshape(n_kept, WIDTH)
    mel = log_mel(np.concatenate([sound, silence(0.2)]))
    expected = encode(variables, mel, n_blocks=n_kept)[:, :50].mean(axis=1)
    for one, other in zip(found, expected, strict=True):
        assert np.corrcoef(one, other)[0, 1] > 0.99


def test_a_model_of_128_bands_gets_spectrograms_of_128_bands(write):
    variables = random_variables()
    wide = np.random.default_rng(1).normal(size=(WIDTH, 128, 3), scale=0.1).astype(np.float16)
    variables["encoder/conv1/weight"] = wide
    encoder = load_kept_encoder(keep_encoder(write("large-v3", model_file(variables))))
    sound = talk(1.0)
    mel = log_mel(np.concatenate([sound, silence(0.2)]), n_mels=128)
    expected = encode(variables, mel)[:, :50]
    assert np.corrcoef(encoder.frames(sound).ravel(), expected.ravel())[0, 1] > 0.99


def test_it_is_kept_once_with_its_licence_and_anew_where_it_was_damaged(write, cache):
    folder = write("model")
    name = keep_encoder(folder)
    assert {file.name for file in (cache / name).iterdir()} == {"encoder.onnx", "LICENSE"}
    kept = cache / name / "encoder.onnx"
    written = kept.stat().st_mtime_ns
    assert keep_encoder(folder) == name
    assert kept.stat().st_mtime_ns == written
    load_encoder.cache_clear()
    kept.write_bytes(b"damaged")
    assert keep_encoder(folder) == name
    assert load_kept_encoder(name).width == WIDTH


def test_what_is_no_model_of_faster_whisper_is_refused_with_a_sentence(write, tmp_path, cache):
    with pytest.raises(WeightsError, match=r"none/model\.bin cannot be read: No such file"):
        keep_encoder(tmp_path / "none" / "model.bin")
    with pytest.raises(WeightsError, match=r"model\.bin is no model of CTranslate2"):
        keep_encoder(write("other", b"something else"))
    with pytest.raises(WeightsError, match="it is no Whisper model"):
        keep_encoder(write("headless", model_file({"a": np.zeros(3, dtype=np.float32)})))
    assert not list(cache.rglob("*"))


def test_a_model_trained_with_it_names_it_and_says_what_to_do_where_it_is_missing(
    write, cache, tmp_path
):
    family = keep_whisper_family(write("tiny.en"))
    random = np.random.default_rng(0)
    features = random.normal(size=(40, 4 * WIDTH)).astype(np.float32)
    emotions = np.array(["happy", "sad"] * 20)
    trained = EmotionModel.fit(
        features=features,
        emotions=emotions,
        speakers=np.array(["someone"] * 40),
        corpora=np.array(["made"] * 40),
        families=(family,),
        options=TrainingOptions(n_networks=1, epochs=2),
    )
    path = tmp_path / "model.joblib"
    trained.save(path)
    loaded = load_model(path)
    assert loaded.families == (f"whisper:tiny.en-{DIGITS}",)
    vector = extract_features(talk(), families=loaded.families)
    assert loaded.predict(vector) == trained.predict(vector)
    for kept in (feature_names, family_features):
        kept.cache_clear()
    (cache / f"tiny.en-{DIGITS}").rename(tmp_path / "elsewhere")
    with pytest.raises(ModelError, match=f"copy its folder to {cache}/tiny.en-{DIGITS} from"):
        load_model(path)


@pytest.mark.parametrize(
    "name", ["../../x-01234567", "/x-01234567", ".x-01234567", "x", "x-0123456g"]
)
def test_a_name_that_no_encoder_can_have_is_refused_and_never_becomes_a_path(name):
    with pytest.raises(WeightsError, match="is no name of an encoder"):
        feature_names((f"whisper:{name}",))


def test_a_family_of_another_kind_is_not_known():
    for name in ("whisper:", "hubert:x-01234567", "mlk"):
        with pytest.raises(FeatureError, match=f"no feature family called {name}; known are mfcc"):
            feature_names((name,))
