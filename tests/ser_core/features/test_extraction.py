"""The feature vector: names, invariances and refusals."""

import numpy as np
import pytest

from ser_core.errors import FeatureError
from ser_core.features import extraction
from ser_core.features.families import FAMILIES
from ser_core.voice import preparation
from tests.voices import noise, talk, tone, voice


def measure(waveform, families=extraction.DEFAULT_FAMILIES):
    names = extraction.feature_names(families)
    values = extraction.extract_features(preparation.prepare(waveform).waveform, families=families)
    assert values.shape == (len(names),)
    assert values.dtype == np.float32
    return dict(zip(names, values.tolist(), strict=True))


def test_every_number_has_a_name_of_its_own_that_begins_with_its_family():
    names = extraction.feature_names()
    assert len(set(names)) == len(names)
    assert {name.split(".")[0] for name in names} == set(extraction.DEFAULT_FAMILIES)
    both = extraction.feature_names(("mel", "mfcc"))
    assert both == extraction.feature_names(("mfcc", "mel")), "in whichever order they are named"


@pytest.mark.parametrize("family", extraction.DEFAULT_FAMILIES)
def test_each_family_alone_gives_the_numbers_it_gives_among_the_others(family):
    together, alone = measure(talk()), measure(talk(), (family,))
    assert alone == {name: value for name, value in together.items() if name in alone}
    assert len(alone) == sum(len(part.names) for part in FAMILIES[family])


def test_a_louder_clip_with_silence_around_it_gives_the_same_features():
    sound = talk(glide=0.3) + noise(2.0, 0.003)
    before = np.array(list(measure(sound).values()))
    for gain_db in (-40, -20, 6):
        after = np.array(list(measure(sound * np.float32(10 ** (gain_db / 20))).values()))
        np.testing.assert_allclose(after, before, rtol=2e-2, atol=2e-2)
    padding = np.zeros(16_000, dtype=np.float32)
    assert measure(np.concatenate([padding, talk(), padding])) == measure(talk())


def test_known_sounds_have_known_numbers():
    said = measure(talk(pitch=220.0))
    assert said["prosody.pitch_semitones.mean"] == pytest.approx(24.0, abs=0.2)
    assert said["prosody.rhythm.voiced_share"] > 0.7
    high = extraction.extract_features(tone(3000.0))[
        extraction.feature_names().index("shape.centroid_khz.mean")
    ]
    assert high == pytest.approx(3.0, abs=0.2)


def test_syllables_show_in_the_modulation_of_their_rate():
    slow = measure(talk(4.0, syllables_per_second=3.0))
    fast = measure(talk(4.0, syllables_per_second=7.0))
    assert slow["modulation.loudness.2_4hz"] > fast["modulation.loudness.2_4hz"] + 1.0
    assert fast["modulation.loudness.6_8hz"] > slow["modulation.loudness.6_8hz"] + 1.0


@pytest.mark.parametrize("waveform", [noise(), voice(0.06), tone(300.0, 30.0)])
def test_sounds_without_voice_very_short_and_long_ones_give_finite_numbers(waveform):
    assert np.isfinite(extraction.extract_features(waveform)).all()


WRONG = {
    "too short": np.zeros(100, np.float32),
    "stereo": np.zeros((2, 16_000), np.float32),
    "float64": np.zeros(16_000),
    "not a number": np.full(16_000, np.nan, np.float32),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_not_a_waveform_is_refused(wrong):
    with pytest.raises(FeatureError):
        extraction.extract_features(wrong)


def test_families_that_do_not_make_sense_are_refused():
    for families in (("mfcc", "mfc"), (), ("mel", "mel")):
        with pytest.raises(FeatureError):
            extraction.feature_names(families)
