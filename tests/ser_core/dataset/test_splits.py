"""Splits into training and test: no speaker is on both sides of a speaker-independent one."""

import numpy as np
import pytest

from ser_core.dataset import splits
from ser_core.errors import TrainingError
from tests.ser_core.datasets import dataset

SPEECH, SONG, POLISH = "speech", "song", "polish"


def clips(*groups):
    """Return clips by (corpus, speakers, emotions, clips of each)."""
    return dataset(
        (corpus, speaker, emotion)
        for corpus, speakers, emotions, count in groups
        for speaker in speakers
        for emotion in emotions
        for _ in range(count)
    )


THREE = clips(
    (SPEECH, "abcdefg", ("happy", "sad", "calm"), 4),
    (SONG, "abcdef", ("happy", "sad"), 4),
    (POLISH, "xyz", ("happy", "sad", "surprised"), 5),
)


def sides(data, split, what="speakers"):
    column = getattr(data, what)
    return set(column[split.train].tolist()), set(column[split.test].tolist())


@pytest.mark.parametrize(
    "chosen",
    [
        splits.speaker_independent(THREE),
        splits.leave_one_speaker_out(THREE),
        splits.leave_one_corpus_out(THREE),
        list(splits.cross_corpus(THREE).values()),
    ],
    ids=["speaker-independent", "loso", "leave-one-corpus-out", "cross-corpus"],
)
def test_no_speaker_and_no_clip_is_on_both_sides(chosen):
    for split in chosen:
        train, test = sides(THREE, split)
        assert train
        assert test
        assert not train & test


def test_each_partition_tests_every_clip_once_in_folds_of_its_own():
    chosen = splits.speaker_independent(THREE, n_folds=4, n_partitions=3)
    assert [split.repetition for split in chosen] == [0] * 4 + [1] * 4 + [2] * 4
    for repetition in range(3):
        tested = np.concatenate([s.test for s in chosen if s.repetition == repetition])
        assert sorted(tested) == list(range(len(THREE)))
    first, second = (
        {frozenset(sides(THREE, s)[1]) for s in chosen if s.repetition == n} for n in (0, 1)
    )
    assert first != second
    once, again, other = (
        [s.test.tolist() for s in splits.speaker_independent(THREE, seed=seed)]
        for seed in (0, 0, 7)
    )
    assert once == again != other


def test_each_speaker_is_left_out_once():
    chosen = splits.leave_one_speaker_out(THREE)
    assert [sides(THREE, split)[1] for split in chosen] == [{name} for name in "abcdefgxyz"]
    assert {split.repetition for split in chosen} == {0}


def test_a_random_split_tests_a_fifth_of_each_emotion():
    for number, split in enumerate(splits.random(THREE)):
        assert split.repetition == number
        assert not set(split.train) & set(split.test)
        assert split.test.size == pytest.approx(0.2 * len(THREE), abs=1)
        happy = np.mean(THREE.emotions[split.test] == "happy")
        assert happy == pytest.approx(np.mean(THREE.emotions == "happy"), abs=0.02)
    (some, *_) = splits.random(THREE, emotions=("happy", "calm"))
    assert sides(THREE, some, "emotions") == ({"happy", "calm"}, {"happy", "calm"})


def test_a_corpus_is_left_out_together_with_whatever_shares_its_speakers():
    found = [
        (sides(THREE, split, "corpora"), sides(THREE, split, "emotions")[1])
        for split in splits.leave_one_corpus_out(THREE)
    ]
    assert found == [
        (({SPEECH, SONG}, {POLISH}), {"happy", "sad"}),
        (({POLISH}, {SONG}), {"happy", "sad"}),
        (({POLISH}, {SPEECH}), {"happy", "sad"}),
    ], "only what was learned is tested"


def test_pairs_of_corpora_train_and_test_on_what_both_have():
    chosen = splits.cross_corpus(THREE)
    assert set(chosen) == {(POLISH, SONG), (POLISH, SPEECH), (SONG, POLISH), (SPEECH, POLISH)}
    split = chosen[SPEECH, POLISH]
    assert sides(THREE, split, "corpora") == ({SPEECH}, {POLISH})
    assert sides(THREE, split, "emotions") == ({"happy", "sad"}, {"happy", "sad"})


@pytest.mark.parametrize("way", [splits.leave_one_corpus_out, splits.cross_corpus])
@pytest.mark.parametrize(
    "data",
    [
        clips((SPEECH, "ab", ("happy", "sad"), 2)),
        clips((SPEECH, "ab", ("happy", "sad"), 2), (SONG, "b", ("happy", "sad"), 2)),
        clips((SPEECH, "ab", ("happy", "sad"), 2), (POLISH, "x", ("sad", "calm"), 2)),
    ],
    ids=["one corpus", "the same speakers", "one common emotion"],
)
def test_corpora_that_cannot_test_one_another_are_refused(way, data):
    with pytest.raises(TrainingError, match="two corpora with different speakers"):
        way(data)


def test_one_speaker_is_too_few_and_so_is_one_clip():
    alone = clips((SPEECH, "a", ("happy", "sad"), 1))
    for way in (splits.speaker_independent, splits.leave_one_speaker_out):
        with pytest.raises(TrainingError, match="two speakers"):
            way(alone)
    with pytest.raises(TrainingError, match="too few"):
        splits.random(alone)


def ravdess(*actors):
    return ("ravdess", [f"ravdess-{actor:02d}" for actor in actors], ("happy", "sad"), 1)


def test_emobox_folds_are_the_published_ones_and_take_every_actor_and_nobody_else():
    data = clips(("nemo", "xyz", ("happy", "sad"), 1), ravdess(*range(1, 25)))
    found = splits.emobox(data)
    tested = [sides(data, split)[1] for split in found]
    assert tested[0] == {"ravdess-01", "ravdess-11", "ravdess-20", "ravdess-21"}
    assert sorted(actor for fold in tested for actor in fold) == ravdess(*range(1, 25))[1]
    for split in found:
        train, test = sides(data, split)
        assert train | test == set(ravdess(*range(1, 25))[1])
        assert not train & test
    with pytest.raises(TrainingError, match="all 24 actors"):
        splits.emobox(clips(ravdess(*range(1, 24))))


def test_ravdess_alone_is_split_by_actors_where_there_are_other_corpora():
    alone, together = clips(ravdess(1, 2, 3)), clips(("nemo", "xyz", ("sad",), 2), ravdess(1, 2, 3))
    found = splits.ravdess_alone(together, n_partitions=2)
    expected = splits.speaker_independent(alone, n_partitions=2)
    assert [(one.repetition, sides(together, one)) for one in found] == [
        (one.repetition, sides(alone, one)) for one in expected
    ]
    for data in (alone, together.take(together.corpora == "nemo")):
        with pytest.raises(TrainingError, match="another corpus"):
            splits.ravdess_alone(data)


def test_a_random_split_of_emotions_that_are_not_there_is_refused():
    with pytest.raises(TrainingError, match="no clip of angry or fearful"):
        splits.random(THREE, emotions=("happy", "angry", "fearful"))
