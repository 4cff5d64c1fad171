"""Synthetic sounds for tests: tones, noise and voices."""

import numpy as np
import scipy.signal

SAMPLE_RATE = 16_000

BREATH = 0.02  # of the buzz's peak
TILT = 0.97  # of the one pole that makes the buzz fall by 6 dB an octave
THREE_FORMANTS = ((600, 80), (1200, 100), (2500, 150))  # Hz and bandwidth
FIVE_FORMANTS = ((730, 90), (1090, 110), (2440, 160), (3500, 200), (4500, 250))
CONSONANT = 0.1  # of the vowel's peak


def tone(frequency, seconds=1.0, amplitude=0.3):
    """Return a sine wave."""
    return (amplitude * np.sin(2 * np.pi * frequency * _time(seconds))).astype(np.float32)


def silence(seconds=1.0):
    """Return digital silence."""
    return np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)


def noise(seconds=1.0, amplitude=0.1, seed=0):
    """Return white noise."""
    generator = np.random.default_rng(seed)
    n_samples = round(seconds * SAMPLE_RATE)
    return (amplitude * generator.standard_normal(n_samples)).astype(np.float32)


def voice(seconds=2.0, *, pitch=150.0, glide=0.0, syllables_per_second=4.0, seed=0):
    """Return a buzz through three formants, in syllables.

    The pitch is in Hz (one, or one for each sample), the glide in octaves a second.
    """
    time = _time(seconds)
    buzz, _ = _buzz(time, pitch, glide)
    breath = 0.02 * np.random.default_rng(seed).standard_normal(time.size)
    sound = _resonate(buzz + breath, THREE_FORMANTS)
    return _normalise(sound * (0.55 - 0.45 * np.cos(2 * np.pi * syllables_per_second * time)))


def talk(seconds=2.0, *, pitch=150.0, glide=0.0, syllables_per_second=4.0, seed=0):
    """Return syllables of one vowel, parted by the hiss of consonants, as a source and its filter.

    The source is a buzz that falls with frequency, the filter has the five formants of an "ah". A
    voice activity detector takes it for a voice, which without the consonants it soon does not.

    The pitch is in Hz, the glide in octaves a second. What is measured in `voice` is easier to
    predict.
    """
    generator = np.random.default_rng(seed)
    time = _time(seconds)
    buzz, n_harmonics = _buzz(time, pitch, glide)
    breath = BREATH * n_harmonics * generator.standard_normal(time.size)
    sound = scipy.signal.lfilter([1.0], [1.0, -TILT], buzz + breath)
    sound = _resonate(sound, FIVE_FORMANTS)
    swell = np.cos(2 * np.pi * syllables_per_second * time)  # 1 between syllables, -1 within them
    sound = sound / np.abs(sound).max() * (0.55 - 0.45 * swell)
    hiss = CONSONANT * generator.standard_normal(time.size)
    return _normalise(sound + hiss * np.maximum(swell, 0.0) ** 4)


def _time(seconds):
    return np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def _buzz(time, pitch, glide):
    """Return as many harmonics as fit, all of one level, and how many they are."""
    frequency = pitch * 2.0 ** (glide * time)
    phase = np.cumsum(frequency) / SAMPLE_RATE
    n_harmonics = int(0.9 * SAMPLE_RATE / 2 / frequency.max())
    harmonics = [np.cos(2 * np.pi * k * phase) for k in range(1, n_harmonics + 1)]
    return np.sum(harmonics, axis=0), n_harmonics


def _resonate(sound, formants):
    for formant, bandwidth in formants:
        radius = np.exp(-np.pi * bandwidth / SAMPLE_RATE)
        angle = 2 * np.pi * formant / SAMPLE_RATE
        sound = scipy.signal.lfilter([1.0], [1.0, -2 * radius * np.cos(angle), radius**2], sound)
    return sound


def _normalise(sound):
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)
