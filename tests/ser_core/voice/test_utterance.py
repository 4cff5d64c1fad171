"""Utterances, from the first voice to the silence after it."""

import numpy as np
import pytest

from ser_core.audio import SAMPLE_RATE, decode, to_waveform
from ser_core.inference.analysis import analyse_waveform
from ser_core.voice.utterance import LEAD, MAX_SECONDS, STEP_SECONDS, WINDOW_SECONDS, Utterance
from tests.voices import noise, silence, talk

BLOCK = SAMPLE_RATE // 20  # as a microphone gives


def seconds_until_complete(utterance, sound):
    """Feed a sound block by block; return the seconds until the utterance is complete."""
    for start in range(0, sound.size, BLOCK):
        utterance.feed(sound[start : start + BLOCK])
        if utterance.is_complete:
            return (start + BLOCK) / SAMPLE_RATE
    return float("inf")


@pytest.mark.parametrize("hiss", [0.0, 0.002], ids=["silent room", "hissing room"])
def test_it_ends_with_a_second_of_silence_after_speech(hiss):
    sound = np.concatenate([silence(3.0), talk(4.0), silence(10.0)])
    sound = sound + noise(sound.size / SAMPLE_RATE, hiss)
    utterance = Utterance()
    after = seconds_until_complete(utterance, sound.astype(np.float32)) - 7.0
    assert utterance.has_begun
    assert WINDOW_SECONDS - 2 * STEP_SECONDS <= after <= WINDOW_SECONDS + 3 * STEP_SECONDS


def test_a_real_clip_is_kept_whole(corpora):
    clip = to_waveform(decode(corpora / "originals" / "03-01-05-02-01-01-02.wav"))
    utterance = Utterance()
    seconds_until_complete(utterance, np.concatenate([silence(5.0), clip, silence(5.0)]))
    heard = analyse_waveform(utterance.waveform).prediction
    alone = analyse_waveform(clip).prediction
    assert heard.emotion == alone.emotion == "angry"
    assert heard.confidence == pytest.approx(alone.confidence, abs=0.1)


def test_it_waits_for_a_voice_and_keeps_little_of_the_time_before():
    utterance = Utterance()
    assert seconds_until_complete(utterance, noise(20.0)) == float("inf")
    assert not utterance.has_begun
    assert utterance.waveform.size <= LEAD


@pytest.mark.parametrize("somebody_speaks", [True, False])
def test_it_has_an_end_even_when_somebody_goes_on_and_on_or_nobody_speaks(somebody_speaks):
    utterance = Utterance()
    sound = talk(6.0) if somebody_speaks else silence(6.0)
    sound = np.resize(sound, round(1.2 * MAX_SECONDS * SAMPLE_RATE))
    assert seconds_until_complete(utterance, sound) == pytest.approx(MAX_SECONDS, abs=0.3)
    assert utterance.has_begun is somebody_speaks


def test_what_comes_after_the_end_is_left_out():
    utterance = Utterance()
    seconds_until_complete(utterance, np.concatenate([talk(3.0), silence(5.0)]))
    n_samples = utterance.waveform.size
    utterance.feed(talk(1.0))
    assert utterance.waveform.size == n_samples


def test_a_single_word_is_an_utterance():
    utterance = Utterance()
    seconds_until_complete(utterance, np.concatenate([noise(3.0, 0.001), talk(0.3), silence(5.0)]))
    assert utterance.has_begun
    assert utterance.is_complete
    assert analyse_waveform(utterance.waveform).prediction is not None
