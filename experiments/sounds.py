"""Sounds that are no voice, made by formulas, as many different ones of a kind as are asked for.

Each kind is a function that takes a random generator and gives `SECONDS` of sound, (n_samples,)
float64 at `SAMPLE_RATE`, of any loudness. What makes two of a kind differ (pitch, pace, timbre,
depth) is drawn from ranges that are wider than what a phone is likely to hear.
"""

from collections.abc import Callable

import numpy as np
import scipy.signal
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
SECONDS = 4.0
N_SAMPLES = round(SECONDS * SAMPLE_RATE)
LOUDEST_DBFS, QUIETEST_DBFS = -6.0, -40.0  # of the peak
FLOOR_DB = (-80.0, -35.0)  # of the noise of the room under the peak

Array = NDArray[np.float64]
Generator = np.random.Generator
Kind = Callable[[Generator], Array]

TIME = np.arange(N_SAMPLES) / SAMPLE_RATE  # s


def silence(generator: Generator) -> Array:
    """Return nothing, or the faint hiss of a microphone."""
    return generator.choice([0.0, 3e-5, 1e-4]) * generator.standard_normal(N_SAMPLES)


def hum(generator: Generator) -> Array:
    """Return what the mains sound like: 50 or 60 Hz and its harmonics."""
    mains = generator.choice([50.0, 60.0])
    harmonics = np.arange(1, generator.integers(2, 20))
    weights = generator.random(harmonics.size) / harmonics
    return weights @ np.sin(2 * np.pi * mains * harmonics[:, None] * TIME)


def tone(generator: Generator) -> Array:
    """Return one steady note, of sine, square or saw, now and then trembling."""
    pitch = 80.0 * 2 ** (6.0 * generator.random())
    depth = generator.choice([0.0, 0.02])
    turn = pitch * TIME - depth * pitch / (2 * np.pi * 5) * np.cos(2 * np.pi * 5 * TIME)
    return _shape(turn, generator) * (1 + 10 * depth * np.sin(2 * np.pi * 6 * TIME))


def chirp(generator: Generator) -> Array:
    """Return a tone that glides over and over."""
    low, high = np.sort(100.0 * 2 ** (5.0 * generator.random(2)))
    pace = 2.0 ** generator.uniform(-1, 3)  # glides a second
    up = (pace * TIME) % 1.0
    if generator.random() < 0.5:
        up = 1 - np.abs(2 * up - 1)
    return _shape(np.cumsum(low * (high / low) ** up) / SAMPLE_RATE, generator)


def noise(generator: Generator) -> Array:
    """Return steady noise of any colour from brown to violet, or of a band."""
    if generator.random() < 0.3:
        low = generator.uniform(100, 3000)
        return _band(generator.standard_normal(N_SAMPLES), low, low * generator.uniform(1.2, 2.5))
    return _coloured(generator, generator.uniform(-2.0, 2.0))


def swelling_noise(generator: Generator) -> Array:
    """Return noise that comes and goes at the pace of syllables."""
    pace, power = generator.uniform(1, 8), generator.uniform(1, 4)
    swell = (0.5 - 0.5 * np.cos(2 * np.pi * pace * TIME)) ** power
    return swell * noise(generator)


def wind(generator: Generator) -> Array:
    """Return low noise in slow gusts that lift its pitch."""
    gusts = _slow(generator, 0.7)
    low, high = _coloured(generator, -1.5), _band(generator.standard_normal(N_SAMPLES), 300, 900)
    return low / low.std() * np.exp(1.5 * gusts) + 0.3 * high * np.exp(2.5 * gusts)


def clicks(generator: Generator) -> Array:
    """Return clicks and crackle at random moments."""
    sound = np.zeros(N_SAMPLES)
    count = generator.integers(8, 400)
    sound[generator.integers(0, N_SAMPLES, count)] = generator.standard_normal(count)
    decay = np.exp(-np.arange(800) / generator.uniform(5, 150))
    return scipy.signal.fftconvolve(sound, decay)[:N_SAMPLES]


def keyboard(generator: Generator) -> Array:
    """Return typing: for each key a knock down and a softer one up, each ringing in its own way."""
    sound = np.zeros(N_SAMPLES + SAMPLE_RATE)
    moment = 0.1
    while moment < SECONDS:
        for delay, strength in ((0.0, 1.0), (generator.uniform(0.06, 0.13), 0.5)):
            knock = _burst(generator, 0.05, generator.uniform(0.003, 0.012))
            centre = generator.uniform(900, 4500)
            knock = knock + 2 * _band(knock, centre, 1.3 * centre)
            start = round((moment + delay) * SAMPLE_RATE)
            sound[start : start + knock.size] += strength * generator.uniform(0.5, 1) * knock
        moment += generator.gamma(4.0, generator.uniform(0.03, 0.08))
    return sound[:N_SAMPLES]


def clapping(generator: Generator) -> Array:
    """Return one pair of hands, or a hall full of them."""
    sound = np.zeros(N_SAMPLES + SAMPLE_RATE)
    for _ in range(generator.choice([1, 3, 30])):
        pace, centre = generator.uniform(1.5, 5), generator.uniform(700, 2000)
        for moment in np.arange(generator.uniform(0, 1), SECONDS, 1 / pace):
            clap = _burst(generator, 0.15, generator.uniform(0.008, 0.03))
            clap = _band(clap, 0.6 * centre, 2.5 * centre)
            start = max(0, round((moment + 0.02 * generator.standard_normal()) * SAMPLE_RATE))
            sound[start : start + clap.size] += generator.uniform(0.5, 1) * clap
    return sound[:N_SAMPLES]


def engine(generator: Generator) -> Array:
    """Return firing cylinders that speed up and slow down, through pipes, in their own noise."""
    rate = generator.uniform(25, 150) * 2 ** (generator.uniform(0, 0.8) * _slow(generator, 0.5))
    turn = np.cumsum(rate) / SAMPLE_RATE
    firing = np.exp(-generator.uniform(4, 15) * (turn % 1.0)) * (1 + 0.4 * np.cos(np.pi * turn))
    rough = firing * (1 + 0.5 * generator.standard_normal(N_SAMPLES))
    for _ in range(3):
        rough = rough + 2 * _band(rough, *(generator.uniform(80, 1500) * np.array([1, 1.3])))
    return rough + 0.2 * _coloured(generator, -1.0)


def beeps(generator: Generator) -> Array:
    """Return short tones in a rhythm, as microwaves, timers and reversing lorries give."""
    pace, share = generator.uniform(0.7, 8), generator.uniform(0.2, 0.7)
    pitch = generator.uniform(400, 4000)
    return _shape(pitch * TIME, generator) * _gate(pace, share)


def dialling(generator: Generator) -> Array:
    """Return a telephone's own sounds: dial tone, ringing, engaged, and numbers dialled."""
    sort = generator.integers(4)
    if sort == 0:
        return np.sin(2 * np.pi * 350 * TIME) + np.sin(2 * np.pi * 440 * TIME)
    if sort == 1:
        pair = np.sin(2 * np.pi * 440 * TIME) + np.sin(2 * np.pi * 480 * TIME)
        return pair * _gate(1 / generator.uniform(1.0, 3.0), 0.5)
    if sort == 2:
        return np.sin(2 * np.pi * generator.choice([425, 480]) * TIME) * _gate(2.0, 0.5)
    pace = generator.uniform(3, 8)
    key = (TIME * pace).astype(int)
    low = generator.choice([697, 770, 852, 941], key[-1] + 1)[key]
    high = generator.choice([1209, 1336, 1477], key[-1] + 1)[key]
    both = np.sin(2 * np.pi * low * TIME) + np.sin(2 * np.pi * high * TIME)
    return both * _gate(pace, 0.6)


def alarm(generator: Generator) -> Array:
    """Return sirens that wail, yelp or change between two tones; a bell that rings."""
    sort, low = generator.integers(3), generator.uniform(400, 900)
    if sort == 2:
        strikes = _gate(generator.uniform(8, 25), 0.1)
        partials = low * np.array([1, 2.76, 5.4, 8.9])
        ring = np.exp(-np.arange(4000) / 900)
        tones = np.sin(2 * np.pi * partials[:, None] * TIME[:4000]).sum(axis=0) * ring
        return scipy.signal.fftconvolve(np.maximum(np.diff(strikes, prepend=0), 0), tones)[
            :N_SAMPLES
        ]
    pace = generator.uniform(0.2, 4)
    wave = np.sin(2 * np.pi * pace * TIME)
    octaves = np.sign(wave) * 0.25 if sort == 0 else wave
    return _shape(np.cumsum(low * 2**octaves) / SAMPLE_RATE, generator)


def melody(generator: Generator) -> Array:
    """Return notes of one instrument, one after another."""
    return _notes(generator, _instrument(generator), voices=1)


def chords(generator: Generator) -> Array:
    """Return three or four notes at a time, with a bass under them."""
    upper = _notes(generator, _instrument(generator), voices=int(generator.integers(3, 5)))
    bass = _notes(generator, _instrument(generator), voices=1, octave=-2)
    return upper + bass


def drums(generator: Generator) -> Array:
    """Return a loop of bass drum, snare and hi-hat."""
    sound = np.zeros(N_SAMPLES + SAMPLE_RATE)
    beat = 60 / generator.uniform(80, 180) / 2  # s, of an eighth
    pattern = generator.random((8, 3)) < np.array([0.4, 0.3, 0.7])
    for index, moment in enumerate(np.arange(0, SECONDS, beat)):
        start = round(moment * SAMPLE_RATE)
        for hit, drum in zip(pattern[index % 8], range(3), strict=True):
            if hit:
                struck = _drum(generator, drum)
                sound[start : start + struck.size] += struck
    return sound[:N_SAMPLES]


def band(generator: Generator) -> Array:
    """Return melody, chords and drums together."""
    parts = (melody(generator), chords(generator), drums(generator))
    return sum(
        (generator.uniform(0.3, 1) * part / part.std() for part in parts), np.zeros(N_SAMPLES)
    )


KINDS: tuple[Kind, ...] = (
    silence,
    hum,
    tone,
    chirp,
    noise,
    swelling_noise,
    wind,
    clicks,
    keyboard,
    clapping,
    engine,
    beeps,
    dialling,
    alarm,
    melody,
    chords,
    drums,
    band,
)


def make(kind: Kind, seed: int) -> NDArray[np.float32]:
    """Make one sound of a kind, at a random loudness over a random floor of noise.

    Parameters
    ----------
    kind
        One of `KINDS`.
    seed
        The same seed gives the same sound.

    Returns
    -------
    ndarray
        (N_SAMPLES,) float32, mono at `SAMPLE_RATE`; silence keeps its own level.
    """
    generator = np.random.default_rng([seed, *kind.__name__.encode()])
    sound = kind(generator)
    if kind is not silence:
        peak = 10 ** (generator.uniform(QUIETEST_DBFS, LOUDEST_DBFS) / 20)
        sound = sound * peak / np.abs(sound).max()
        floor = peak * 10 ** (generator.uniform(*FLOOR_DB) / 20)
        sound = sound + floor * generator.standard_normal(N_SAMPLES)
    return sound.astype(np.float32)


def _shape(turn: Array, generator: Generator) -> Array:
    """Return a sine, a square or a saw of a phase in turns, its harmonics kept under 7 kHz."""
    waves = (np.sin(2 * np.pi * turn), scipy.signal.square(2 * np.pi * turn), 2 * (turn % 1) - 1)
    return _band(waves[generator.integers(3)], 20, 7000)


def _band(sound: Array, low: float, high: float) -> Array:
    edges = [max(low, 20.0), min(high, 7500.0)]
    sections = scipy.signal.butter(2, edges, "bandpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(scipy.signal.sosfilt(sections, sound))


def _coloured(generator: Generator, slope: float) -> Array:
    """Return noise whose amplitude goes with frequency to the power of `slope`."""
    spectrum = np.fft.rfft(generator.standard_normal(N_SAMPLES))
    frequency = np.maximum(np.fft.rfftfreq(N_SAMPLES, 1 / SAMPLE_RATE), 20.0)
    return np.fft.irfft(spectrum * (frequency / 1000.0) ** slope, N_SAMPLES)


def _slow(generator: Generator, fastest: float) -> Array:
    """Return a random course between about -2 and 2 that changes no faster than `fastest` Hz."""
    points = generator.standard_normal(max(4, round(2 * fastest * SECONDS) + 2))
    return np.interp(TIME, np.linspace(0, SECONDS, points.size), points)


def _gate(pace: float, share: float) -> Array:
    """Return 1 for a share of each period and 0 for the rest, with edges of 5 ms."""
    gate = ((pace * TIME) % 1.0 < share).astype(float)
    return np.convolve(gate, np.full(80, 1 / 80), mode="same")


def _burst(generator: Generator, seconds: float, decay: float) -> Array:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return generator.standard_normal(time.size) * np.exp(-time / decay)


def _drum(generator: Generator, drum: int) -> Array:
    time = np.arange(SAMPLE_RATE // 4) / SAMPLE_RATE
    if drum == 0:
        falling = 50 * time - 4 * np.exp(-30 * time)
        return 1.5 * np.sin(2 * np.pi * falling) * np.exp(-12 * time)
    burst = generator.standard_normal(time.size)
    if drum == 1:
        return (0.6 * burst + 0.5 * np.sin(2 * np.pi * 190 * time)) * np.exp(-18 * time)
    return 0.4 * np.diff(burst, prepend=0.0) * np.exp(-60 * time)


def _instrument(generator: Generator) -> Callable[[float, float], Array]:
    """Draw an instrument: how strong its harmonics are, how its notes begin, fade and tremble."""
    number = np.arange(1, 25)
    weights = number ** -generator.uniform(0.3, 2.5) * generator.uniform(0.2, 1, number.size)
    if generator.random() < 0.3:
        weights[1::2] *= 0.05  # a clarinet's
    attack, decay = 10 ** generator.uniform(-2.5, -0.8), 10 ** generator.uniform(-0.8, 0.8)
    stretch = generator.choice([0.0, 0.0005])  # a piano's
    vibrato = generator.choice([0.0, 0.01])

    def play(pitch: float, seconds: float) -> Array:
        time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        heard = number[pitch * number * np.sqrt(1 + stretch * number**2) < 7000]
        partials = pitch * heard * np.sqrt(1 + stretch * heard**2)
        turn = time - vibrato / (2 * np.pi * 5.5) * np.cos(2 * np.pi * 5.5 * time)
        note = weights[: heard.size] @ np.sin(2 * np.pi * partials[:, None] * turn)
        ending = np.minimum(1.0, (seconds - time) / 0.01)
        return note * (1 - np.exp(-time / attack)) * np.exp(-time / decay) * ending

    return play


def _notes(
    generator: Generator, play: Callable[[float, float], Array], *, voices: int, octave: int = 0
) -> Array:
    sound = np.zeros(N_SAMPLES)
    beat = 60 / generator.uniform(60, 180)  # s
    scale = np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16])
    root = 220.0 * 2 ** (octave + generator.uniform(-1, 1))
    moment = 0.0
    while moment < SECONDS:
        length = min(beat * generator.choice([0.5, 1.0, 2.0]), SECONDS - moment)
        start = round(moment * SAMPLE_RATE)
        for step in generator.choice(scale, voices, replace=False):
            note = play(root * 2 ** (step / 12), length)[: N_SAMPLES - start]
            sound[start : start + note.size] += note
        moment += length
    return sound
