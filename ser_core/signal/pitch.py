"""Pitch, voicing and the quality of the voice, by autocorrelation.

The method is Boersma's (1993, "Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound"): the autocorrelation of a windowed frame, divided by
that of the window, has its highest peak at the period; the peaks of all frames are joined to the
cheapest path by dynamic programming. Everything is vectorised over frames and runs in plain numpy.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.fft
import soxr
from numpy.typing import NDArray

from ser_core.audio import SAMPLE_RATE
from ser_core.signal.spectrum import FRAME_RATE

PITCH_SAMPLE_RATE = SAMPLE_RATE // 2  # Hz; the harmonics that carry pitch lie under 4 kHz
PITCH_HOP_LENGTH = PITCH_SAMPLE_RATE // FRAME_RATE  # 80 samples: one frame for each of `Spectrum`
PITCH_FRAME_LENGTH = PITCH_SAMPLE_RATE // 20  # 400 samples: 50 ms, three periods of 60 Hz
PITCH_FFT_LENGTH = (
    1024  # ≥ the frame and the longest lag, so that the circular product does not wrap
)
PITCH_BIN_WIDTH = PITCH_SAMPLE_RATE / PITCH_FFT_LENGTH  # 7.8 Hz

LOWEST_PITCH = 60.0  # Hz
HIGHEST_PITCH = 700.0  # Hz; a shout or a scream
SHORTEST_LAG = int(PITCH_SAMPLE_RATE / HIGHEST_PITCH)  # samples
LONGEST_LAG = int(PITCH_SAMPLE_RATE / LOWEST_PITCH) + 1  # samples

N_CANDIDATES = 5  # periods that are considered in each frame
VOICING_THRESHOLD = 0.45  # the strength of the candidate "unvoiced"
SILENCE_THRESHOLD = 0.03  # of the loudest frame's peak, under which a frame leans to "unvoiced"
OCTAVE_COST = 0.01  # bonus per octave for a shorter lag
OCTAVE_JUMP_COST = 0.35  # per octave between two frames 10 ms apart
VOICING_COST = 0.14  # for going from voiced to unvoiced or back

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PitchTrack:
    """Pitch and voice quality, one value for each frame of the `Spectrum` of the same waveform.

    Parameters
    ----------
    frequency
        (n_frames,) float32, Hz; 0 where there is no voice.
    periodicity
        (n_frames,) float32, height of the autocorrelation's peak at the period (of the strongest
        candidate where unvoiced), 0 to 1.
    harmonics
        (3, n_frames) float32, dB: level of the first three harmonics; 0 where there is no voice.
    """

    frequency: Array
    periodicity: Array
    harmonics: Array

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """(n_frames,) bool: where there is voice."""
        return self.frequency > 0

    @property
    def harmonics_to_noise(self) -> Array:
        """(n_frames,) float32, dB: Boersma's harmonics-to-noise ratio, from the periodicity."""
        peak = np.clip(self.periodicity, 0.01, 0.999)
        return np.asarray(10.0 * np.log10(peak / (1.0 - peak)), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class PitchFrames:
    """What is measured of each frame for itself, before the frames are seen together.

    Parameters
    ----------
    lags, heights
        (n_frames, N_CANDIDATES) float32: the periods that come into question, in samples, and how
        high the autocorrelation is there.
    peaks
        (n_frames,) float32, the largest magnitude of the waveform in the frame.
    power
        (n_frames, PITCH_FFT_LENGTH // 2 + 1) float32, squared magnitude.
    """

    lags: Array
    heights: Array
    peaks: Array
    power: Array

    def take(self, frames: slice | NDArray[np.bool_]) -> "PitchFrames":
        """Return some of the frames."""
        return PitchFrames(
            lags=self.lags[frames],
            heights=self.heights[frames],
            peaks=self.peaks[frames],
            power=self.power[frames],
        )


def track(waveform: Array, n_frames: int) -> PitchTrack:
    """Follow the pitch of a voice.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`.
    n_frames
        How many frames the `Spectrum` of the same waveform has.

    Returns
    -------
    PitchTrack
        Of `n_frames` frames.
    """
    return follow(measure(waveform, n_frames))


def measure(waveform: Array, n_frames: int) -> PitchFrames:
    """Measure, frame by frame, what the pitch may be; the arguments are those of `track`."""
    frames = _frames(waveform, n_frames)
    transform = scipy.fft.rfft(frames * _window(), n=PITCH_FFT_LENGTH, axis=1)
    power = transform.real**2 + transform.imag**2
    correlation = scipy.fft.irfft(power, axis=1)[:, : LONGEST_LAG + 2]
    energy = np.maximum(correlation[:, :1], np.finfo(np.float32).tiny)
    correlation = correlation / energy / _window_correlation()
    lags, heights = _candidates(correlation)
    peaks = np.abs(frames).max(axis=1)
    return PitchFrames(lags=lags, heights=heights, peaks=peaks, power=power)


def follow(frames: PitchFrames) -> PitchTrack:
    """Choose the pitch of every frame, one after another."""
    lags, heights, peaks = frames.lags, frames.heights, frames.peaks
    choice = _cheapest_path(lags, heights, peaks / max(float(peaks.max()), 1e-12))
    rows = np.arange(len(lags))
    voiced = choice < N_CANDIDATES
    chosen = np.where(voiced, choice, 0)
    frequency = np.where(voiced, PITCH_SAMPLE_RATE / lags[rows, chosen], 0.0).astype(np.float32)
    periodicity = np.clip(np.where(voiced, heights[rows, chosen], heights.max(axis=1)), 0.0, 1.0)
    return PitchTrack(
        frequency=frequency,
        periodicity=periodicity.astype(np.float32),
        harmonics=_harmonic_levels(frames.power, frequency),
    )


def _frames(waveform: Array, n_frames: int) -> Array:
    """Cut the waveform, at half its rate, into frames centred as those of `Spectrum` are."""
    slow = soxr.resample(waveform, SAMPLE_RATE, PITCH_SAMPLE_RATE, quality="QQ")
    half = PITCH_FRAME_LENGTH // 2
    length = (n_frames - 1) * PITCH_HOP_LENGTH + PITCH_FRAME_LENGTH
    padded = np.zeros(max(length, half + slow.size), dtype=np.float32)
    padded[half : half + slow.size] = slow
    frames = np.lib.stride_tricks.sliding_window_view(padded, PITCH_FRAME_LENGTH)
    frames = frames[: length - PITCH_FRAME_LENGTH + 1 : PITCH_HOP_LENGTH]
    return np.asarray(frames - frames.mean(axis=1, keepdims=True), dtype=np.float32)


@cache
def _window() -> Array:
    return np.hanning(PITCH_FRAME_LENGTH + 2)[1:-1].astype(np.float32)


@cache
def _window_correlation() -> Array:
    """Return the autocorrelation of the window, (LONGEST_LAG + 2,), 1 at lag 0."""
    window = _window()
    full = np.correlate(window, window, mode="full")[window.size - 1 :]
    return np.asarray((full / full[0])[: LONGEST_LAG + 2], dtype=np.float32)


def _candidates(correlation: Array) -> tuple[Array, Array]:
    """Find the highest peaks of every frame's autocorrelation.

    Returns
    -------
    lags, heights
        Each (n_frames, N_CANDIDATES) float32: where the parabola through the three values at a peak
        has its top (in samples), and how high it is there; height 0 where there is no further peak.
    """
    left = correlation[:, SHORTEST_LAG - 1 : LONGEST_LAG]
    middle = correlation[:, SHORTEST_LAG : LONGEST_LAG + 1]
    right = correlation[:, SHORTEST_LAG + 1 : LONGEST_LAG + 2]
    is_peak = (middle > left) & (middle >= right) & (middle > 0)
    octaves = np.log2(np.arange(SHORTEST_LAG, LONGEST_LAG + 1) / LONGEST_LAG)
    rank = np.where(is_peak, middle - OCTAVE_COST * octaves.astype(np.float32), -np.inf)
    rows = np.arange(rank.shape[0])
    best = np.empty((rank.shape[0], N_CANDIDATES), dtype=np.intp)
    for number in range(N_CANDIDATES):  # a fifth of the time of np.argpartition
        best[:, number] = rank.argmax(axis=1)
        rank[rows, best[:, number]] = -np.inf
    rows = rows[:, None]
    y0, y1, y2 = left[rows, best], middle[rows, best], right[rows, best]
    curvature = np.minimum(y0 - 2.0 * y1 + y2, -1e-9)
    shift = np.clip(0.5 * (y0 - y2) / curvature, -0.5, 0.5)
    heights = np.where(is_peak[rows, best], y1 - 0.25 * (y0 - y2) * shift, 0.0)
    # The window's correlation is small at long lags, where dividing by it can lift a peak over 1.
    heights = np.where(heights > 1.0, 1.0 / np.maximum(heights, 1e-9), heights)
    return (best + SHORTEST_LAG + shift).astype(np.float32), heights.astype(np.float32)


def _cheapest_path(lags: Array, heights: Array, level: Array) -> NDArray[np.intp]:
    """Choose a candidate for every frame (Viterbi); `N_CANDIDATES` stands for "unvoiced"."""
    n_frames = lags.shape[0]
    octaves = np.log2(lags)
    voiced_score = heights - OCTAVE_COST * (octaves - np.float32(np.log2(LONGEST_LAG)))
    voiced_score = np.where(heights > 0, voiced_score, -10.0)
    lean = np.maximum(0.0, 2.0 - level / (SILENCE_THRESHOLD / (1.0 + VOICING_THRESHOLD)))
    unvoiced_score = (VOICING_THRESHOLD + lean)[:, None]
    local = np.concatenate([voiced_score, unvoiced_score], axis=1).astype(np.float32)
    n_states = N_CANDIDATES + 1
    cost = np.full((n_frames, n_states, n_states), VOICING_COST, dtype=np.float32)
    cost[1:, :-1, :-1] = OCTAVE_JUMP_COST * np.abs(octaves[:-1, :, None] - octaves[1:, None, :])
    cost[:, -1, -1] = 0.0
    return _best_path(local[0], local[:, None, :] - cost)


def _best_path(first: Array, gain: Array) -> NDArray[np.intp]:
    """Choose a state for every frame so that what is gained is most.

    From both ends at once to the middle, and frame by frame only what must be: of arrays this small
    a step takes as long for two scores as for one. Which state follows which is asked of all frames
    afterwards.

    Parameters
    ----------
    first
        (n_states,) float32: what each state gains in the first frame.
    gain
        (n_frames, n_states, n_states) float32: what is gained in a frame, from a state to a state.
    """
    n_frames, n_states = gain.shape[:2]
    middle = n_frames // 2
    # Scores of all ways from the beginning to a frame, and of all ways from there to the end.
    scores = np.zeros((2, middle + 1, n_states, 1), dtype=np.float32)
    scores[0, 0, :, 0] = first
    steps = np.stack([gain[1 : middle + 1], gain[: -middle - 1 : -1].swapaxes(1, 2)], axis=1)
    totals = np.empty((2, n_states, n_states), dtype=np.float32)
    for before, after, step in zip(
        scores[:, :-1].swapaxes(0, 1), scores[:, 1:, :, 0].swapaxes(0, 1), steps, strict=True
    ):
        np.add(before, step, out=totals)
        np.maximum.reduce(totals, axis=1, out=after)
    to_here, to_end = scores[0, :, :, 0], scores[1, ::-1, :, 0]  # the latter of the last frames
    came_from = (to_here[:-1, :, None] + gain[1 : middle + 1]).argmax(axis=1).tolist()
    rest = n_frames - 1 - middle  # frames after the middle
    followed = gain[middle + 1 :] + to_end[middle + 1 - rest :, None]
    goes_to = followed.argmax(axis=2).tolist()
    path = np.empty(n_frames, dtype=np.intp)
    state = path[middle] = int((to_here[middle] + to_end[-rest - 1]).argmax())
    for frame in range(middle, 0, -1):
        state = path[frame - 1] = came_from[frame - 1][state]
    state = path[middle]
    for frame in range(middle + 1, n_frames):
        state = path[frame] = goes_to[frame - middle - 1][state]
    return path


def _harmonic_levels(power: Array, frequency: Array) -> Array:
    """Read the level of the first three harmonics off the frames' spectra, (3, n_frames), in dB."""
    rows = np.arange(power.shape[0])
    voiced = frequency > 0
    levels = np.zeros((3, power.shape[0]), dtype=np.float32)
    floor = np.float32(1e-7 * max(float(power.max()), 1e-30))
    for harmonic in range(3):
        centre = np.rint(frequency * (harmonic + 1) / PITCH_BIN_WIDTH).astype(np.intp)
        around = np.minimum(centre[:, None] + np.arange(-2, 3), power.shape[1] - 1)
        peak = power[rows[:, None], np.maximum(around, 0)].max(axis=1)
        levels[harmonic] = np.where(voiced, 10.0 * np.log10(peak + floor), 0.0)
    return levels
