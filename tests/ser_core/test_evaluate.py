"""Figures of predictions that are known, and of data made to give honest figures away."""

import numpy as np
import pytest
from sklearn.metrics import recall_score

from ser_core import evaluate
from ser_core.classifier import TrainingOptions
from ser_core.dataset import Dataset
from ser_core.errors import TrainingError

QUICK = TrainingOptions(n_components=20, hidden_units=16, n_networks=1, epochs=100)


def make(*, n_speakers=6, per_cell=6, emotion_size=0.0, speaker_size=0.0, corpora=("one",), seed=0):
    """Clips of four emotions whose features tell the emotion, or who says what, or nothing."""
    generator = np.random.default_rng(seed)
    emotions = ("happy", "sad", "angry", "calm")
    of_emotion = generator.standard_normal((len(emotions), 30))
    of_cell = generator.standard_normal((n_speakers, len(emotions), 30))
    rows, labels, speakers, origin = [], [], [], []
    for speaker in range(n_speakers):
        for number, emotion in enumerate(emotions):
            for _ in range(per_cell):
                known = emotion_size * of_emotion[number] + speaker_size * of_cell[speaker, number]
                rows.append(known + generator.standard_normal(30))
                labels.append(emotion)
                speakers.append(f"speaker-{speaker}")
                origin.append(corpora[speaker % len(corpora)])
    return Dataset(
        features=np.asarray(rows, dtype=np.float32),
        emotions=np.array(labels),
        speakers=np.array(speakers),
        corpora=np.array(origin),
        families=("mfcc",),
    )


def test_figures_of_predictions_that_are_known():
    truth = np.array(["happy"] * 4 + ["sad"] * 2)
    heard = np.array(["happy", "happy", "happy", "sad", "sad", "angry"])
    found = evaluate.figures(truth, heard)
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.uar == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert found.by_emotion["happy"].precision == 1.0
    assert found.by_emotion["sad"].recall == 0.5
    assert found.by_emotion["sad"].precision == 0.5
    assert found.by_emotion["happy"].n_clips == 4
    assert found.confusion == [[3, 1], [0, 1]], "what was taken for an emotion not there is missed"
    assert found.n_clips == 6


def test_uar_is_the_macro_recall_of_scikit_learn():
    generator = np.random.default_rng(0)
    truth = generator.choice(["happy", "sad", "angry"], 200, p=[0.7, 0.2, 0.1])
    heard = generator.choice(["happy", "sad", "angry"], 200)
    expected = recall_score(truth, heard, average="macro")
    assert evaluate.figures(truth, heard).uar == pytest.approx(expected)


def test_there_must_be_something_to_compare():
    with pytest.raises(TrainingError):
        evaluate.figures(np.array([], dtype=str), np.array([], dtype=str))


def test_what_all_speakers_share_is_found_in_strangers():
    found = evaluate.speaker_independent(make(emotion_size=2.0), options=QUICK, n_jobs=1)
    assert found.uar > 0.9
    assert found.repetitions[0].n_clips == 6 * 4 * 6, "every clip is predicted, out of fold"


def test_what_only_a_speaker_does_flatters_the_random_split_and_not_the_headline():
    data = make(speaker_size=2.0)
    headline = evaluate.speaker_independent(data, options=QUICK, n_jobs=1, n_partitions=1)
    flattered = evaluate.random_split(data, options=QUICK, n_jobs=1, n_splits=2)
    assert flattered.uar > 0.8
    assert headline.uar < 0.45, "chance is 0.25"


def test_features_that_say_nothing_give_chance():
    data = make(n_speakers=8)
    found = evaluate.speaker_independent(data, options=QUICK, n_jobs=1)
    assert found.uar == pytest.approx(0.25, abs=0.12)


def test_no_speaker_is_on_both_sides(monkeypatch):
    seen = []

    def spy(data, split, options):
        seen.append((set(data.speakers[split.train]), set(data.speakers[split.test])))
        return data.emotions[split.test]

    monkeypatch.setattr(evaluate, "_predict", spy)
    evaluate.speaker_independent(make(n_speakers=7), n_jobs=1, n_folds=3, n_partitions=2)
    assert len(seen) == 6
    assert all(not train & test for train, test in seen)


def test_the_same_seed_gives_the_same_figures():
    data = make(emotion_size=0.5)
    once, again = (
        evaluate.speaker_independent(data, options=QUICK, n_jobs=jobs, n_partitions=1)
        for jobs in (1, 2)
    )
    assert once == again


def test_each_corpus_has_figures_of_its_own():
    data = make(emotion_size=1.0, corpora=("one", "two"))
    found = evaluate.speaker_independent(data, options=QUICK, n_jobs=1, n_partitions=1)
    assert set(found.by_corpus) == {"one", "two"}
    clips = sum(part.repetitions[0].n_clips for part in found.by_corpus.values())
    assert clips == found.repetitions[0].n_clips


def test_progress_is_told_fold_by_fold():
    told = []
    evaluate.random_split(
        make(), options=QUICK, n_jobs=1, n_splits=3, on_progress=lambda *step: told.append(step)
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_one_speaker_is_too_few_and_so_is_one_clip():
    with pytest.raises(TrainingError, match="two speakers"):
        evaluate.speaker_independent(make(n_speakers=1))
    with pytest.raises(TrainingError, match="too few"):
        evaluate.random_split(make(n_speakers=1, per_cell=1))
