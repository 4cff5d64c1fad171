"""Cross-validation on data of which the right figures are known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from ser_core.concurrency.parallel import Workers
from ser_core.dataset import splits
from ser_core.dataset.splits import Split
from ser_core.emotions import EMOTION_NAMES
from ser_core.evaluation import cross_validation
from ser_core.evaluation.metrics import Predictions
from ser_core.evaluation.results import cross_fitted, fit, summarise
from ser_core.models.mlp import TrainingOptions
from tests.ser_core.datasets import N_FEATURES, dataset
from tests.ser_core.examinations import few_steps

pytestmark = pytest.mark.slow

QUICK = TrainingOptions(n_components=20, hidden_units=16, n_networks=1, epochs=80)
EMOTIONS = ("happy", "sad", "angry", "calm")


def make(*, n_speakers=6, per_cell=6, emotion_size=0.0, speaker_size=0.0, corpora=("one",)):
    """Return clips of four emotions, whose features depend on emotion and speaker."""
    cells = [(speaker, emotion) for speaker in range(n_speakers) for emotion in range(4)] * per_cell
    data = dataset(
        (corpora[speaker % len(corpora)], f"speaker-{speaker}", EMOTIONS[emotion])
        for speaker, emotion in cells
    )
    generator = np.random.default_rng(1)
    of_emotion = generator.standard_normal((4, N_FEATURES))
    of_cell = generator.standard_normal((n_speakers, 4, N_FEATURES))
    speakers, emotions = np.array(cells).T
    known = emotion_size * of_emotion[emotions] + speaker_size * of_cell[speakers, emotions]
    return replace(data, features=data.features + known.astype(np.float32))


def run(data, chosen, *, n_jobs=1, options=QUICK):
    with few_steps():
        return cross_validation.run("made", data, chosen, options=options, workers=Workers(n_jobs))


def strangers(data, **options):
    return run(data, splits.speaker_independent(data, **options))


def one_speaker_left_out(data):
    return run(data, splits.leave_one_speaker_out(data))


def test_what_all_speakers_share_is_found_in_strangers():
    found = strangers(make(emotion_size=2.0), n_partitions=1)
    assert found.uar > 0.9
    assert found.repetitions[0].n_clips == 6 * 4 * 6, "every clip is predicted, out of fold"


def test_what_only_a_speaker_does_flatters_the_random_split_and_not_the_headline():
    data = make(speaker_size=3.0)
    flattered = run(data, splits.random(data)[:2])
    assert flattered.uar > 0.8
    assert strangers(data, n_partitions=1).uar < 0.45, "chance is 0.25"
    assert flattered.calibrated is None, "there are no other speakers to calibrate on"
    assert flattered.certainty.refused_share is None


def test_features_that_say_nothing_give_chance():
    assert strangers(make(n_speakers=8), n_partitions=2).uar == pytest.approx(0.25, abs=0.12)


def test_the_same_seed_gives_the_same_figures_in_other_processes_too():
    data = make(emotion_size=0.5, n_speakers=3)
    chosen = splits.leave_one_speaker_out(data)
    once, again = (
        cross_validation.run("made", data, chosen, options=QUICK, workers=Workers(n_jobs))
        for n_jobs in (1, 2)
    )
    assert once == again


@pytest.fixture(scope="module")
def found():
    """Return the results of four speakers of two corpora, each left out in turn, twice."""
    data = make(emotion_size=0.6, n_speakers=4, corpora=("one", "two"))
    chosen = splits.leave_one_speaker_out(data)
    return data, run(data, [*chosen, *(replace(split, repetition=1) for split in chosen)])


def test_left_out_predictions_are_there_row_by_row(found):
    data, found = found
    for rows in found.out_of_fold:
        names = [rows.emotions[column] for column in rows.truth]
        assert names == data.emotions.tolist()
        assert rows.speakers.tolist() == data.speakers.tolist()
        np.testing.assert_allclose(rows.probabilities.sum(axis=1), 1.0, atol=1e-6)
        assert np.unique(rows.folds).size == 4
    assert "out_of_fold" not in found.as_dict()
    assert summarise("again", found.out_of_fold).uar == found.uar


def test_listeners_are_asked_clip_by_clip_and_learned_from_where_the_recipe_says_so():
    data = make(emotion_size=4.0, n_speakers=4, corpora=("one", "two"))
    # In one corpus, listeners hear the next of the four emotions; nobody was asked in the other.
    heard = {name: EMOTIONS[(number + 1) % 4] for number, name in enumerate(EMOTIONS)}
    votes = np.zeros((len(data), len(EMOTION_NAMES)))
    for row in np.flatnonzero(data.corpora == "one"):
        votes[row, EMOTION_NAMES.index(heard[data.emotions[row]])] = 9
    data = replace(data, votes=votes)
    alone = data.take(data.corpora == "one")
    chosen = splits.leave_one_speaker_out(alone)
    acted = run(alone, chosen, options=replace(QUICK, votes=0.0))
    learned = run(alone, chosen, options=replace(QUICK, votes=1.0))
    assert acted.uar > 0.9
    assert acted.listeners.agreement < 0.1
    assert learned.uar < 0.1
    assert learned.listeners.agreement > 0.9
    both = run(data, splits.leave_one_speaker_out(data))
    assert both.by_corpus["one"].listeners == both.listeners
    assert both.listeners.n_clips == len(alone)
    assert both.listeners.one_listener == 1
    assert both.by_corpus["two"].listeners is None
    assert both.as_dict()["by_corpus"]["two"]["listeners"] is None


def test_calibration_is_fitted_on_other_speakers(found):
    rows = found[1].out_of_fold[0]
    for speaker in np.unique(rows.speakers):
        inside = rows.speakers == speaker
        expected = fit([rows.take(~inside)])
        honest = expected.apply(rows.probabilities[inside])
        np.testing.assert_allclose(rows.calibrated[inside], honest)
        assert set(rows.thresholds[inside]) == {expected.threshold}
    assert found[1].calibrated.refused_share == pytest.approx(0.25, abs=0.1)


def test_calibration_may_be_fitted_on_other_predictions_but_never_on_a_folds_own_speakers(found):
    (rows, known) = found[1].out_of_fold
    made = cross_fitted(rows, [known, known])
    for fold in np.unique(rows.folds):
        inside = rows.folds == fold
        others = ~np.isin(known.speakers, rows.speakers[inside])
        expected = fit([known.take(others)])
        np.testing.assert_allclose(
            made.calibrated[inside], expected.apply(rows.probabilities[inside]), rtol=1e-4
        )
    alone = rows.take(rows.speakers == rows.speakers[0])
    assert cross_fitted(alone).calibrated is alone.calibrated


def test_figures_are_the_means_of_repetitions_and_each_corpus_has_its_own(found):
    data, found = found
    assert found.uar == pytest.approx(np.mean([one.uar for one in found.repetitions]))
    assert found.uar == pytest.approx(np.mean([one.recall for one in found.by_emotion.values()]))
    assert found.uar_interval.low < found.uar < found.uar_interval.high
    assert found.confusion.sum() == 2 * len(data)
    assert set(found.by_speaker) == set(data.speakers.tolist())
    clips = {name: part.repetitions[0].n_clips for name, part in found.by_corpus.items()}
    assert clips == data.clips_by_corpus()


def test_altered_copies_are_learned_from_and_never_tested_on():
    data = make(emotion_size=2.0, n_speakers=4)
    plain = one_speaker_left_out(data)
    copies = np.random.default_rng(0).standard_normal((len(data), 3, N_FEATURES)).astype(np.float32)
    misled = one_speaker_left_out(replace(data, altered=copies))
    assert misled.repetitions[0].n_clips == plain.repetitions[0].n_clips == len(data)
    assert misled.certainty.bins != plain.certainty.bins


def test_what_was_never_learned_is_never_answered():
    data = make(n_speakers=2, emotion_size=1.0)
    learned = np.flatnonzero((data.speakers == "speaker-0") & (data.emotions != "calm"))
    tested = np.flatnonzero(data.speakers == "speaker-1")
    found = run(data, [Split(0, learned, tested)])
    (rows,) = found.out_of_fold
    assert (rows.probabilities[:, rows.emotions.index("calm")] == 0).all()
    assert found.by_emotion["calm"].recall == 0.0


def test_calibration_makes_what_is_too_sure_honest_on_strangers():
    generator = np.random.default_rng(0)
    logits = generator.standard_normal((2000, 4))
    truth = np.array([generator.choice(4, p=row) for row in softmax(logits, axis=1)])
    folds = np.repeat(np.arange(4), 500)
    made = Predictions(
        emotions=("calm", "happy", "sad", "angry"),
        truth=truth,
        probabilities=softmax(3 * logits, axis=1),
        speakers=np.char.add("speaker-", folds.astype(str)),
        corpora=np.full(2000, "one"),
        folds=folds,
    )
    found = summarise("made", [cross_fitted(made)])
    assert found.certainty.ece > 0.2
    assert found.calibrated.ece < 0.05
    assert found.calibrated.accuracy == found.accuracy, "the answers stay the same"


def test_corpora_are_tried_on_one_another():
    data = make(emotion_size=2.0, corpora=("one", "two"))
    pairs = {pair: run(data, [split]) for pair, split in splits.cross_corpus(data).items()}
    assert {pair: found.repetitions[0].n_clips for pair, found in pairs.items()} == {
        ("one", "two"): 72,
        ("two", "one"): 72,
    }
    assert all(found.uar > 0.8 for found in pairs.values())
    left_out = run(data, splits.leave_one_corpus_out(data))
    assert {name: part.uar for name, part in left_out.by_corpus.items()} == {
        "one": pytest.approx(pairs["two", "one"].uar),
        "two": pytest.approx(pairs["one", "two"].uar),
    }, "of two corpora, leaving one out is training on the other"
