"""A reader of CTranslate2's model files (binary version 6), as faster-whisper's ``model.bin``.

Integers are little-endian. A file begins with its version, the name of a specification, its
revision, and the number of variables. Each variable has a name, a rank, a shape, a type, a number
of bytes, and its values row by row; a text has its length with a closing NUL before it. Aliases of
variables, which follow, are left out.
"""

import mmap
import os
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ser_core.errors import WeightsError

VERSION = 6
MAX_VARIABLES = 10_000
MAX_RANK = 4

_TYPES = [np.dtype(name) for name in ("<f4", "i1", "<i2", "<i4", "<f2")]
"""By the number that a file has for each; number 5, bfloat16, is not supported."""

Variables = dict[str, NDArray[np.generic]]


def read(path: str | os.PathLike[str], *, specification: str) -> Variables:
    """Return the variables of a model file by name, as read-only views of the mapped file.

    Parameters
    ----------
    specification
        The name that the file has to give for its architecture, such as ``WhisperSpec``.

    Raises
    ------
    WeightsError
        The file cannot be read, is no such file, or is damaged.
    """
    try:
        with Path(path).open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as cause:
        raise WeightsError(
            "{path} cannot be read: {why}.", path=path, why=cause.strerror
        ) from cause
    except ValueError as cause:  # an empty file cannot be mapped
        raise WeightsError("{path} is empty.", path=path) from cause
    try:
        return _Reader(data).variables(specification)
    except (struct.error, ValueError) as cause:
        raise WeightsError(
            "{path} is no model of CTranslate2's version 6, or is damaged: {why}.",
            path=path,
            why=cause,
        ) from cause


class _Reader:
    """A position in a file; every read is checked against the end of the file."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._position = 0

    def variables(self, specification: str) -> Variables:
        """Read the whole file.

        Raises
        ------
        ValueError, struct.error
            It is not as it should be.
        """
        if self._integer("I") != VERSION:
            raise ValueError("it has another version")
        if self._text() != specification:
            raise ValueError(f"it is not of the kind {specification}")
        self._integer("I")  # the revision of the specification
        count = self._integer("I")
        if count > MAX_VARIABLES:
            raise ValueError(f"it names {count} variables")
        variables: Variables = {}
        for _ in range(count):
            name = self._text()
            if name in variables:
                raise ValueError(f"it holds {name} twice")
            variables[name] = self._array(name)
        return variables

    def _integer(self, kind: str) -> int:
        layout = f"<{kind}"
        (value,) = struct.unpack_from(layout, self._data, self._position)
        self._position += struct.calcsize(layout)
        return int(value)

    def _text(self) -> str:
        length = self._integer("H")
        raw = self._data[self._position : self._position + length]
        if not 0 < length == len(raw) or raw[-1] != 0:
            raise ValueError("a name breaks off")
        self._position += length
        return raw[:-1].decode()

    def _array(self, name: str) -> NDArray[np.generic]:
        rank = self._integer("B")
        if rank > MAX_RANK:
            raise ValueError(f"{name} has {rank} dimensions")
        shape = tuple(self._integer("I") for _ in range(rank))
        number = self._integer("B")
        if number >= len(_TYPES):
            raise ValueError(f"{name} is of a type that is not supported")
        n_bytes = self._integer("I")
        kind = _TYPES[number]
        # Python's integers do not overflow, so that a huge shape cannot pass for a small one.
        size = kind.itemsize
        for length in shape:
            size *= length
        if size != n_bytes or n_bytes > len(self._data) - self._position:
            raise ValueError(f"{name} has another size than its shape says, or breaks off")
        array = np.frombuffer(self._data, kind, n_bytes // kind.itemsize, self._position)
        self._position += n_bytes
        return array.reshape(shape)
