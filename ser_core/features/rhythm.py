"""Rhythm features: voiced runs, gaps between them, peaks of loudness, and pitch in voiced runs."""

import numpy as np
from numpy.typing import NDArray

from ser_core.signal import FRAME_RATE, PitchTrack

Array = NDArray[np.float32]

NAMES = (
    "voiced_share",
    "voiced_runs_per_second",
    "voiced_run_mean_s",
    "voiced_run_sd_s",
    "voiced_run_max_s",
    "gap_mean_s",
    "gap_sd_s",
    "gap_max_s",
    "quiet_share",
    "loudness_peaks_per_second",
    "loudness_peak_height_mean",
    "loudness_peak_height_sd",
    "run_slope_mean",
    "run_slope_sd",
    "run_slope_rising_share",
    "last_run_slope",
    "run_pitch_range_mean",
    "run_onset_step_sd",
    "duration_s",
)
QUIET_SHARE_OF_MEAN = 0.3  # of the mean loudness; a frame below is quiet
MIN_RUN_FRAMES = 5  # 50 ms; a shorter voiced run has no slope
SMOOTHING_FRAMES = 7  # 70 ms: moving average of the loudness before its peaks are found
MIN_NUCLEUS = 0.5  # of the mean loudness; a lower peak is no syllable nucleus


def runs(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the runs of True in a mask, (n_runs, 2): the first frame, and one past the last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return edges.reshape(-1, 2)


def compute(track: PitchTrack, loudness: Array) -> Array:
    """Return the features of `NAMES`, (len(NAMES),) float32.

    Parameters
    ----------
    track
        Pitch track of `n_frames` frames.
    loudness
        (n_frames,) float32, relative to its mean.
    """
    seconds = loudness.size / FRAME_RATE
    voiced_runs = runs(track.voiced)
    lengths = (voiced_runs[:, 1] - voiced_runs[:, 0]) / FRAME_RATE
    gaps = (voiced_runs[1:, 0] - voiced_runs[:-1, 1]) / FRAME_RATE
    smooth = _smooth(loudness)
    peaks = smooth[_peaks(smooth)]
    values = [
        float(track.voiced.mean()),
        lengths.size / seconds,
        *_mean_sd_max(lengths),
        *_mean_sd_max(gaps),
        float((loudness < QUIET_SHARE_OF_MEAN).mean()),
        peaks.size / seconds,
        *_mean_sd_max(peaks)[:2],
        *_run_pitch(track),
        float(np.log(seconds)),
    ]
    return np.asarray(values, dtype=np.float32)


def _mean_sd_max(values: NDArray[np.floating]) -> tuple[float, float, float]:
    if values.size == 0:
        return 0.0, 0.0, 0.0
    return float(values.mean()), float(values.std()), float(values.max())


def find_nuclei(loudness: Array) -> NDArray[np.intp]:
    """Return the frames at the nuclei of syllables: the peaks of the smoothed loudness.

    Parameters
    ----------
    loudness
        (n_frames,) float32, relative to its mean.
    """
    return _peaks(_smooth(loudness))


def _peaks(smooth: Array) -> NDArray[np.intp]:
    middle = smooth[1:-1]
    is_peak = (middle > smooth[:-2]) & (middle >= smooth[2:]) & (middle > MIN_NUCLEUS)
    return np.flatnonzero(is_peak) + 1


def long_runs(track: PitchTrack) -> NDArray[np.intp]:
    """Return the voiced runs of at least `MIN_RUN_FRAMES`, (2, n_runs): starts and ends."""
    found = runs(track.voiced).T
    return found[:, found[1] - found[0] >= MIN_RUN_FRAMES]


def over_runs(
    reduction: np.ufunc, rows: Array, start: NDArray[np.intp], end: NDArray[np.intp]
) -> Array:
    """Reduce rows, (..., n_frames), over the frames of each run, to (..., n_runs)."""
    # reduceat also reduces the frames between two runs, which are dropped afterwards.
    edges = np.stack([start, end], axis=1).ravel()[:-1]
    reduced = reduction.reduceat(rows[..., : end[-1]], edges, axis=-1)
    return np.asarray(reduced[..., ::2])


def _smooth(loudness: Array) -> Array:
    kernel = np.full(SMOOTHING_FRAMES, 1 / SMOOTHING_FRAMES, dtype=np.float32)
    return np.convolve(loudness, kernel, mode="same")[: loudness.size]


def _run_pitch(track: PitchTrack) -> tuple[float, ...]:
    """Return features of slopes (octaves/s), ranges and onsets (octaves) of pitch in runs."""
    start, end = long_runs(track)
    if start.size == 0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    length = end - start
    octaves = np.log2(np.maximum(track.frequency, 1.0))
    ranges = over_runs(np.maximum, octaves, start, end) - over_runs(np.minimum, octaves, start, end)
    time = np.arange(octaves.size) / FRAME_RATE
    moments = over_runs(np.add, np.stack([octaves * time, octaves]), start, end)
    middle = (start + end - 1) / 2 / FRAME_RATE
    slopes = (moments[0] - middle * moments[1]) * 12 * FRAME_RATE**2 / (length * (length**2 - 1))
    onsets = octaves[start]
    rising = float((slopes > 0).mean())
    step = float(np.diff(onsets).std()) if onsets.size > 2 else 0.0
    mean_range = float(ranges.mean())
    return float(slopes.mean()), float(slopes.std()), rising, float(slopes[-1]), mean_range, step
