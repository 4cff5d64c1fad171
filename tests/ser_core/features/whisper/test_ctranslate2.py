"""The reader of CTranslate2's model files: what it reads, and what it refuses."""

import struct

import numpy as np
import pytest

from ser_core.errors import WeightsError
from ser_core.features.whisper import ctranslate2
from tests.ser_core.features.whisper.models import model_file, random_variables, text, variable

NUMBERS = np.arange(6, dtype=np.float32).reshape(2, 3)


def read(tmp_path, data):
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    return ctranslate2.read(path, specification="WhisperSpec")


def with_one(made):
    """Return a file of one variable, given as bytes."""
    return struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<II", 3, 1) + made


def test_every_variable_comes_back_with_its_name_shape_and_type(tmp_path):
    written = random_variables() | {
        "numbers": NUMBERS,
        "small": np.array([[-3, 4]], dtype=np.int8),
        "one": np.array(1, dtype=np.int32),
    }
    found = read(tmp_path, model_file(written))
    assert list(found) == list(written)
    for name, array in written.items():
        np.testing.assert_array_equal(found[name], array, strict=True)
        assert not found[name].flags.writeable


HOSTILE = {
    "of another version": model_file({"a": NUMBERS}, version=5),
    "of another architecture": model_file({"a": NUMBERS}, specification="TransformerSpec"),
    "a zip archive": b"PK\3\4" + bytes(100),
    "empty": b"",
    "short": b"\6",
    "with a huge number of variables": model_file({})[:-8] + struct.pack("<II", 2**32 - 1, 0),
    "with a shape beyond its end": with_one(variable("a", NUMBERS, shape=(2**20, 2**20))),
    "with a shape that overflows": with_one(
        variable("a", NUMBERS, shape=(2**31, 2**31, 4), n_bytes=0)
    ),
    "with a size that does not fit": with_one(variable("a", NUMBERS, n_bytes=20)),
    "with a size beyond its end": with_one(variable("a", NUMBERS, shape=(4, 3), n_bytes=48)),
    "with many dimensions": with_one(variable("a", NUMBERS, shape=(1,) * 200)),
    "with a type that there is not": with_one(variable("a", NUMBERS, kind=77)),
    "with a name twice": with_one(variable("a", NUMBERS)).replace(
        struct.pack("<II", 3, 1), struct.pack("<II", 3, 2)
    )
    + variable("a", NUMBERS),
    "with a name that breaks off": with_one(struct.pack("<H", 500) + b"a\0"),
    "with a name that is no text": with_one(struct.pack("<H", 3) + b"\xff\xfe\0" + bytes(20)),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_wrong_file_is_refused_with_a_sentence_that_names_it(tmp_path, data):
    with pytest.raises(WeightsError, match=r"model\.bin .*\.$"):
        read(tmp_path, data)


def test_a_file_cut_off_anywhere_is_refused(tmp_path):
    data = model_file({"a": NUMBERS, "b": NUMBERS})[:-4]  # without the aliases, which are not read
    for length in range(len(data)):
        with pytest.raises(WeightsError):
            read(tmp_path, data[:length])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"none\.bin cannot be read: No such file"):
        ctranslate2.read(tmp_path / "none.bin", specification="WhisperSpec")
