"""Preparation: which speech of a recording is kept, and when there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.voice import preparation
from tests.voices import SAMPLE_RATE, noise, silence, talk, tone, voice


def seconds(waveform):
    return waveform.size / SAMPLE_RATE


NOTHING = {
    "silence": silence(2.0),
    "a melody": np.concatenate([tone(220.0 * 2 ** (step / 12), 0.4) for step in (0, 4, 7, 12, 7)]),
    "a tone": tone(150.0, 4.0),
    "hum": tone(50.0, 4.0),
    "hiss": noise(4.0),
    "a drone": voice(3.0, syllables_per_second=0.0),
    "the tenth of a second of a voice": talk(0.1),
    "no samples": silence(0.0),
    "a whisper of hiss": noise(2.0, amplitude=1e-5),
    "a blip": tone(200.0, 0.1),
    "a constant": np.full(32_000, 0.5),
}


@pytest.mark.parametrize("nothing", NOTHING.values(), ids=NOTHING)
def test_where_there_is_nothing_to_hear_that_is_a_result(nothing):
    found = preparation.prepare(nothing.astype(np.float32))
    assert not found.is_present
    assert found.share == 0.0


@pytest.mark.parametrize("hiss", [0.0, 0.001], ids=["zeros", "the noise of a room"])
def test_silence_around_the_voice_is_taken_away(hiss):
    around = noise(1.5, hiss), noise(2.5, hiss, seed=1)
    found = preparation.prepare(np.concatenate([around[0], talk(2.0), around[1]]))
    assert found.is_present
    assert seconds(found.waveform) == pytest.approx(2.0, abs=0.3)
    assert found.share == pytest.approx(2.0 / 6.0, abs=0.05)


@pytest.mark.parametrize(("before", "after"), [(0.5, 0.0), (0.0, 0.5), (30.0, 30.0)])
def test_zeros_around_a_recording_change_nothing_but_the_share(before, after):
    recording = np.concatenate([noise(0.3, 0.001), talk(2.0), noise(0.2, 0.001, seed=1)])
    alone = preparation.prepare(recording)
    among_zeros = preparation.prepare(np.concatenate([silence(before), recording, silence(after)]))
    np.testing.assert_array_equal(among_zeros.waveform, alone.waveform)
    assert among_zeros.share < alone.share


def test_what_is_nearly_nothing_counts_the_same_when_all_is_turned_down():
    generator = np.random.default_rng(0)
    steps = (generator.random(8_000) < 0.001) / np.float32(32_768)
    recording = np.concatenate([steps, talk(2.0), silence(0.5), steps]).astype(np.float32)
    kept = [preparation.prepare(recording * np.float32(gain)).waveform.size for gain in (1.0, 0.01)]
    assert kept[0] == kept[1]


def test_a_short_pause_stays_and_a_long_one_is_shortened():
    short = preparation.prepare(np.concatenate([talk(1.0), silence(0.4), talk(1.0)]))
    long = preparation.prepare(np.concatenate([talk(1.0), silence(5.0), talk(1.0)]))
    assert seconds(short.waveform) == pytest.approx(2.4, abs=0.15)
    assert seconds(long.waveform) == pytest.approx(3.1, abs=0.2)


def test_loud_and_quiet_come_out_the_same():
    loud = preparation.prepare(talk())
    quiet = preparation.prepare(talk() * np.float32(0.02))
    np.testing.assert_allclose(loud.waveform, quiet.waveform, atol=1e-5)
    rms = np.sqrt(np.mean(loud.waveform**2))
    assert rms == pytest.approx(preparation.TARGET_RMS, rel=1e-3)


def test_pre_emphasis_lifts_the_highs_by_the_known_amount():
    for frequency in (100.0, 4000.0):
        before = tone(frequency)
        after = preparation.pre_emphasise(before, 0.97)
        gain = np.std(after[100:]) / np.std(before[100:])
        omega = 2 * np.pi * frequency / SAMPLE_RATE
        assert gain == pytest.approx(abs(1 - 0.97 * np.exp(-1j * omega)), rel=1e-2)
    np.testing.assert_array_equal(preparation.pre_emphasise(talk(), 0.0), talk())


@given(st.integers(0, 20_000), st.floats(0.0, 1.0), st.integers(0, 5))
def test_whatever_comes_in_what_comes_out_is_finite_and_no_longer(n_samples, amplitude, seed):
    waveform = (amplitude * np.random.default_rng(seed).standard_normal(n_samples)).astype(
        np.float32
    )
    found = preparation.prepare(waveform)
    assert np.isfinite(found.waveform).all()
    assert found.waveform.size <= n_samples
    assert 0.0 <= found.share <= 1.0


@pytest.mark.parametrize("around", [0.0, 1.0, 5.0])
def test_a_word_is_speech_however_long_the_silence_around_it(around):
    recording = np.concatenate([silence(around), talk(0.3), silence(around)])
    assert seconds(preparation.prepare(recording).waveform) == pytest.approx(0.3, abs=0.15)
