"""Altered copies: random, and the same for the same seed."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from ser_core.audio import SAMPLE_RATE
from ser_core.dataset import augmentation as augmentations
from ser_core.dataset.augmentation import CHAINS, augment
from ser_core.errors import TrainingError
from ser_core.voice import preparation
from tests.voices import silence, talk

TALK = talk(1.5)
COPIES = 12

chains = pytest.mark.parametrize("chain", CHAINS)


def digest(waveform):
    return hashlib.sha256(waveform.tobytes()).hexdigest()


@chains
def test_every_seed_gives_another_sound_that_still_holds_a_voice(chain):
    before = TALK.copy()
    copies = [augment(TALK, chain=chain, seed=(7, number)) for number in range(COPIES)]
    for copy in copies:
        assert copy.dtype == np.float32
        assert copy.ndim == 1
        assert np.isfinite(copy).all()
        assert not np.array_equal(copy, TALK)
        assert np.isfinite(augment(silence(0.5), chain=chain, seed=1)).all()
    assert len({digest(copy) for copy in copies}) == COPIES
    assert np.mean([preparation.prepare(copy).is_present for copy in copies]) > 0.8
    np.testing.assert_array_equal(TALK, before)


@pytest.mark.slow
def test_another_process_makes_the_same_copies_and_compiles_nothing_for_them_and_their_features():
    code = f"""
import hashlib
from numba.core import event
from ser_core.dataset.augmentation import CHAINS, augment
from ser_core.features import extract
from tests.voices import talk
compiled = []
class Listener(event.Listener):
    def on_start(self, occurrence): compiled.append(occurrence)
    def on_end(self, occurrence): pass
event.register("numba:compile", Listener())
for chain in CHAINS:
    for seed in range({COPIES}):
        copy = augment(talk(1.5), chain=chain, seed=seed)
        print(hashlib.sha256(copy.tobytes()).hexdigest())
extract(copy)
raise SystemExit(len(compiled))
"""
    there = subprocess.check_output([sys.executable, "-c", code], text=True, timeout=100)
    assert there.split() == [
        digest(augment(TALK, chain=chain, seed=seed)) for chain in CHAINS for seed in range(COPIES)
    ]


def test_the_line_cuts_a_little_off_and_the_mouth_changes_the_tempo():
    cuts = [TALK.size - augment(TALK, chain="channel", seed=seed).size for seed in range(COPIES)]
    assert 0 in cuts
    assert len(set(cuts)) > COPIES / 4
    assert 0 <= min(cuts) <= max(cuts) <= 2 * augmentations.CUT_SECONDS * SAMPLE_RATE + 640
    lengths = [augment(TALK, chain="voice", seed=seed).size / TALK.size for seed in range(COPIES)]
    assert len(set(lengths)) > COPIES / 2
    slowest, fastest = augmentations.TEMPOS
    assert all(1 / fastest - 0.01 < length < 1 / slowest + 0.01 for length in lengths)


def test_noise_is_as_loud_as_its_limits_say():
    least, most = augmentations.NOISE_RATIOS
    generator = np.random.default_rng(0)
    for _ in range(COPIES):
        noise = augmentations._noise(TALK, generator) - TALK
        ratio = 10 * np.log10(np.mean(TALK**2) / np.mean(noise**2))
        assert least - 0.5 < ratio < most + 0.5


def test_an_unknown_chain_is_a_sentence():
    with pytest.raises(TrainingError, match="known are channel, voice"):
        augment(TALK, chain="mouth", seed=0)
