"""Altered copies of clips to train on: other rooms, microphones and lines, other voices.

An alteration is random, and follows from its seed alone: the same seed gives the same waveform, in
another process too. What is random in audiomentations comes from the global generators of Python
and NumPy; they are seeded for as long as a copy takes, and then put back to where they were.
"""

import random
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ser_core.alterations import Seed, cut_end, cut_start, reverberate, telephone
from ser_core.audio import SAMPLE_RATE
from ser_core.codecs import opus_round_trip
from ser_core.errors import TrainingError

Array = NDArray[np.float32]

Step = Callable[[Array, np.random.Generator], Array]
"""One random alteration: a waveform, and what its chance follows from, to a new waveform."""

INSTALL_AUDIOMENTATIONS = f"{shlex.quote(sys.executable)} -m pip install audiomentations"

CUT_SHARE = 0.5  # of copies that begin too late, end too early, or both
CUT_SECONDS = 0.2  # of voice, at most, at either end
LEAST_SECONDS = 1.0  # a copy is cut only if as much is left
ROOM_SHARE = 0.2  # of copies that are put into a room
ROOM_DECAYS = (0.1, 0.4)  # seconds of reverberation: a car, a living room
ROOM_DIRECT_RATIOS = (0.0, 15.0)  # dB of direct to reverberant energy: far, near
EQUALISER_SHARE = 0.7
EQUALISER_DB = 9.0  # up or down in each of seven bands, at most
NOISE_SHARE = 0.7
NOISE_RATIOS = (8.0, 40.0)  # dB of the clip to the noise
NOISE_SLOPES = (-6.0, 3.0)  # dB per octave: from brown noise to blue, white between
NOISE_BINS = 64  # of the noise's spectrum: with more, what is brown lies below all hearing
LINE_SHARE = 0.5  # of copies that lose the top, the bottom, or both as on the telephone
TOPS = (3_000.0, 7_000.0)  # Hz
BOTTOMS = (60.0, 300.0)  # Hz
STEEPNESSES = (12, 48)  # dB per octave: from a far loudspeaker to a codec
OPUS_SHARE = 0.6
OPUS_BIT_RATES = (16_000, 32_000)  # bits per second
PITCH_SHARE = 0.8
PITCH_SEMITONES = 2.5  # up or down, at most: another speaker of the same kind
TEMPO_SHARE = 0.8
TEMPOS = (0.85, 1.18)  # times as fast
GAIN_DB = 12.0  # up or down, at most


def augment(waveform: Array, *, chain: str, seed: Seed) -> Array:
    """Alter a clip at random.

    Not for several threads at once: they would share the global generators.

    Parameters
    ----------
    waveform
        (n_samples,) float32, mono at `SAMPLE_RATE`, before `speech.prepare`.
    chain
        A key of `CHAINS`.
    seed
        What the alteration follows from, 0 or more: one number, or several, such as those of the
        clip and of its copy.

    Returns
    -------
    ndarray
        Float32, finite; longer or shorter where the chain changes the tempo. It may exceed ±1.

    Raises
    ------
    TrainingError
        If there is no such chain, or audiomentations is not installed.
    """
    if chain not in CHAINS:
        raise TrainingError(f"There is no chain called {chain!r}; known are {', '.join(CHAINS)}.")
    generator = np.random.default_rng(seed)
    for step in CHAINS[chain]:
        waveform = step(waveform, generator)
    return waveform


def _cut(waveform: Array, generator: np.random.Generator) -> Array:
    """Press the button a moment too late, let it go a moment too early, or both; each as likely."""
    cut = waveform
    missed = generator.integers(3)
    if missed != 0:
        cut = cut_start(cut, seconds=float(generator.uniform(0.0, CUT_SECONDS)))
    if missed != 1:
        cut = cut_end(cut, seconds=float(generator.uniform(0.0, CUT_SECONDS)))
    return cut if cut.size >= LEAST_SECONDS * SAMPLE_RATE else waveform


def _room(waveform: Array, generator: np.random.Generator) -> Array:
    """Put the voice into a room of chance."""
    return reverberate(
        waveform,
        decay=float(generator.uniform(*ROOM_DECAYS)),
        direct_ratio=float(generator.uniform(*ROOM_DIRECT_RATIOS)),
        seed=int(generator.integers(2**32)),
    )


def _equaliser(waveform: Array, generator: np.random.Generator) -> Array:
    """Colour the sound as a microphone does."""
    return _audiomentation(
        "SevenBandParametricEQ",
        waveform,
        generator,
        min_gain_db=-EQUALISER_DB,
        max_gain_db=EQUALISER_DB,
    )


def _noise(waveform: Array, generator: np.random.Generator) -> Array:
    """Add noise: white half of the time, of any colour otherwise."""
    least, most = NOISE_RATIOS
    if generator.random() < 0.5:
        return _audiomentation(
            "AddGaussianSNR", waveform, generator, min_snr_db=least, max_snr_db=most
        )
    darkest, brightest = NOISE_SLOPES
    return _audiomentation(
        "AddColorNoise",
        waveform,
        generator,
        min_snr_db=least,
        max_snr_db=most,
        min_f_decay=darkest,
        max_f_decay=brightest,
        n_fft=NOISE_BINS,
    )


def _line(waveform: Array, generator: np.random.Generator) -> Array:
    """Lose the top of the band, its bottom, or both as on the telephone; each as likely."""
    lost = generator.integers(3)
    if lost == 0:
        return telephone(waveform)
    kind, (least, most) = (("LowPassFilter", TOPS), ("HighPassFilter", BOTTOMS))[lost - 1]
    gentlest, steepest = STEEPNESSES
    return _audiomentation(
        kind,
        waveform,
        generator,
        min_cutoff_freq=least,
        max_cutoff_freq=most,
        min_rolloff=gentlest,
        max_rolloff=steepest,
    )


def _opus(waveform: Array, generator: np.random.Generator) -> Array:
    """Send the sound as a voice note."""
    return opus_round_trip(
        waveform, bit_rate=int(generator.integers(*OPUS_BIT_RATES, endpoint=True))
    )


def _pitch(waveform: Array, generator: np.random.Generator) -> Array:
    """Speak higher or lower at the same tempo."""
    return _audiomentation(
        "PitchShift",
        waveform,
        generator,
        min_semitones=-PITCH_SEMITONES,
        max_semitones=PITCH_SEMITONES,
    )


def _tempo(waveform: Array, generator: np.random.Generator) -> Array:
    """Speak faster or slower at the same pitch."""
    slowest, fastest = TEMPOS
    return _audiomentation(
        "TimeStretch",
        waveform,
        generator,
        min_rate=slowest,
        max_rate=fastest,
        leave_length_unchanged=False,
    )


def _gain(waveform: Array, generator: np.random.Generator) -> Array:
    """Speak nearer to the microphone, or further away."""
    return _audiomentation("Gain", waveform, generator, min_gain_db=-GAIN_DB, max_gain_db=GAIN_DB)


def _sometimes(share: float, step: Step) -> Step:
    """Take a step in a share of the copies."""

    def taken_or_not(waveform: Array, generator: np.random.Generator) -> Array:
        return step(waveform, generator) if generator.random() < share else waveform

    return taken_or_not


def _audiomentation(
    name: str, waveform: Array, generator: np.random.Generator, **settings: Any
) -> Array:
    """Apply one transform of audiomentations, with its chance taken from our generator."""
    try:
        import audiomentations
    except ModuleNotFoundError as cause:
        raise TrainingError(
            "audiomentations, which alters clips for training, is not installed: run "
            f"‘{INSTALL_AUDIOMENTATIONS}’."
        ) from cause
    transform = getattr(audiomentations, name)(**settings, p=1.0)
    with _seeded(int(generator.integers(2**32))):
        altered = transform(waveform, sample_rate=SAMPLE_RATE)
    return np.asarray(altered, dtype=np.float32)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the global generators of Python and NumPy, and put them back afterwards."""
    before, numpy_before = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(before)
        np.random.set_state(numpy_before)  # noqa: NPY002


CHAINS: dict[str, tuple[Step, ...]] = {
    "channel": (
        _sometimes(CUT_SHARE, _cut),
        _sometimes(ROOM_SHARE, _room),
        _sometimes(EQUALISER_SHARE, _equaliser),
        _sometimes(NOISE_SHARE, _noise),
        _sometimes(LINE_SHARE, _line),
        _sometimes(OPUS_SHARE, _opus),
    ),
    "voice": (
        _sometimes(PITCH_SHARE, _pitch),
        _sometimes(TEMPO_SHARE, _tempo),
        _gain,
    ),
}
"""Steps in their order: all that is between a mouth and us, and the mouth itself."""
