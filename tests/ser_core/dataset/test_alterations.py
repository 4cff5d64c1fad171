"""Alterations of a voice, checked against what physics predicts."""

import numpy as np
import pytest
import scipy.signal

from ser_core.dataset import alterations
from ser_core.dataset.alterations import BATTERY, Surroundings
from ser_core.errors import AudioError
from ser_core.signal import pitch, spectrum
from ser_core.voice import VOICE_FRAME_LENGTH, preparation
from tests.voices import SAMPLE_RATE, noise, silence, talk, tone, voice

VOICE = voice(2.0)
TALK = talk(2.0)
OTHERS = tuple(voice(1.0 + 0.3 * n, pitch=100.0 + 30 * n, seed=n) for n in range(7))
SURROUNDINGS = Surroundings(voices=OTHERS, seed=3)


def level(waveform):
    """Return the root mean square in dB."""
    return 10 * np.log10(np.mean(np.square(waveform, dtype=np.float64)) + 1e-20)


def change_at(frequency, alter):
    """Return the change of a tone's level in dB, away from its ends."""
    before = tone(frequency, 1.0)
    middle = slice(SAMPLE_RATE // 4, -SAMPLE_RATE // 4)
    return level(alter(before)[middle]) - level(before[middle])


def power_spectrum(waveform):
    return scipy.signal.welch(waveform, SAMPLE_RATE, nperseg=1024)


@pytest.mark.parametrize("decibels", [-12.0, 6.0])
def test_gain_changes_the_level_and_nothing_else(decibels):
    louder = alterations.change_gain(VOICE, decibels=decibels)
    assert level(louder) - level(VOICE) == pytest.approx(decibels, abs=0.01)
    assert np.corrcoef(louder, VOICE)[0, 1] == pytest.approx(1.0)


def test_zeros_are_added_and_clips_cut_where_it_is_asked_for():
    longer = alterations.add_zeros(VOICE, before=0.5, after=0.25)
    assert longer.size == VOICE.size + 12_000
    assert not longer[:8_000].any()
    assert not longer[-4_000:].any()
    np.testing.assert_array_equal(alterations.cut_file(longer, before=0.5, after=0.25), VOICE)
    np.testing.assert_array_equal(alterations.cut_file(longer), longer)


def test_what_is_cropped_is_voice_and_not_the_silence_around_it():
    clip = alterations.add_zeros(VOICE, before=1.0, after=1.0)
    start = alterations.cut_start(clip, seconds=0.1)
    end = alterations.cut_end(clip, seconds=0.1)
    for cropped, rest in ((start, clip[-start.size :]), (end, clip[: end.size])):
        assert clip.size - cropped.size == pytest.approx(17_600, abs=VOICE_FRAME_LENGTH)
        np.testing.assert_array_equal(cropped, rest)


@pytest.mark.parametrize("order", [1, 4])
@pytest.mark.parametrize(
    ("alter", "cutoff", "octave"),
    [(alterations.low_pass, 500.0, 2.0), (alterations.high_pass, 1_000.0, 0.5)],
)
def test_a_filter_keeps_one_side_and_takes_12_db_an_octave_and_order_on_the_other(
    alter, cutoff, octave, order
):
    def change(frequency):
        return change_at(frequency, lambda sound: alter(sound, cutoff=cutoff, order=order))

    assert change(cutoff) == pytest.approx(-6.0, abs=0.2)
    assert change(cutoff / octave**3) == pytest.approx(0.0, abs=0.15)
    steepness = change(cutoff * octave) - change(cutoff * octave**2)
    assert steepness == pytest.approx(12.0 * order, abs=1.5 * order)


def test_an_equaliser_turns_each_band_as_far_as_it_is_told():
    decibels = [6.0, -9.0, 0.0, 3.0, -3.0, 9.0, -6.0]

    def equalise(sound):
        return alterations.equalise(sound, decibels=decibels)

    for frequency, change in zip(alterations.EQUALISER_BANDS, decibels, strict=True):
        assert change_at(frequency, equalise) == pytest.approx(change, abs=0.1)
    assert change_at(1_000.0 * np.sqrt(2), equalise) == pytest.approx(3.0, abs=0.1), "half-way"
    assert change_at(7_000.0, equalise) == pytest.approx(-6.0, abs=0.1)


def pitch_of(sound):
    """Return the median pitch in Hz and harmonics-to-noise ratio in dB."""
    track = pitch.track(sound, spectrum.compute(sound).n_frames)
    voiced = track.voiced
    return np.median(track.frequency[voiced]), np.mean(track.harmonics_to_noise[voiced])


STEADY = voice(2.0, pitch=140.0, syllables_per_second=3.0)
CLEAR = 19.0  # dB of harmonics to noise; the voice as it is has 24


@pytest.mark.parametrize("rate", [0.85, 1.0, 1.18])
def test_another_tempo_lasts_longer_or_shorter_at_the_same_pitch(rate):
    changed = alterations.change_tempo(STEADY, rate=rate)
    assert changed.size == round(STEADY.size / rate)
    frequency, harmonics_to_noise = pitch_of(changed)
    assert frequency == pytest.approx(140.0, rel=0.005)
    assert harmonics_to_noise > CLEAR
    loudness = np.abs(np.fft.rfft(np.abs(changed)))  # rises and falls with each syllable
    syllables_per_second = (1 + loudness[1:20].argmax()) * SAMPLE_RATE / changed.size
    assert syllables_per_second == pytest.approx(3.0 * rate, rel=0.02)


@pytest.mark.parametrize("semitones", [-2.5, 1.0, 2.5])
def test_another_pitch_is_so_many_semitones_away_and_lasts_as_long(semitones):
    shifted = alterations.shift_pitch(STEADY, semitones=semitones)
    assert shifted.size == STEADY.size
    frequency, harmonics_to_noise = pitch_of(shifted)
    assert 12 * np.log2(frequency / 140.0) == pytest.approx(semitones, abs=0.1)
    assert harmonics_to_noise > CLEAR


def test_the_telephone_keeps_its_band():
    for frequency in (500.0, 1_000.0, 2_500.0):
        assert change_at(frequency, alterations.telephone) == pytest.approx(0.0, abs=0.3)
    for frequency in (100.0, 5_000.0, 7_000.0):
        assert change_at(frequency, alterations.telephone) < -30
    assert alterations.telephone(VOICE[:16_001]).size == 16_001


@pytest.mark.parametrize("ratio", [20.0, 0.0])
@pytest.mark.parametrize("slope", [0.0, -6.0, 3.0])
def test_noise_is_as_loud_as_its_ratio_says_and_falls_or_rises_by_its_slope(ratio, slope):
    added = alterations.add_noise(VOICE, ratio=ratio, slope=slope, seed=1) - VOICE
    assert level(VOICE) - level(added) == pytest.approx(ratio, abs=0.1)
    assert abs(np.corrcoef(added, VOICE)[0, 1]) < 0.03
    frequencies, power = power_spectrum(added)
    inside = (frequencies > 300) & (frequencies < 7_500)
    fitted = np.polyfit(np.log2(frequencies[inside]), 10 * np.log10(power[inside]), 1)
    assert fitted[0] == pytest.approx(slope, abs=0.3)


@pytest.mark.parametrize("ratio", [20.0, 10.0])
def test_babble_is_voices_as_loud_as_its_ratio_says(ratio):
    added = alterations.add_babble(VOICE, OTHERS, ratio=ratio, seed=1) - VOICE
    assert level(VOICE) - level(added) == pytest.approx(ratio, abs=0.01)
    frequencies, power = power_spectrum(added)
    assert power[frequencies < 4_000].sum() > 20 * power[frequencies >= 4_000].sum()
    short = voice(0.25, pitch=200.0)
    added = alterations.add_babble(VOICE, [short], ratio=0.0, seed=1) - VOICE
    first, second = added[: short.size], added[short.size : 2 * short.size]
    # A voice that is shorter begins anew.
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_no_voice_in_a_babble_drowns_the_others():
    quiet, loud = 0.01 * voice(2.0, pitch=100.0), voice(2.0, pitch=237.0)
    added = alterations.add_babble(noise(2.0), [quiet, loud], ratio=0.0, seed=1) - noise(2.0)
    spectrum = np.abs(np.fft.rfft(added))  # bins are 0.5 Hz apart
    assert spectrum[195:205].max() > 0.2 * spectrum[469:479].max()


def test_a_babble_of_nobody_is_refused():
    with pytest.raises(AudioError, match="other voices"):
        alterations.add_babble(VOICE, (), ratio=10.0, seed=1)


def test_clipping_flattens_the_share_of_samples_that_is_asked_for():
    clipped = alterations.clip(VOICE, share=0.01)
    flat = np.abs(clipped) >= np.abs(clipped).max() * (1 - 1e-6)
    assert flat.mean() == pytest.approx(0.01, abs=0.001)
    np.testing.assert_array_equal(clipped[~flat], VOICE[~flat])


@pytest.mark.parametrize("ratio", [0.0, 10.0])
def test_a_room_is_as_loud_as_its_ratio_says_and_decays_by_60_db_in_its_time(ratio):
    click = np.zeros(SAMPLE_RATE, dtype=np.float32)
    click[0] = 1.0
    answer = alterations.reverberate(click, decay=0.4, direct_ratio=ratio, seed=1)
    assert answer[0] == pytest.approx(1.0)
    assert np.abs(answer[1:40]).max() < 1e-6, "sound takes its time to the wall"
    early, late = answer[800:1_600], answer[4_000:4_800]  # 0.2 s apart: half the time
    assert level(early) - level(late) == pytest.approx(30.0, abs=2.0)
    assert np.abs(answer[6_600:]).max() < 1e-6
    assert -10 * np.log10(np.sum(answer[1:] ** 2)) == pytest.approx(ratio, abs=0.1)


GOLDEN = {
    "gain -12 dB": 2.5,
    "gain +12 dB": -9.5,
    "zeros before, 0.5 s": 6.0,
    "zeros after, 0.5 s": np.inf,
    "cropped start, 0.1 s of voice": 0.4,
    "cropped end, 0.1 s of voice": np.inf,
    "cropped start, 62 ms of clip": -4.4,
    "cropped end, 62 ms of clip": np.inf,
    "low-pass 4 kHz": 67.4,
    "high-pass 150 Hz": 27.8,
    "telephone band": 20.3,
    "white noise, 20 dB": 20.0,
    "white noise, 10 dB": 10.0,
    "babble, 20 dB": 20.0,
    "babble, 10 dB": 10.0,
    "clipping, 1 % of samples": 28.6,
    "room, 0.4 s": 1.9,
    "Opus 32 kbit/s": 20.0,
    "Opus 16 kbit/s": 14.1,
    "MP3 32 kbit/s": 26.0,
}
"""Level of the voice over that of what an alteration changes in it, in dB."""


@pytest.mark.parametrize("name", BATTERY)
def test_the_battery_alters_a_voice_as_much_as_it_always_did_and_it_is_still_one(name):
    """Golden values: without them, figures of before could not be compared with those of now."""
    before = TALK.copy()
    altered = BATTERY[name](TALK, SURROUNDINGS)
    assert altered.dtype == np.float32
    assert not np.array_equal(altered, TALK)
    assert preparation.prepare(altered).is_present
    np.testing.assert_array_equal(TALK, before)
    np.testing.assert_array_equal(altered, BATTERY[name](TALK, SURROUNDINGS))
    altered = BATTERY[name](VOICE, SURROUNDINGS)
    n_samples = min(altered.size, VOICE.size)
    change = altered[:n_samples] - VOICE[:n_samples]
    ratio = level(VOICE) - level(change) if change.any() else np.inf
    assert ratio == pytest.approx(GOLDEN[name], abs=0.5)


@pytest.mark.parametrize("name", BATTERY)
@pytest.mark.parametrize("sound", [silence(0.3), silence(0.0), VOICE[:7]], ids=len)
def test_silence_nothing_and_a_click_go_through_the_battery(name, sound):
    assert np.isfinite(BATTERY[name](sound, SURROUNDINGS)).all()
