"""A writer of ONNX files, which are protocol buffers, for the few messages that the encoder needs.

The numbers are those of the fields in the format's definition, ``onnx.proto``. Writing them here
spares the ``onnx`` package at run time.
"""

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

IR_VERSION = 9
OPSETS = {"": 18, "com.microsoft": 1}
"""Versions of the standard operators, and of onnxruntime's own."""

_VARINT, _BYTES, _FIXED_32 = 0, 2, 5  # wire types
_FLOAT, _INT, _INTS = 1, 2, 7  # of AttributeProto.AttributeType
_ELEMENT_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "float16": 10}  # of TensorProto.DataType

Attribute = int | float | Sequence[int]
Dimension = int | str


def model(
    *,
    nodes: Sequence[bytes],
    tensors: Mapping[str, NDArray[np.generic]],
    inputs: Mapping[str, Sequence[Dimension]],
    outputs: Mapping[str, Sequence[Dimension]],
    metadata: Mapping[str, str],
) -> bytes:
    """Return an ONNX file.

    Parameters
    ----------
    nodes
        As `node` returns them, each after those whose outputs it takes.
    tensors
        Constant inputs of nodes, by name.
    inputs, outputs
        Shapes of float32 arrays, by name; a dimension of any size has a name.
    metadata
        Any texts by any names.
    """
    graph = b"".join(
        [
            *(_bytes(1, one) for one in nodes),
            _text(2, "encoder"),
            *(_bytes(5, _tensor(name, array)) for name, array in tensors.items()),
            *(_bytes(11, _value(name, shape)) for name, shape in inputs.items()),
            *(_bytes(12, _value(name, shape)) for name, shape in outputs.items()),
        ]
    )
    return b"".join(
        [
            _varint(1, IR_VERSION),
            _bytes(7, graph),
            *(_bytes(8, _text(1, domain) + _varint(2, n)) for domain, n in OPSETS.items()),
            *(_bytes(14, _text(1, key) + _text(2, value)) for key, value in metadata.items()),
        ]
    )


def node(
    operator: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    *,
    domain: str = "",
    **attributes: Attribute,
) -> bytes:
    """Return a node of the graph."""
    return b"".join(
        [
            *(_text(1, name) for name in inputs),
            *(_text(2, name) for name in outputs),
            _text(4, operator),
            *(_bytes(5, _attribute(name, value)) for name, value in attributes.items()),
            _text(7, domain),
        ]
    )


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _varint(3, value) + _varint(20, _INT)
    if isinstance(value, float):
        number = _key(2, _FIXED_32) + struct.pack("<f", value)
        return _text(1, name) + number + _varint(20, _FLOAT)
    numbers = b"".join(_varint(8, number) for number in value)
    return _text(1, name) + numbers + _varint(20, _INTS)


def _tensor(name: str, array: NDArray[np.generic]) -> bytes:
    return b"".join(
        [
            *(_varint(1, size) for size in array.shape),
            _varint(2, _ELEMENT_TYPES[array.dtype.name]),
            _text(8, name),
            _bytes(9, np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()),
        ]
    )


def _value(name: str, shape: Sequence[Dimension]) -> bytes:
    dimensions = b"".join(
        _bytes(1, _varint(1, size) if isinstance(size, int) else _text(2, size)) for size in shape
    )
    tensor = _varint(1, _ELEMENT_TYPES["float32"]) + _bytes(2, dimensions)
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _key(field: int, wire_type: int) -> bytes:
    return _encode(field << 3 | wire_type)


def _varint(field: int, value: int) -> bytes:
    return _key(field, _VARINT) + _encode(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _key(field, _BYTES) + _encode(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _encode(value: int) -> bytes:
    """Return an integer in groups of seven bits, the lowest first; all but the last have bit 8."""
    groups = bytearray()
    value &= 2**64 - 1  # negative ones as two's complement
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    groups.append(value)
    return bytes(groups)
