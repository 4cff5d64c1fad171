"""Downmixing of several channels to the one with the voice."""

import numpy as np
from numpy.typing import NDArray

_CELL_SECONDS = 0.02
_MIN_CELLS = 10  # a shorter recording is averaged over all channels
_POWER_FLOOR = 1e-12  # relative to full scale: -120 dB for digital silence
_LOUD, _QUIET = 95, 10  # percentiles of a channel's level
_MIN_LEVEL_RANGE = 6.0  # dB between the two; hum, hiss and silence have a steady level
_OPPOSITE_PHASE = -0.5  # correlation with the loudest channel below which a channel is inverted


def downmix(frames: NDArray[np.float32], *, sample_rate: int) -> NDArray[np.float32]:
    """Return the mean of the channels with a voice in them.

    These are the channels whose level varies as that of a voice does; if there are none, all
    channels are averaged. A channel in opposite phase to the loudest one, as from a balanced
    microphone on a stereo plug, is inverted first, since the two would cancel.

    Parameters
    ----------
    frames
        (n_frames, n_channels), with a full scale of 1.
    sample_rate
        Sample rate in Hz.

    Returns
    -------
    ndarray of float32, shape (n_frames,)
    """
    n_frames, n_channels = frames.shape
    if n_channels == 1:
        return frames[:, 0]
    cell = max(1, round(_CELL_SECONDS * sample_rate))
    n_cells = n_frames // cell
    if n_cells < _MIN_CELLS:
        return np.asarray(frames.mean(axis=1, dtype=np.float32))
    cells = frames[: n_cells * cell].reshape(n_cells, cell, n_channels)
    power = np.einsum("ijk,ijk->ik", cells, cells) / np.float32(cell)
    level = 10 * np.log10(power + _POWER_FLOOR)
    loud, quiet = np.percentile(level, (_LOUD, _QUIET), axis=0)
    kept = np.flatnonzero(loud - quiet >= _MIN_LEVEL_RANGE).tolist() or list(range(n_channels))
    energy = np.einsum("ij,ij->j", frames, frames)
    loudest = frames[:, max(kept, key=lambda channel: energy[channel])]
    mono = np.zeros(n_frames, dtype=np.float32)
    for channel in kept:
        samples = frames[:, channel]
        scale = np.sqrt(energy[channel] * float(loudest @ loudest))
        if scale and loudest @ samples / scale < _OPPOSITE_PHASE:
            mono -= samples
        else:
            mono += samples
    mono /= np.float32(len(kept))
    return mono
