"""From several channels to one in which the voice is."""

import numpy as np
from numpy.typing import NDArray

_CELL_SECONDS = 0.02
_LEAST_CELLS = 10  # of less there is too little to choose by
_FLOOR = 1e-12  # of the power of full scale: digital silence is -120 dB
_LOUD, _QUIET = 95, 10  # percentiles of a channel's level
_LEAST_RANGE = (
    6.0  # dB between them: the level of hum, hiss and silence is steady, a voice's is not
)
_OPPOSITE = -0.5  # correlation below which a channel is another one upside down


def mix(frames: NDArray[np.float32], *, sample_rate: int) -> NDArray[np.float32]:
    """Mix channels to one.

    The mean is taken of the channels whose level goes up and down as a voice's does; of all of
    them, where none does. A channel that is the loudest of these upside down, as a balanced
    microphone on a stereo plug gives it, is turned over first, since their mean would be silence.

    Parameters
    ----------
    frames
        (n_frames, n_channels), full scale 1.
    sample_rate
        In Hz.

    Returns
    -------
    ndarray of float32, shape (n_frames,)
    """
    n_frames, n_channels = frames.shape
    if n_channels == 1:
        return frames[:, 0]
    cell = max(1, round(_CELL_SECONDS * sample_rate))
    n_cells = n_frames // cell
    if n_cells < _LEAST_CELLS:
        return np.asarray(frames.mean(axis=1, dtype=np.float32))
    cells = frames[: n_cells * cell].reshape(n_cells, cell, n_channels)
    power = np.einsum("ijk,ijk->ik", cells, cells) / np.float32(cell)
    level = 10 * np.log10(power + _FLOOR)
    loud, quiet = np.percentile(level, (_LOUD, _QUIET), axis=0)
    kept = np.flatnonzero(loud - quiet >= _LEAST_RANGE).tolist() or list(range(n_channels))
    energy = np.einsum("ij,ij->j", frames, frames)
    loudest = frames[:, max(kept, key=lambda channel: energy[channel])]
    mono = np.zeros(n_frames, dtype=np.float32)
    for channel in kept:
        samples = frames[:, channel]
        scale = np.sqrt(energy[channel] * float(loudest @ loudest))
        if scale and loudest @ samples / scale < _OPPOSITE:
            mono -= samples
        else:
            mono += samples
    mono /= np.float32(len(kept))
    return mono
