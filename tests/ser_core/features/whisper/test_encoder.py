"""The encoder: what it computes, beside plain numpy; long clips, processes, and wrong files."""

import hashlib
import multiprocessing
import os
import subprocess
import sys

import numpy as np
import pytest

from ser_core.errors import WeightsError
from ser_core.features import extract_features, feature_names
from ser_core.features.whisper import WHISPER_BASE, graph
from ser_core.features.whisper.encoder import MAX_PIECE_SECONDS, load_encoder
from ser_core.features.whisper.log_mel import log_mel
from tests.conftest import PROJECT
from tests.ser_core.features.whisper.models import WIDTH, encode, random_variables
from tests.voices import noise, silence, talk

pytest.importorskip("onnxruntime")

PADDING = silence(0.2)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Return the file of a small encoder with random weights."""
    made = tmp_path_factory.mktemp("encoder") / "encoder.onnx"
    source = hashlib.sha256(b"a model file").hexdigest()
    made.write_bytes(graph.build(random_variables(), n_blocks=4, source=source))
    return made


@pytest.fixture(scope="module")
def encoder(path):
    return load_encoder(path)


def difference(found, expected):
    """Return the root mean square of the difference, relative to that of what is expected."""
    return np.sqrt(((found - expected) ** 2).mean() / (expected**2).mean())


def expected_frames(sound):
    mel = log_mel(np.concatenate([sound, PADDING]))
    return encode(random_variables(), mel)[:, : -(-sound.size // 320)]


@pytest.mark.parametrize("sound", [talk(1.0), noise(0.05), noise(0.511)])
def test_it_computes_what_plain_numpy_does_but_for_the_rounding_to_8_bits(encoder, sound):
    found, expected = encoder.frames(sound), expected_frames(sound)
    assert (found.shape, found.dtype) == (expected.shape, np.float32)
    assert found.shape == (4, -(-sound.size // 320), WIDTH), "50 frames a second"
    for one, other in zip(found, expected, strict=True):
        assert difference(one, other) < 0.04


def test_the_real_weights_compute_what_plain_numpy_does(whisper_base):
    encoder = load_encoder(whisper_base)
    assert (encoder.n_blocks, encoder.width) == (WHISPER_BASE.n_blocks, WHISPER_BASE.width)
    assert encoder.source == WHISPER_BASE.sha256
    assert whisper_base.stat().st_size < 15_000_000
    sound = talk(2.0)
    frames = encoder.frames(sound)
    assert frames.shape == (4, 100, 512)
    means = frames.mean(axis=1)
    # By `models.encode`, from the weights as they are on the hub.
    expected = [
        [0.513, 0.677, 0.556, 0.750, 0.473, 0.354, 0.868, 0.397],
        [0.584, 0.586, 0.597, 0.662, 0.619, 0.609, 0.642, 0.667],
        [0.719, 0.765, 0.804, 0.953, 0.832, 0.406, 0.771, 0.741],
        [0.596, 0.830, 0.723, 0.831, 0.434, 0.698, 0.683, 0.738],
    ]
    np.testing.assert_allclose(means[:, ::64], expected, atol=0.06)
    family = ("whisper",)
    values = dict(zip(feature_names(family), extract_features(sound, families=family), strict=True))
    assert values["whisper.block_2.mean.0065"] == pytest.approx(means[1, 64], rel=1e-5)


def test_each_part_of_a_block_is_seen_in_what_it_computes(encoder):
    sound = talk(0.5)
    frames = encoder.frames(sound)[-1]
    mel = log_mel(np.concatenate([sound, PADDING]))
    for name, array in random_variables().items():
        if not name.startswith("encoder/layer_"):
            continue
        changed = random_variables() | {name: (array * 0).astype(array.dtype)}
        other = encode(changed, mel)[:, :25]
        assert difference(frames, other[-1]) > 0.05, name


def test_a_long_clip_is_encoded_in_pieces_of_equal_length(encoder):
    sound = noise(2 * MAX_PIECE_SECONDS + 1.0)
    found = encoder.frames(sound)
    assert found.shape == (4, 57 * 50, WIDTH)
    third = sound.size // 3
    np.testing.assert_array_equal(found[:, :950], encoder.frames(sound[:third]))
    np.testing.assert_array_equal(found[:, -950:], encoder.frames(sound[-third:]))


def test_its_facts_are_kept_in_its_file(encoder):
    assert (encoder.n_blocks, encoder.width) == (4, WIDTH)
    assert encoder.source == hashlib.sha256(b"a model file").hexdigest()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork processes")
def test_a_process_forked_from_one_that_has_used_it_computes_the_same(encoder, path):
    sound = talk(0.5)
    before = encoder.frames(sound)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        after = pool.apply_async(frames_in_child, [path, sound]).get(30)
    np.testing.assert_array_equal(after, before)


def frames_in_child(path, sound):
    loaded_before_the_fork = load_encoder.cache_info().currsize
    found = load_encoder(path).frames(sound)
    assert load_encoder.cache_info().currsize == loaded_before_the_fork
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
@pytest.mark.slow
def test_it_starts_no_thread_and_writes_no_file(path, tmp_path):
    code = f"""
import os, pathlib
import numpy as np
from ser_core.features.whisper.encoder import load_encoder
before = len(os.listdir("/proc/self/task"))
load_encoder(pathlib.Path({str(path)!r})).frames(np.zeros(8000, dtype=np.float32))
print(len(os.listdir("/proc/self/task")) - before)
"""
    home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-B", "-c", code],
        cwd=PROJECT,
        env=os.environ | home,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, list(tmp_path.iterdir())) == ("0\n", [])


@pytest.mark.parametrize("data", [b"", b"no model", bytes(1000)])
def test_a_file_that_holds_no_encoder_is_refused(tmp_path, data):
    wrong = tmp_path / "wrong.onnx"
    wrong.write_bytes(data)
    with pytest.raises(WeightsError, match=r"wrong.onnx does not hold the weights"):
        load_encoder(wrong)


def test_a_file_of_another_format_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(graph, "FORMAT", "0")
    old = tmp_path / "old.onnx"
    old.write_bytes(graph.build(random_variables(), n_blocks=4, source=""))
    monkeypatch.undo()
    with pytest.raises(WeightsError, match="another version"):
        load_encoder(old)


def wrong_variables():
    right = random_variables()
    weight = "encoder/layer_1/ffn/linear_0/weight"
    return {
        "no encoder": {"decoder/weight": right[weight]},
        "too few blocks": {n: a for n, a in right.items() if "layer_3" not in n},
        "a shape that does not fit": right | {weight: right[weight][:, 1:]},
        "weights of 8 bits": right | {weight: right[weight].astype(np.int8)},
        "not a number": right | {weight: right[weight] * np.float16(np.nan)},
        "no heads": right | {"encoder/num_heads": np.array(0, dtype=np.int16)},
        "heads that do not fit": right | {"encoder/num_heads": np.array(5, dtype=np.int16)},
        "no bias": right | {"encoder/conv1/bias": np.zeros(0, dtype=np.float16)},
    }


@pytest.mark.parametrize("variables", wrong_variables().values(), ids=wrong_variables())
def test_a_model_file_that_is_no_whisper_encoder_is_refused(variables):
    with pytest.raises(WeightsError):
        graph.build(variables, n_blocks=4, source="")
