"""The first blocks of Whisper's encoder, run by onnxruntime on one thread."""

import os
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.errors import WeightsError
from ser_core.features.whisper import graph
from ser_core.features.whisper.log_mel import log_mel

if TYPE_CHECKING:
    import onnxruntime

Array = NDArray[np.float32]

FRAME_LENGTH = 320  # samples: 20 ms, two frames of the log-mel spectrogram
FRAME_RATE = SAMPLE_RATE // FRAME_LENGTH  # frames per second
MAX_PIECE_SECONDS = 28  # the encoder was trained on 30 s at most
_PADDING = np.zeros(SAMPLE_RATE // 5, dtype=np.float32)  # after each piece
_MAX_FRAMES = MAX_PIECE_SECONDS * FRAME_RATE + _PADDING.size // FRAME_LENGTH
_LONGEST_PERIOD = 10_000.0  # of the sinusoids that tell positions, in frames / 2π


class Encoder:
    """The first blocks of an encoder.

    onnxruntime starts no thread for one, so that a process may be forked after an encoder was
    loaded and used; the weights are then shared.

    Parameters
    ----------
    session
        Of the file that `graph.build` returns.

    Attributes
    ----------
    n_blocks, width
        How many blocks there are, and how many numbers a frame has after each.
    source
        SHA-256 of the model file that the weights are from.
    """

    def __init__(self, session: "onnxruntime.InferenceSession") -> None:
        facts = session.get_modelmeta().custom_metadata_map
        if facts.get("format") != graph.FORMAT:
            raise WeightsError("It was written by another version of Undertone.")
        self._session = session
        self._n_mels = session.get_inputs()[0].shape[1]
        self.n_blocks = int(facts["n_blocks"])
        self.width = int(facts["width"])
        self.source = facts["source"]
        self._positions = _sinusoids(_MAX_FRAMES, self.width)
        self._outputs = [graph.output_name(block + 1) for block in range(self.n_blocks)]

    def frames(self, waveform: Array) -> Array:
        """Return the frames after each block, `FRAME_RATE` a second.

        A waveform of more than `MAX_PIECE_SECONDS` is encoded in pieces of equal length.

        Parameters
        ----------
        waveform
            (n_samples,) float32, mono at `SAMPLE_RATE`; at least one sample.

        Returns
        -------
        ndarray
            (n_blocks, n_frames, width) float32; the last frame may be of less than 20 ms.
        """
        n_frames = -(-waveform.size // FRAME_LENGTH)
        encoded = np.empty((self.n_blocks, n_frames, self.width), dtype=np.float32)
        n_pieces = -(-n_frames // (MAX_PIECE_SECONDS * FRAME_RATE))
        edges = np.linspace(0, n_frames, n_pieces + 1).astype(int).tolist()
        for start, end in pairwise(edges):
            piece = waveform[start * FRAME_LENGTH : end * FRAME_LENGTH]
            mel = log_mel(np.concatenate([piece, _PADDING]), n_mels=self._n_mels)[None]
            positions = self._positions[: (mel.shape[2] + 1) // 2]
            blocks = self._session.run(self._outputs, {graph.MEL: mel, graph.POSITIONS: positions})
            for number, block in enumerate(blocks):
                encoded[number, start:end] = block[0, : end - start]
        return encoded


def import_onnxruntime() -> ModuleType:
    """Import onnxruntime.

    Raises
    ------
    WeightsError
        It cannot be imported.
    """
    # From version 1.29 on, onnxruntime reports to its makers over the network unless it is told
    # not to before it is imported.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    try:
        import onnxruntime
    except ImportError as cause:  # there are no wheels for some systems, such as Macs with Intel's
        raise WeightsError(
            "The encoder needs the package onnxruntime, which cannot be imported."
        ) from cause
    onnxruntime.disable_telemetry_events()  # of Windows
    module: ModuleType = onnxruntime
    return module


@cache
def load_encoder(path: Path) -> Encoder:
    """Load an encoder from a file, once in a process.

    Raises
    ------
    WeightsError
        The file is missing, damaged, or of another version.
    """
    onnxruntime = import_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it keeps what the longest clip needed
    options.log_severity_level = 3  # errors; what is wrong with the file is raised
    try:
        session = onnxruntime.InferenceSession(
            path.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        return Encoder(session)
    except OSError as cause:
        raise WeightsError(
            "The encoder's weights cannot be read from {path}: {why}.",
            path=path,
            why=cause.strerror,
        ) from cause
    except Exception as cause:  # onnxruntime has many kinds
        raise WeightsError(
            "{path} does not hold the weights of an encoder, or those of another version; "
            "get them again with `undertone download`.",
            path=path,
        ) from cause


def _sinusoids(length: int, width: int) -> Array:
    """Return the positions of frames, (length, width): sines, then cosines."""
    n_periods = width // 2
    rates = _LONGEST_PERIOD ** (-np.arange(n_periods) / max(n_periods - 1, 1))
    angles = np.arange(length)[:, None] * rates
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)
