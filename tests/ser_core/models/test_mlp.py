"""The networks: how clips, corpora and copies are weighed in training."""

from dataclasses import replace

import numpy as np
import pytest

from ser_core.errors import TrainingError
from ser_core.models.mlp import LEAST_STEPS, LEFT_OUT, TrainingOptions, build, fit, sample_weights
from tests.ser_core.datasets import dataset

QUICK = TrainingOptions(n_components=36, hidden_units=16, n_networks=1, epochs=100)


def clips(*counts):
    """Return clips by (corpus, emotion, how many)."""
    data = dataset((corpus, "x", name) for corpus, name, count in counts for _ in range(count))
    data.features[:, 0] += 3.0 * (data.emotions == "happy")
    return data


def test_every_emotion_weighs_the_same_and_every_corpus_in_it():
    data = clips(("one", "happy", 30), ("two", "happy", 10), ("one", "sad", 5), ("one", "calm", 55))
    weights = sample_weights(data)
    total = {
        (corpus, emotion): weights[(data.corpora == corpus) & (data.emotions == emotion)].sum()
        for corpus, emotion in {*zip(data.corpora.tolist(), data.emotions.tolist(), strict=True)}
    }
    assert weights.mean() == pytest.approx(1.0)
    assert total["one", "sad"] == pytest.approx(total["one", "calm"])
    assert total["one", "happy"] == pytest.approx(total["two", "happy"])
    assert total["one", "happy"] + total["two", "happy"] == pytest.approx(total["one", "sad"])


def test_altered_copies_are_learned_from_as_what_their_originals_are():
    data = clips(("one", "happy", 40), ("one", "sad", 40))
    shifted = data.features.copy()
    shifted[:, 0] += 10.0 * (data.emotions == "sad")  # there, it is the sad ones that stick out
    pipeline = fit(data, options=QUICK)
    assert pipeline.predict(shifted[data.emotions == "sad"]).tolist().count("sad") < 10
    taught = fit(
        replace(data, altered=shifted[:, None]),
        options=TrainingOptions(n_components=36, hidden_units=32, n_networks=1, epochs=300),
    )
    assert np.mean(taught.predict(shifted) == data.emotions) > 0.9
    assert np.mean(taught.predict(data.features) == data.emotions) > 0.8


def test_networks_hear_other_families_and_one_of_them_all():
    sizes = {"mel": 30, "prosody": 20, "voice": 10}
    columns = build(TrainingOptions(n_components=15), sizes=sizes, n_clips=100)["classify"].columns
    assert len(columns) == TrainingOptions().n_networks == len(LEFT_OUT)
    assert columns[0].tolist() == list(range(15 + 15 + 10))
    assert len({tuple(heard) for heard in columns}) >= 4
    alone = build(TrainingOptions(), sizes={"mel": 30}, n_clips=100)["classify"].columns
    assert all(heard.tolist() == list(range(30)) for heard in alone), "not left with nothing"


def test_features_that_are_not_those_of_their_families_are_refused():
    data = clips(("one", "happy", 5), ("one", "sad", 5))
    with pytest.raises(TrainingError, match="number"):
        fit(replace(data, features=data.features[:, 1:]), options=QUICK)


def test_few_clips_are_passed_over_more_often_and_many_not():
    options = TrainingOptions(n_components=5, hidden_units=4, n_networks=1, epochs=20)
    few = fit(clips(("one", "happy", 30), ("one", "sad", 34)), options=options)["classify"]
    assert few.networks_[0].n_iter_ == LEAST_STEPS
    many = fit(clips(("one", "happy", 700), ("one", "sad", 708)), options=options)["classify"]
    assert many.networks_[0].n_iter_ == 20


@pytest.mark.parametrize("emotions", [("happy", "sad"), ("angry", "happy", "sad", "calm")])
def test_networks_asked_by_hand_say_what_scikit_learn_says(emotions):
    data = clips(*(("one", emotion, 30) for emotion in emotions))
    pipeline = fit(data, options=TrainingOptions(hidden_units=16, n_networks=3, epochs=20))
    rows = pipeline[:-1].transform(data.features)
    networks = pipeline["classify"]
    asked = [
        network.predict_proba(rows[:, columns])
        for network, columns in zip(networks.networks_, networks.columns, strict=True)
    ]
    np.testing.assert_allclose(networks.predict_proba(rows), np.mean(asked, axis=0), atol=1e-6)
