"""Standardisation of training clips by speaker."""

import numpy as np
import pytest

from ser_core.models.speakers import standardise_by_speaker, voice_names


@pytest.fixture
def clips():
    """Return rows of two speakers with other means and deviations, their names and emotions."""
    random = np.random.default_rng(0)
    one = 5.0 + 2.0 * random.standard_normal((40, 3))
    two = -1.0 + 0.5 * random.standard_normal((20, 3))
    speakers = np.array(["one"] * 40 + ["two"] * 20)
    return np.concatenate([one, two]).astype(np.float32), speakers, np.array(["sad", "happy"] * 30)


def test_every_speaker_has_the_same_mean_and_deviation(clips):
    rows, speakers, emotions = clips
    made = standardise_by_speaker(rows, speakers, emotions)
    for name in ("one", "two"):
        own = made[speakers == name]
        np.testing.assert_allclose(own.mean(axis=0), rows.mean(axis=0), atol=1e-5)
        spread = [rows[speakers == other].std(axis=0) for other in ("one", "two")]
        np.testing.assert_allclose(own.std(axis=0), np.mean(spread, axis=0), rtol=1e-4)


def test_the_clips_of_a_speaker_keep_their_order(clips):
    rows, speakers, emotions = clips
    made = standardise_by_speaker(rows, speakers, emotions)
    own = speakers == "two"
    np.testing.assert_array_equal(made[own].argsort(axis=0), rows[own].argsort(axis=0))


def test_a_speaker_of_one_emotion_alone_is_left_as_they_are(clips):
    rows, speakers, emotions = clips
    emotions = np.where(speakers == "two", "neutral", emotions)
    made = standardise_by_speaker(rows, speakers, emotions)
    np.testing.assert_array_equal(made[speakers == "two"], rows[speakers == "two"])
    everybody = standardise_by_speaker(rows, speakers, np.full(60, "sad"))
    np.testing.assert_array_equal(everybody, rows)


def test_a_feature_that_does_not_vary_does_no_harm(clips):
    rows, speakers, emotions = clips
    rows[:, 0] = 3.0
    made = standardise_by_speaker(rows, speakers, emotions)
    np.testing.assert_allclose(made[:, 0], 3.0, rtol=1e-6)


def test_speakers_of_two_corpora_with_the_same_name_are_two_people():
    names = voice_names(np.array(["tess", "savee", "tess"]), np.array(["01", "01", "02"]))
    assert np.unique(names).size == 3
