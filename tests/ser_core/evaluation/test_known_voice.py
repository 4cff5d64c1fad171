"""The gain from knowing a voice, on features of which it is known what the voice adds."""

from dataclasses import replace

import numpy as np
import pytest

from ser_core.concurrency.parallel import Workers
from ser_core.dataset.splits import Split
from ser_core.evaluation import known_voice
from ser_core.evaluation.known_voice import N_CLIPS, N_DRAWS
from tests.ser_core.examinations import OPTIONS, clips, few_steps, model, quickly

DATA = clips("ravdess", "nemo", size=1.0)
HOME = DATA.corpora == "ravdess"
SPLIT = Split(0, np.flatnonzero(HOME), np.flatnonzero(~HOME))


def with_voices(data):
    """Add something of its own to every speaker of the tested corpus."""
    generator = np.random.default_rng(0)
    changed = data.features.copy()
    for speaker in np.unique(data.speakers[~HOME]):
        changed[data.speakers == speaker] += 3.0 * generator.standard_normal(changed.shape[1])
    return replace(data, features=changed)


def measure(data, split=SPLIT):
    with few_steps():
        return known_voice.measure(data, [split], options=OPTIONS, workers=Workers(1))


def test_what_a_voice_adds_is_in_the_way_until_it_is_known():
    found = measure(with_voices(DATA))
    assert found.gain == pytest.approx(found.known.uar - found.without.uar)
    assert found.gain > 0.15
    assert found.interval.low > 0


def test_both_are_asked_about_the_same_clips_and_never_about_the_baseline():
    found = measure(DATA)
    assert len(found.known.out_of_fold) == N_DRAWS
    for without, known in zip(found.without.out_of_fold, found.known.out_of_fold, strict=True):
        assert len(known.truth) == SPLIT.test.size - 3 * N_CLIPS, "three speakers"
        np.testing.assert_array_equal(without.truth, known.truth)
        neutral = known.truth == known.emotions.index("neutral")
        assert neutral.sum() == np.sum(DATA.emotions[SPLIT.test] == "neutral") - 3 * N_CLIPS
    drawn = {one.probabilities.tobytes() for one in found.known.out_of_fold}
    assert len(drawn) > 1, "other clips make the baseline in another draw"


def test_whoever_has_too_few_neutral_clips_is_left_out():
    neutral = (DATA.speakers == "nemo-0") & (DATA.emotions == "neutral")
    few = np.flatnonzero(neutral)[:2]  # of four
    found = measure(DATA, replace(SPLIT, test=np.setdiff1d(SPLIT.test, few)))
    assert set(found.known.by_speaker) == {"nemo-1", "nemo-2"}
    felt = SPLIT.test[DATA.emotions[SPLIT.test] != "neutral"]
    assert measure(DATA, replace(SPLIT, test=felt)) is None


def test_an_examination_has_it_where_a_corpus_is_left_out():
    found = quickly(model("ravdess"), DATA, ways=["leave-one-corpus-out"]).known_voice
    assert set(found.known.by_corpus) == {"ravdess", "nemo"}
    assert found.as_dict()["known"]["by_corpus"]["nemo"]["uar"] == found.known.by_corpus["nemo"].uar
    assert quickly(model("ravdess"), DATA, ways=["loso"]).known_voice is None
