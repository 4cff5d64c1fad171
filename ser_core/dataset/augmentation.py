"""Altered copies of clips to train on: other rooms, microphones and lines, other voices.

An alteration is random, and follows from its seed alone: the same seed gives the same waveform, in
another process too.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ser_core.audio import OPUS, SAMPLE_RATE, round_trip
from ser_core.dataset import alterations
from ser_core.dataset.alterations import EQUALISER_BANDS, Seed
from ser_core.errors import TrainingError

Array = NDArray[np.float32]

Step = Callable[[Array, np.random.Generator], Array]
"""One random alteration: a waveform, and what its chance follows from, to a new waveform."""

CUT_SECONDS = 0.2  # of voice, at most, at either end
LEAST_SECONDS = 1.0  # a copy is cut only if as much is left
ROOM_DECAYS = (0.1, 0.4)  # seconds of reverberation: a car, a living room
ROOM_DIRECT_RATIOS = (0.0, 15.0)  # dB of direct to reverberant energy: far, near
EQUALISER_DB = 9.0  # up or down in each band, at most
NOISE_RATIOS = (8.0, 40.0)  # dB of the clip to the noise
NOISE_SLOPES = (-6.0, 3.0)  # dB per octave: from brown noise to blue, white between
TOPS = (3_000.0, 7_000.0)  # Hz
BOTTOMS = (60.0, 300.0)  # Hz
ORDERS = (1, 4)  # of filters: 12 to 48 dB per octave, from a far loudspeaker to a codec
OPUS_BIT_RATES = (16_000, 32_000)  # bits per second
PITCH_SEMITONES = 2.5  # up or down, at most: another speaker of the same kind
TEMPOS = (0.85, 1.18)  # times as fast
GAIN_DB = 12.0  # up or down, at most


def augment(waveform: Array, *, chain: str, seed: Seed) -> Array:
    """Alter a clip at random.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`, before `voice.prepare`.
    chain
        A key of `CHAINS`.
    seed
        Seed of the alteration: a number of 0 or more, or several, such as those of the clip and of
        its copy.

    Returns
    -------
    ndarray
        Float32, finite; longer or shorter where the chain changes the tempo. It may exceed ±1.

    Raises
    ------
    TrainingError
        If there is no such chain.
    """
    if chain not in CHAINS:
        raise TrainingError(f"There is no chain called {chain!r}; known are {', '.join(CHAINS)}.")
    generator = np.random.default_rng(seed)
    for share, step in CHAINS[chain]:
        if generator.random() < share:
            waveform = step(waveform, generator)
    return waveform


def _cut(waveform: Array, generator: np.random.Generator) -> Array:
    """Cut off the start of the voice, its end, or both; each as likely."""
    cut = waveform
    missed = generator.integers(3)
    if missed != 0:
        cut = alterations.cut_start(cut, seconds=generator.uniform(0.0, CUT_SECONDS))
    if missed != 1:
        cut = alterations.cut_end(cut, seconds=generator.uniform(0.0, CUT_SECONDS))
    return cut if cut.size >= LEAST_SECONDS * SAMPLE_RATE else waveform


def _room(waveform: Array, generator: np.random.Generator) -> Array:
    """Add the reverberation of a random room."""
    return alterations.reverberate(
        waveform,
        decay=generator.uniform(*ROOM_DECAYS),
        direct_ratio=generator.uniform(*ROOM_DIRECT_RATIOS),
        seed=int(generator.integers(2**32)),
    )


def _equaliser(waveform: Array, generator: np.random.Generator) -> Array:
    """Equalise at random, as a microphone does."""
    decibels = generator.uniform(-EQUALISER_DB, EQUALISER_DB, size=len(EQUALISER_BANDS))
    return alterations.equalise(waveform, decibels=decibels.tolist())


def _noise(waveform: Array, generator: np.random.Generator) -> Array:
    """Add noise: white half of the time, of any colour otherwise."""
    return alterations.add_noise(
        waveform,
        ratio=generator.uniform(*NOISE_RATIOS),
        slope=generator.choice([0.0, generator.uniform(*NOISE_SLOPES)]),
        seed=int(generator.integers(2**32)),
    )


def _line(waveform: Array, generator: np.random.Generator) -> Array:
    """Cut the top of the band, its bottom, or both as on the telephone; each as likely."""
    lost = generator.integers(3)
    if lost == 0:
        return alterations.telephone(waveform)
    order = int(generator.integers(*ORDERS, endpoint=True))
    if lost == 1:
        return alterations.low_pass(waveform, cutoff=generator.uniform(*TOPS), order=order)
    return alterations.high_pass(waveform, cutoff=generator.uniform(*BOTTOMS), order=order)


def _opus(waveform: Array, generator: np.random.Generator) -> Array:
    """Encode as a voice note is, and decode again."""
    bit_rate = int(generator.integers(*OPUS_BIT_RATES, endpoint=True))
    return round_trip(waveform, OPUS, bit_rate=bit_rate)


def _pitch(waveform: Array, generator: np.random.Generator) -> Array:
    """Shift the pitch at the same tempo."""
    semitones = generator.uniform(-PITCH_SEMITONES, PITCH_SEMITONES)
    return alterations.shift_pitch(waveform, semitones=semitones)


def _tempo(waveform: Array, generator: np.random.Generator) -> Array:
    """Change the tempo at the same pitch."""
    return alterations.change_tempo(waveform, rate=generator.uniform(*TEMPOS))


def _gain(waveform: Array, generator: np.random.Generator) -> Array:
    """Change the gain."""
    return alterations.change_gain(waveform, decibels=generator.uniform(-GAIN_DB, GAIN_DB))


CHAINS: dict[str, tuple[tuple[float, Step], ...]] = {
    "channel": (
        (0.5, _cut),
        (0.2, _room),
        (0.7, _equaliser),
        (0.7, _noise),
        (0.5, _line),
        (0.6, _opus),
    ),
    "voice": ((0.8, _pitch), (0.8, _tempo), (1.0, _gain)),
}
"""Steps in their order, and the share of copies that take each.

"channel" is all between a mouth and a recording, "voice" is another speaker.
"""
