"""Alterations of a waveform: level, room, bandwidth, noise, cuts, codecs, pitch and tempo.

Conventions
-----------
Each takes a waveform, (n_samples,) float32, mono at `SAMPLE_RATE`, and returns a new one. What is
random follows from a seed. A signal-to-noise ratio is that of the power of the whole clip,
pauses and all, to the power of what is added. Nothing is clipped unless clipping is what is asked
for, so a result may exceed ±1.

`BATTERY` is what the robustness of a model is measured by. It is modelled on the robustness tests
of Derington et al. (2023), "Testing Speech Emotion Recognition Machine Learning Models", and
harder where theirs are too mild to tell models apart: they add zeros for at most 1,000 samples (62
ms), cut away as much, change the gain by 2 dB, cut high-pass at 150 Hz at most, and clip 0.3 %. How
they cut is in the battery too, beside cuts of the voice itself, so that their figures have a
counterpart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
import scipy.signal
import soxr
from numpy.typing import NDArray

from ser_core.audio import MP3, OPUS, SAMPLE_RATE, round_trip
from ser_core.errors import AudioError
from ser_core.voice import VOICE_FRAME_LENGTH, preparation

Array = NDArray[np.float32]

Seed = int | tuple[int, ...]  # as numpy.random.default_rng takes it

PUBLISHED_CUT = 1_000 / SAMPLE_RATE  # seconds: as much as Derington et al. cut away at most
FILTER_ORDER = 4  # of a Butterworth filter; run forwards and backwards: 12 dB per octave each
TELEPHONE_RATE = 8_000  # Hz
TELEPHONE_BAND = (300.0, 3_400.0)  # Hz: the voice band of ITU-T G.712
BABBLE_VOICES = 5  # speaking at once: a babble, of which no one is understood
DECAY_DB = 60.0  # by which a room's sound has fallen after its reverberation time
ROOM_BEGINS = 0.0025  # seconds after the direct sound: a wall at arm's length
EQUALISER_BANDS = (62.5, 125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0)  # Hz, an octave apart
LOWEST_COLOUR = 250.0  # Hz, under which noise of any colour is even: a voice is not drowned there
TEMPO_FRAME = SAMPLE_RATE // 40  # samples: 25 ms, overlapping by half
TEMPO_SEARCH = 130  # samples to either side: together, a period of the lowest voice (61 Hz)


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Input of an alteration other than the waveform.

    Parameters
    ----------
    voices
        Waveforms of other people, for a babble.
    seed
        Seed of all random numbers.
    """

    voices: Sequence[Array] = ()
    seed: Seed = 0


Alteration = Callable[[Array, Surroundings], Array]


def change_gain(waveform: Array, *, decibels: float) -> Array:
    """Amplify, or attenuate if `decibels` is negative."""
    return waveform * np.float32(10.0 ** (decibels / 20.0))


def add_zeros(waveform: Array, *, before: float = 0.0, after: float = 0.0) -> Array:
    """Add digital silence, in seconds, before and after."""
    return np.pad(waveform, (round(before * SAMPLE_RATE), round(after * SAMPLE_RATE)))


def cut_start(waveform: Array, *, seconds: float) -> Array:
    """Cut off all before the voice and the first seconds of it: recorded a moment too late."""
    first, _ = _voice_bounds(waveform)
    return waveform[first + round(seconds * SAMPLE_RATE) :].copy()


def cut_end(waveform: Array, *, seconds: float) -> Array:
    """Cut off the last seconds of the voice and all after it: stopped a moment too early."""
    _, last = _voice_bounds(waveform)
    return waveform[: max(0, last - round(seconds * SAMPLE_RATE))].copy()


def cut_file(waveform: Array, *, before: float = 0.0, after: float = 0.0) -> Array:
    """Cut off the first and the last seconds of the clip, whether there is a voice or not."""
    return waveform[round(before * SAMPLE_RATE) : waveform.size - round(after * SAMPLE_RATE)].copy()


def low_pass(waveform: Array, *, cutoff: float, order: int = FILTER_ORDER) -> Array:
    """Filter out what is above a frequency in Hz, without delay, by 12 dB per octave and order."""
    return _filter(waveform, "lowpass", cutoff, order)


def high_pass(waveform: Array, *, cutoff: float, order: int = FILTER_ORDER) -> Array:
    """Filter out what is below a frequency in Hz, without delay, by 12 dB per octave and order."""
    return _filter(waveform, "highpass", cutoff, order)


def equalise(waveform: Array, *, decibels: Sequence[float]) -> Array:
    """Turn each of `EQUALISER_BANDS` up or down; between two of them by something between."""
    octaves = np.log2(EQUALISER_BANDS)
    return _weigh(waveform, lambda octave: np.interp(octave, octaves, decibels))


def change_tempo(waveform: Array, *, rate: float) -> Array:
    """Play `rate` times as fast at the same pitch, by WSOLA.

    Frames are taken from the waveform at one distance and added up at another; each is moved a
    little to where it goes on like the one before it (Verhelst & Roelands 1993, "An Overlap-Add
    Technique Based on Waveform Similarity").

    Returns
    -------
    ndarray
        (round(n_samples / rate),) float32.
    """
    hop, reach = TEMPO_FRAME // 2, TEMPO_SEARCH
    length = round(waveform.size / rate)
    n_frames = length // hop + 2
    padding = 2 * (reach + TEMPO_FRAME) + round(2 * hop * rate)
    padded = np.pad(waveform, (hop + reach, padding))
    energy = np.cumsum(np.pad(np.square(padded, dtype=np.float64), (1, 0)))
    energy = energy[TEMPO_FRAME:] - energy[:-TEMPO_FRAME] + np.finfo(np.float32).tiny
    window = scipy.signal.get_window("hann", TEMPO_FRAME).astype(np.float32)
    changed = np.zeros((n_frames + 1) * hop, dtype=np.float32)
    start = reach
    for number in range(n_frames):
        if number > 0:
            following = padded[start + hop : start + hop + TEMPO_FRAME]
            first = round(number * hop * rate)
            around = padded[first : first + 2 * reach + TEMPO_FRAME]
            likeness = np.correlate(around, following) / np.sqrt(energy[first:][: 2 * reach + 1])
            start = first + int(likeness.argmax())
        changed[number * hop :][:TEMPO_FRAME] += window * padded[start : start + TEMPO_FRAME]
    return changed[hop : hop + length]


def shift_pitch(waveform: Array, *, semitones: float) -> Array:
    """Shift the pitch, and formants with it, up or down if negative, at the same tempo."""
    ratio = 2.0 ** (semitones / 12.0)
    slower = change_tempo(waveform, rate=1.0 / ratio)
    return _fit(soxr.resample(slower, SAMPLE_RATE * ratio, SAMPLE_RATE), waveform.size)


def telephone(waveform: Array) -> Array:
    """Keep what a landline keeps: `TELEPHONE_BAND`, sampled at `TELEPHONE_RATE` on the way."""
    narrow = soxr.resample(
        _filter(waveform, "bandpass", TELEPHONE_BAND), SAMPLE_RATE, TELEPHONE_RATE
    )
    return _fit(soxr.resample(narrow, TELEPHONE_RATE, SAMPLE_RATE), waveform.size)


def add_noise(waveform: Array, *, ratio: float, slope: float = 0.0, seed: Seed) -> Array:
    """Add Gaussian noise.

    Parameters
    ----------
    waveform
        (n_samples,) float32.
    ratio
        Signal-to-noise ratio in dB.
    slope
        Slope of the noise's power in dB per octave, above `LOWEST_COLOUR`: 0 is white, -3 pink, -6
        brown.
    seed
        Seed of the noise.
    """
    noise = np.random.default_rng(seed).standard_normal(waveform.size, dtype=np.float32)
    if slope:
        noise = _weigh(noise, lambda octave: slope * np.maximum(octave, np.log2(LOWEST_COLOUR)))
    return _mix(waveform, noise, ratio)


def add_babble(waveform: Array, voices: Sequence[Array], *, ratio: float, seed: Seed) -> Array:
    """Add other voices, all at once, at a signal-to-noise ratio in dB.

    Parameters
    ----------
    waveform
        (n_samples,) float32.
    voices
        (n_samples of its own,) float32 each; `BABBLE_VOICES` of them are drawn, or all if there are
        fewer, made equally loud, started anywhere and repeated for as long as the waveform lasts.
    ratio
        Signal-to-noise ratio in dB.
    seed
        Seed of all random numbers.

    Raises
    ------
    AudioError
        If there are no voices.
    """
    if not voices:
        raise AudioError("A babble needs other voices.")
    generator = np.random.default_rng(seed)
    drawn = generator.permutation(len(voices))[:BABBLE_VOICES]
    babble = np.zeros(waveform.size, dtype=np.float32)
    for number in drawn:
        voice = preparation.normalise_loudness(voices[number])
        if voice.size:
            babble += np.resize(np.roll(voice, int(generator.integers(voice.size))), babble.size)
    return _mix(waveform, babble, ratio)


def clip(waveform: Array, *, share: float) -> Array:
    """Cut off the peaks at the level that a share of the samples exceeds: an overdriven mic."""
    if waveform.size == 0:
        return waveform.copy()
    level = np.quantile(np.abs(waveform), 1.0 - share)
    return np.clip(waveform, -level, level)


def reverberate(waveform: Array, *, decay: float, direct_ratio: float, seed: Seed) -> Array:
    """Add the reverberation of a room.

    The room's answer is noise that decays exponentially (Moorer 1979, "About This Reverberation
    Business").

    Parameters
    ----------
    waveform
        (n_samples,) float32.
    decay
        Reverberation time in seconds, in which the sound falls by `DECAY_DB`.
    direct_ratio
        Energy of the direct sound to that of the room's answer, in dB.
    seed
        Seed of the room.

    Returns
    -------
    ndarray
        (n_samples,) float32: the direct sound is in time with the waveform, and what would still
        sound after its end is cut off.
    """
    delay = round(ROOM_BEGINS * SAMPLE_RATE)
    time = np.arange(max(1, round(decay * SAMPLE_RATE))) / SAMPLE_RATE
    tail = np.random.default_rng(seed).standard_normal(time.size)
    tail *= 10.0 ** (-DECAY_DB / 20.0 * time / decay)
    tail *= np.sqrt(10.0 ** (-direct_ratio / 10.0) / np.sum(tail**2))
    response = np.concatenate([[1.0], np.zeros(delay - 1), tail])
    wet = scipy.signal.fftconvolve(waveform, response)[: waveform.size]
    return np.asarray(wet, dtype=np.float32)


def _filter(
    waveform: Array, kind: str, cutoff: float | tuple[float, float], order: int = FILTER_ORDER
) -> Array:
    sections = scipy.signal.butter(order, cutoff, kind, fs=SAMPLE_RATE, output="sos")
    padding = min(waveform.size - 1, SAMPLE_RATE // 10)
    if padding < 0:
        return waveform.copy()
    filtered = scipy.signal.sosfiltfilt(sections, waveform, padlen=padding)
    return np.asarray(filtered, dtype=np.float32)


def _weigh(
    waveform: Array, decibels: Callable[[NDArray[np.float64]], NDArray[np.float64]]
) -> Array:
    """Turn every frequency up or down by what is given for it as octaves above 1 Hz."""
    frequencies = np.fft.rfftfreq(waveform.size, 1.0 / SAMPLE_RATE)
    gains = 10.0 ** (decibels(np.log2(np.maximum(frequencies, 1.0))) / 20.0)
    weighed = scipy.fft.irfft(scipy.fft.rfft(waveform) * gains, n=waveform.size)
    return np.asarray(weighed, dtype=np.float32)


def _mix(waveform: Array, noise: Array, ratio: float) -> Array:
    """Add noise at a ratio in dB of the waveform's power to that of the noise."""
    noise_power = _power(noise)
    if noise_power == 0.0:
        return waveform.copy()
    amplitude = np.sqrt(_power(waveform) / noise_power * 10.0 ** (-ratio / 10.0))
    return waveform + np.float32(amplitude) * noise


def _power(waveform: Array) -> float:
    return float(np.mean(np.square(waveform, dtype=np.float64))) if waveform.size else 0.0


def _voice_bounds(waveform: Array) -> tuple[int, int]:
    """Return the first sample of the voice and one past its last; those of the clip in silence."""
    where = np.flatnonzero(preparation.find_active(preparation.levels(waveform)))
    if where.size == 0:
        return 0, waveform.size
    return int(where[0]) * VOICE_FRAME_LENGTH, (int(where[-1]) + 1) * VOICE_FRAME_LENGTH


def _fit(waveform: Array, n_samples: int) -> Array:
    """Cut, or fill with zeros, to a number of samples."""
    kept = waveform[:n_samples]
    return np.pad(kept, (0, n_samples - kept.size))


BATTERY: dict[str, Alteration] = {
    "gain -12 dB": lambda sound, _: change_gain(sound, decibels=-12.0),
    "gain +12 dB": lambda sound, _: change_gain(sound, decibels=12.0),
    "zeros before, 0.5 s": lambda sound, _: add_zeros(sound, before=0.5),
    "zeros after, 0.5 s": lambda sound, _: add_zeros(sound, after=0.5),
    "cropped start, 0.1 s of voice": lambda sound, _: cut_start(sound, seconds=0.1),
    "cropped end, 0.1 s of voice": lambda sound, _: cut_end(sound, seconds=0.1),
    "cropped start, 62 ms of clip": lambda sound, _: cut_file(sound, before=PUBLISHED_CUT),
    "cropped end, 62 ms of clip": lambda sound, _: cut_file(sound, after=PUBLISHED_CUT),
    "low-pass 4 kHz": lambda sound, _: low_pass(sound, cutoff=4_000.0),
    "high-pass 150 Hz": lambda sound, _: high_pass(sound, cutoff=150.0),
    "telephone band": lambda sound, _: telephone(sound),
    "white noise, 20 dB": lambda sound, around: add_noise(sound, ratio=20.0, seed=around.seed),
    "white noise, 10 dB": lambda sound, around: add_noise(sound, ratio=10.0, seed=around.seed),
    "babble, 20 dB": lambda sound, around: add_babble(
        sound, around.voices, ratio=20.0, seed=around.seed
    ),
    "babble, 10 dB": lambda sound, around: add_babble(
        sound, around.voices, ratio=10.0, seed=around.seed
    ),
    "clipping, 1 % of samples": lambda sound, _: clip(sound, share=0.01),
    "room, 0.4 s": lambda sound, around: reverberate(
        sound, decay=0.4, direct_ratio=0.0, seed=around.seed
    ),
    "Opus 32 kbit/s": lambda sound, _: round_trip(sound, OPUS, bit_rate=32_000),
    "Opus 16 kbit/s": lambda sound, _: round_trip(sound, OPUS, bit_rate=16_000),
    "MP3 32 kbit/s": lambda sound, _: round_trip(sound, MP3, bit_rate=32_000),
}
"""Alterations by the names that reports have for them, which say how strong they are."""
