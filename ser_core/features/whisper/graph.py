"""The first blocks of Whisper's encoder as an ONNX file with 8-bit weights.

Written from a model file of faster-whisper, of any size. The matrices of the blocks are held as
int8, one scale for each output, and onnxruntime rounds what they are multiplied with to 8 bits, by
one scale for all frames. Weights are kept within ±64, as two products of 8 bits can overflow on x86
processors that lack VNNI, where onnxruntime adds them in 16 bits: so all give the same numbers.

One matrix is multiplied in groups of 32 numbers, with a scale each: into the last one of the fourth
block of Whisper base go a few values that are far larger than the others, which one scale for all
would leave too few steps.

The convolutions are held as float16, as in the model file. The positions are sinusoids, and so an
input of the graph.
"""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ser_core.errors import WeightsError
from ser_core.features.whisper import onnx_file
from ser_core.features.whisper.ctranslate2 import Variables

Array = NDArray[np.float32]

MEL, POSITIONS = "mel", "positions"
"""Inputs: (1, n_mels, n) and ((n + 1) // 2, width) float32."""

FORMAT = "1"  # raised when files of before can no longer be used

_LARGEST = 64  # weight
_LARGEST_IN_GROUPS = 127
_GROUP_SIZE = 32  # numbers of a row that share a scale
_IN_GROUPS = {"encoder/layer_3/ffn/linear_1"}
_EPSILON = 1e-5  # of the layer normalisation
_MS = "com.microsoft"  # the domain of onnxruntime's own operators
_FLOAT32 = 1  # as ONNX numbers types


def output_name(block: int) -> str:
    """Return the name of the output of a block; the first is 1."""
    return f"block_{block}"


def count_blocks(variables: Variables) -> int:
    """Return how many blocks a model file has."""
    numbers = itertools.takewhile(
        lambda number: f"encoder/layer_{number}/ffn/linear_0/bias" in variables, itertools.count()
    )
    return len(list(numbers))


def build(variables: Variables, *, n_blocks: int, source: str) -> bytes:
    """Return the ONNX file: from a log-mel spectrogram to the frames after each block.

    Parameters
    ----------
    variables
        Of a model file of faster-whisper.
    n_blocks
        How many blocks to keep.
    source
        SHA-256 of the model file, which the ONNX file then names.

    Raises
    ------
    WeightsError
        A variable is missing, or has another shape or type than it should.
    """
    return _Builder(variables).build(n_blocks, source)


class _Builder:
    """The graph as far as it is built."""

    def __init__(self, variables: Variables) -> None:
        self._variables = variables
        self._nodes: list[bytes] = []
        self._tensors: dict[str, NDArray[np.generic]] = {}

    def build(self, n_blocks: int, source: str) -> bytes:
        width = len(self._float("encoder/conv1/bias"))
        n_heads = self._integer("encoder/num_heads")
        if width % n_heads:
            raise WeightsError("The encoder's width is no multiple of its number of heads.")
        n_mels = self._n_mels()
        frames = self._convolutions(width, n_mels)
        for block in range(n_blocks):
            frames = self._block(frames, block, width, n_heads)
        names = [output_name(block + 1) for block in range(n_blocks)]
        metadata = {
            "format": FORMAT,
            "source": source,
            "width": str(width),
            "n_blocks": str(n_blocks),
        }
        return onnx_file.model(
            nodes=self._nodes,
            tensors=self._tensors,
            inputs={MEL: (1, n_mels, "n_mel_frames"), POSITIONS: ("n_frames", width)},
            outputs=dict.fromkeys(names, (1, "n_frames", width)),
            metadata=metadata,
        )

    def _n_mels(self) -> int:
        """Return how many bands the spectrograms have that the model was trained on."""
        weight = self._variables.get("encoder/conv1/weight")
        return weight.shape[1] if weight is not None and weight.ndim == 3 else 0

    def _convolutions(self, width: int, n_mels: int) -> str:
        """Add what makes one frame of two of the spectrogram, and return the frames' name."""
        frames = MEL
        for name, n_inputs, stride in (("conv1", n_mels, 1), ("conv2", width, 2)):
            weight = self._float16(f"encoder/{name}/weight", (width, n_inputs, 3))
            bias = self._float16(f"encoder/{name}/bias", (width,))
            frames = self._add("Conv", [frames, weight, bias], name, pads=[1, 1], strides=[stride])
            frames = self._add("Gelu", [frames], f"{name}.gelu", domain=_MS)
        frames = self._add("Transpose", [frames], "frames", perm=[0, 2, 1])
        return self._add("Add", [frames, POSITIONS], "placed")

    def _block(self, frames: str, block: int, width: int, n_heads: int) -> str:
        """Add a block, self-attention and then a network of two layers; return its output."""
        attention, network = f"encoder/layer_{block}/self_attention", f"encoder/layer_{block}/ffn"
        hidden = len(self._float(f"{network}/linear_0/bias"))
        normal = self._normalise(frames, attention, width)
        joint = self._multiply(normal, f"{attention}/linear_0", (3 * width, width))
        heads = [f"{attention}/{name}" for name in ("query", "key", "value")]
        self._add("Split", [joint], *heads, axis=2, num_outputs=3)
        mixed = self._add(
            "MultiHeadAttention", heads, f"{attention}/mixed", domain=_MS, num_heads=n_heads
        )
        change = self._multiply(mixed, f"{attention}/linear_1", (width, width))
        frames = self._add("Add", [frames, change], f"{attention}/output")
        normal = self._normalise(frames, network, width)
        layer = self._multiply(normal, f"{network}/linear_0", (hidden, width))
        layer = self._add("Gelu", [layer], f"{network}/gelu", domain=_MS)
        change = self._multiply(layer, f"{network}/linear_1", (width, hidden))
        return self._add("Add", [frames, change], output_name(block + 1))

    def _normalise(self, frames: str, part: str, width: int) -> str:
        gain = self._hold(f"{part}/gamma", self._float(f"{part}/layer_norm/gamma", (width,)))
        shift = self._hold(f"{part}/beta", self._float(f"{part}/layer_norm/beta", (width,)))
        return self._add(
            "LayerNormalization", [frames, gain, shift], f"{part}/normal", epsilon=_EPSILON
        )

    def _multiply(self, frames: str, name: str, shape: tuple[int, int]) -> str:
        """Add the product with a matrix, and its bias."""
        weight = self._float(f"{name}/weight", shape)
        bias = self._hold(f"{name}/bias", self._float(f"{name}/bias", shape[:1]))
        if name in _IN_GROUPS and shape[1] % _GROUP_SIZE == 0:
            steps, scale = _quantise(weight.reshape(shape[0], -1, _GROUP_SIZE), _LARGEST_IN_GROUPS)
            return self._add(
                "MatMulNBits",
                [
                    frames,
                    # This operator takes bytes, of which 128 stands for zero.
                    self._hold(f"{name}/steps", (steps.view(np.uint8) ^ 0x80)),
                    self._hold(f"{name}/scale", scale.ravel()),
                    "",
                    "",
                    bias,
                ],
                f"{name}/product",
                domain=_MS,
                K=shape[1],
                N=shape[0],
                bits=8,
                block_size=_GROUP_SIZE,
                accuracy_level=4,  # what it is multiplied with has 8 bits too
            )
        steps, scale = _quantise(weight, _LARGEST)
        inputs = [
            frames,
            self._hold(f"{name}/steps", steps.T),
            self._hold(f"{name}/scale", scale),
            "",
            bias,
        ]
        return self._add("DynamicQuantizeMatMul", inputs, f"{name}/product", domain=_MS)

    def _add(
        self,
        operator: str,
        inputs: Sequence[str],
        *outputs: str,
        domain: str = "",
        **attributes: onnx_file.Attribute,
    ) -> str:
        """Add a node, and return the name of its first output."""
        self._nodes.append(onnx_file.node(operator, inputs, outputs, domain=domain, **attributes))
        return outputs[0]

    def _hold(self, name: str, array: NDArray[np.generic]) -> str:
        """Add a constant, and return its name."""
        self._tensors[name] = array
        return name

    def _float16(self, name: str, shape: tuple[int, ...]) -> str:
        """Add a constant that is held as float16 and used as float32."""
        held = self._hold(f"{name}.half", self._float(name, shape).astype(np.float16))
        return self._add("Cast", [held], name, to=_FLOAT32)

    def _float(self, name: str, shape: tuple[int, ...] | None = None) -> Array:
        """Return a variable as float32; a shape of None is any number of values."""
        found = self._variables.get(name)
        if found is None:
            raise WeightsError("The model file has no {name}: it is no Whisper model.", name=name)
        fits = found.ndim == 1 if shape is None else found.shape == shape
        if found.dtype.kind != "f" or not fits or not found.size:
            raise WeightsError("{name} has a shape or type that is not supported.", name=name)
        values = found.astype(np.float32)
        if not np.isfinite(values).all():
            raise WeightsError("{name} holds values that are not finite numbers.", name=name)
        return values

    def _integer(self, name: str) -> int:
        """Return a variable that is a positive integer."""
        found = self._variables.get(name)
        if found is None or found.dtype.kind != "i" or found.size != 1 or found.item() < 1:
            raise WeightsError("The model file does not tell its {name}.", name=name)
        return int(found.item())


def _quantise(weight: Array, largest: int) -> tuple[NDArray[np.int8], Array]:
    """Round to int8 along the last axis; return the steps, and the size of a step."""
    scale = np.abs(weight).max(axis=-1) / np.float32(largest)
    scale[scale == 0] = 1.0
    return np.rint(weight / scale[..., None]).astype(np.int8), scale
