"""Altered copies: of chance, and yet the same each time."""

# ruff: noqa: NPY002, S311 - the global generators are what must not be touched

import hashlib
import random
import subprocess
import sys

import numpy as np
import pytest

from ser_core import augment as augmentations
from ser_core import speech
from ser_core.audio import SAMPLE_RATE
from ser_core.augment import CHAINS, augment
from ser_core.errors import TrainingError
from tests.voices import silence, talk, voice

pytest.importorskip("audiomentations")

VOICE = voice(1.5)
TALK = talk(1.5)
COPIES = 12

chains = pytest.mark.parametrize("chain", CHAINS)


def digest(waveform):
    return hashlib.sha256(waveform.tobytes()).hexdigest()


@chains
def test_a_copy_is_another_sound_that_still_holds_a_voice(chain):
    for seed in range(COPIES):
        copy = augment(TALK, chain=chain, seed=seed)
        assert copy.dtype == np.float32
        assert copy.ndim == 1
        assert np.isfinite(copy).all()
        assert not np.array_equal(copy, TALK)
        assert speech.prepare(copy).is_present


@chains
def test_the_clip_itself_is_left_alone(chain):
    before = VOICE.copy()
    augment(VOICE, chain=chain, seed=1)
    np.testing.assert_array_equal(VOICE, before)


@chains
def test_every_seed_gives_another_copy_and_the_same_seed_the_same(chain):
    copies = {digest(augment(VOICE, chain=chain, seed=(7, copy))) for copy in range(COPIES)}
    assert len(copies) == COPIES
    assert copies == {digest(augment(VOICE, chain=chain, seed=(7, copy))) for copy in range(COPIES)}


@chains
def test_another_process_makes_the_same_copies_and_compiles_nothing(chain):
    code = f"""
import hashlib
from numba.core import event
from ser_core.augment import augment
from tests.voices import talk, voice
compiled = []
class Listener(event.Listener):
    def on_start(self, occurrence): compiled.append(occurrence)
    def on_end(self, occurrence): pass
event.register("numba:compile", Listener())
for seed in range({COPIES}):
    print(hashlib.sha256(augment(voice(1.5), chain={chain!r}, seed=seed).tobytes()).hexdigest())
raise SystemExit(len(compiled))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=100
    )
    here = [digest(augment(VOICE, chain=chain, seed=seed)) for seed in range(COPIES)]
    assert done.stdout.split() == here


@chains
def test_the_callers_own_chance_is_not_touched(chain):
    random.seed(5)
    np.random.seed(5)
    expected = random.random(), np.random.random()
    random.seed(5)
    np.random.seed(5)
    for seed in range(COPIES):
        augment(VOICE, chain=chain, seed=seed)
    assert (random.random(), np.random.random()) == expected


def test_what_the_caller_drew_before_does_not_matter():
    first = augment(VOICE, chain="voice", seed=3)
    random.seed(99)
    np.random.seed(99)
    np.testing.assert_array_equal(augment(VOICE, chain="voice", seed=3), first)


def test_the_line_cuts_a_little_off_and_the_mouth_changes_the_tempo():
    cuts = [VOICE.size - augment(VOICE, chain="channel", seed=seed).size for seed in range(COPIES)]
    assert 0 in cuts
    assert len(set(cuts)) > COPIES / 4
    assert 0 <= min(cuts) <= max(cuts) <= 2 * augmentations.CUT_SECONDS * SAMPLE_RATE + 640
    lengths = [augment(VOICE, chain="voice", seed=seed).size / VOICE.size for seed in range(COPIES)]
    assert len(set(lengths)) > COPIES / 2
    slowest, fastest = augmentations.TEMPOS
    assert all(1 / fastest - 0.01 < length < 1 / slowest + 0.01 for length in lengths)


def test_noise_is_as_loud_as_its_limits_say():
    least, most = augmentations.NOISE_RATIOS
    generator = np.random.default_rng(0)
    for _ in range(COPIES):
        noise = augmentations._noise(VOICE, generator) - VOICE
        ratio = 10 * np.log10(np.mean(VOICE**2) / np.mean(noise**2))
        assert least - 0.5 < ratio < most + 0.5


@pytest.mark.parametrize("n_semitones", [-2.0, 2.0])
def test_a_changed_pitch_is_so_many_semitones_away(n_semitones):
    steady = augmentations._audiomentation(
        "PitchShift",
        voice(2.0, pitch=150.0, syllables_per_second=0.0),
        np.random.default_rng(0),
        min_semitones=n_semitones,
        max_semitones=n_semitones,
    )
    spectrum = np.abs(np.fft.rfft(steady[8_000:24_000] * np.hanning(16_000)))
    fundamental = 100 + int(spectrum[100:200].argmax())  # bins are 1 Hz apart
    assert fundamental == pytest.approx(150.0 * 2 ** (n_semitones / 12), abs=1.5)


@chains
def test_silence_and_nothing_go_through(chain):
    for seed in range(COPIES):
        assert np.isfinite(augment(silence(0.5), chain=chain, seed=seed)).all()


def test_an_unknown_chain_is_a_sentence():
    with pytest.raises(TrainingError, match="known are channel, voice"):
        augment(VOICE, chain="mouth", seed=0)


def test_without_audiomentations_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "audiomentations", None)
    with pytest.raises(TrainingError, match=r"pip install audiomentations"):
        augment(VOICE, chain="voice", seed=0)


def test_to_import_the_module_does_not_take_audiomentations():
    code = "import sys, ser_core.augment; print('audiomentations' in sys.modules)"
    said = subprocess.check_output([sys.executable, "-c", code], text=True, timeout=100)
    assert said.strip() == "False"
