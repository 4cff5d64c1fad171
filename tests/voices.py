"""Sounds that tests make for themselves: tones, noise, and something built like a voice."""

import numpy as np
import scipy.signal
from numpy.typing import NDArray

SAMPLE_RATE = 16_000

BREATH = 0.02  # of the buzz's peak
TILT = 0.97  # of the one pole that makes the buzz fall by 6 dB an octave
FORMANTS = ((730, 90), (1090, 110), (2440, 160), (3500, 200), (4500, 250))  # Hz and bandwidth
CONSONANT = 0.1  # of the vowel's peak

Array = NDArray[np.float32]


def tone(frequency: float, seconds: float = 1.0, amplitude: float = 0.3) -> Array:
    """Give a sine wave."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def silence(seconds: float = 1.0) -> Array:
    """Give digital silence."""
    return np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)


def noise(seconds: float = 1.0, amplitude: float = 0.1, seed: int = 0) -> Array:
    """Give white noise."""
    generator = np.random.default_rng(seed)
    n_samples = round(seconds * SAMPLE_RATE)
    return (amplitude * generator.standard_normal(n_samples)).astype(np.float32)


def voice(
    seconds: float = 2.0,
    *,
    pitch: float | Array = 150.0,
    glide: float = 0.0,
    syllables_per_second: float = 4.0,
    seed: int = 0,
) -> Array:
    """Give a buzz through three formants, in syllables.

    The pitch is in Hz (one, or one for each sample), the glide in octaves a second.
    """
    generator = np.random.default_rng(seed)
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    frequency = pitch * 2.0 ** (glide * time)
    phase = np.cumsum(frequency) / SAMPLE_RATE
    n_harmonics = int(0.9 * SAMPLE_RATE / 2 / np.max(frequency))
    buzz = np.sum([np.cos(2 * np.pi * k * phase) for k in range(1, n_harmonics + 1)], axis=0)
    sound = buzz + 0.02 * generator.standard_normal(time.size)
    for formant, bandwidth in ((600.0, 80.0), (1200.0, 100.0), (2500.0, 150.0)):
        radius = np.exp(-np.pi * bandwidth / SAMPLE_RATE)
        angle = 2 * np.pi * formant / SAMPLE_RATE
        sound = scipy.signal.lfilter([1.0], [1.0, -2 * radius * np.cos(angle), radius**2], sound)
    envelope = 0.55 - 0.45 * np.cos(2 * np.pi * syllables_per_second * time)
    sound = sound * envelope
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def talk(
    seconds: float = 2.0,
    *,
    pitch: float = 150.0,
    glide: float = 0.0,
    syllables_per_second: float = 4.0,
    seed: int = 0,
) -> Array:
    """Give syllables of one vowel, parted by the hiss of consonants, as a source and its filter.

    The source is a buzz that falls with frequency, the filter has the five formants of an "ah". A
    detector of voices takes it for one; without the consonants it soon hears a machine.

    The pitch is in Hz, the glide in octaves a second. What is measured in `voice` is easier to
    foretell.
    """
    generator = np.random.default_rng(seed)
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    frequency = pitch * 2.0 ** (glide * time)
    phase = np.cumsum(frequency) / SAMPLE_RATE
    n_harmonics = int(0.9 * SAMPLE_RATE / 2 / frequency.max())
    buzz = np.sum([np.cos(2 * np.pi * k * phase) for k in range(1, n_harmonics + 1)], axis=0)
    breath = BREATH * n_harmonics * generator.standard_normal(time.size)
    sound = scipy.signal.lfilter([1.0], [1.0, -TILT], buzz + breath)
    for formant, bandwidth in FORMANTS:
        radius = np.exp(-np.pi * bandwidth / SAMPLE_RATE)
        angle = 2 * np.pi * formant / SAMPLE_RATE
        sound = scipy.signal.lfilter([1.0], [1.0, -2 * radius * np.cos(angle), radius**2], sound)
    swell = np.cos(2 * np.pi * syllables_per_second * time)  # 1 between syllables, -1 within them
    sound = sound / np.abs(sound).max() * (0.55 - 0.45 * swell)
    hiss = CONSONANT * generator.standard_normal(time.size)
    sound = sound + hiss * np.maximum(swell, 0.0) ** 4
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)
