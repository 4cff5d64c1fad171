"""Voice activity detection: voices are found, and other sounds are not."""

import numpy as np
import pytest

from ser_core import audio
from ser_core.voice import preparation
from ser_core.voice.activity import (
    MIN_SECONDS,
    has_voice,
    required_seconds,
    voiced_seconds,
)
from tests.voices import SAMPLE_RATE, noise, silence, talk, tone, voice


@pytest.mark.parametrize("pitch", [90.0, 150.0, 220.0, 300.0])
def test_a_voice_of_any_pitch_is_heard_all_along(pitch):
    assert voiced_seconds(talk(2.0, pitch=pitch)) == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("gain", [0.001, 0.1, 3.0])
def test_it_may_be_loud_or_quiet(gain):
    quiet = talk(1.5) * np.float32(gain)
    assert voiced_seconds(quiet) == pytest.approx(voiced_seconds(talk(1.5)), abs=0.03)


OTHERS = {
    "silence": silence(2.0),
    "no samples": silence(0.0),
    "hiss": noise(3.0),
    "a tone": tone(440.0, 3.0),
    "a buzz that swells": voice(3.0, pitch=220.0),
    "beeps": np.tile(np.concatenate([tone(800.0, 0.2), silence(0.2)]), 8),
    "knocks": np.tile(noise(0.3) * np.exp(-np.arange(4800) / 300).astype(np.float32), 10),
}


@pytest.mark.parametrize("sound", OTHERS.values(), ids=OTHERS)
def test_other_sounds_are_no_voice(sound):
    assert not has_voice(sound)


@pytest.mark.parametrize("seconds", [0.2, 0.3, 0.5, 0.7])
@pytest.mark.parametrize("pitch", [90.0, 220.0, 300.0])
def test_a_word_is_a_voice(seconds, pitch):
    assert has_voice(talk(seconds, pitch=pitch))


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1.0])
def test_other_short_sounds_are_no_voice(seconds):
    for sound in OTHERS.values():
        assert not has_voice(sound[: round(seconds * SAMPLE_RATE)])


def test_the_longer_the_sound_the_more_voice_is_asked_for():
    asked_for = [required_seconds(seconds) for seconds in (0.3, 1.0, 1.25, 10.0, 60.0)]
    assert asked_for == pytest.approx([0.12, 0.4, MIN_SECONDS, MIN_SECONDS, 3.0])


def test_a_syllable_in_two_seconds_of_knocks_is_not_enough():
    assert has_voice(talk(0.3))
    assert not has_voice(np.concatenate([OTHERS["knocks"][:32_000], talk(0.3)]))


def test_a_second_of_voice_in_a_minute_of_hum_is_not_enough():
    hum = tone(100.0, 60.0, amplitude=0.02)
    assert has_voice(np.concatenate([hum[:32_000], talk(1.0)]))
    assert not has_voice(np.concatenate([hum, talk(1.0)]))


def test_it_hears_no_longer_than_it_must():
    assert MIN_SECONDS <= voiced_seconds(talk(20.0), stop_at=MIN_SECONDS) < 2.0


@pytest.mark.parametrize(
    "clip",
    [
        "ravdess/speech/Actor_06/03-01-06-02-02-01-06.flac",
        "ravdess/speech/Actor_18/03-01-05-02-01-02-18.flac",
        "ravdess/song/Actor_03/03-02-04-01-01-01-03.flac",
    ],
    ids=["a cry of fear", "a scream", "a song"],
)
def test_the_high_the_loud_and_the_sung_are_voices(corpora, clip):
    assert preparation.prepare(audio.to_waveform(audio.decode(corpora / clip))).is_present


def test_spoken_digits_are_voices(corpora):
    digits = sorted((corpora / "fsdd").glob("*.ogg"))[::12]
    refused = [
        not preparation.prepare(audio.to_waveform(audio.decode(digit))).is_present
        for digit in digits
    ]
    assert np.mean(refused) <= 0.1


def test_dogs_bells_and_doors_are_no_voices(corpora):
    sounds = [
        sound
        for target in (0, 30, 34, 46)  # dog, door knock, can opening, church bells
        for sound in sorted((corpora / "esc-50" / "audio").glob(f"*-{target}.ogg"))
    ]
    assert len(sounds) == 24
    assert not any(
        preparation.prepare(audio.to_waveform(audio.decode(sound))).is_present for sound in sounds
    )
