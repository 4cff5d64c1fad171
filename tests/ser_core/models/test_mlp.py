"""The networks: how clips, corpora and copies are weighed in training."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from ser_core.emotions import EMOTION_NAMES
from ser_core.errors import TrainingError
from ser_core.models import mlp
from ser_core.models.mlp import (
    DROPPED_FAMILIES,
    ENCODER_OPTIONS,
    LEAST_STEPS,
    Standardiser,
    TrainingOptions,
    build,
    default_options,
    sample_weights,
)
from tests.ser_core.datasets import dataset, training_arrays

QUICK = TrainingOptions(n_components=36, hidden_units=16, n_networks=1, epochs=100)


def clips(*counts):
    """Return clips by (corpus, emotion, how many)."""
    data = dataset((corpus, "x", name) for corpus, name, count in counts for _ in range(count))
    data.features[:, 0] += 3.0 * (data.emotions == "happy")
    return data


def votes(data, **counts):
    """Return the same votes for every clip."""
    row = [counts.get(name, 0) for name in EMOTION_NAMES]
    return np.tile(np.array(row, dtype=np.float64), (len(data), 1))


def fit(data, *, options):
    return mlp.fit(**training_arrays(data), options=options)


def test_every_emotion_weighs_the_same_and_every_corpus_in_it():
    data = clips(("one", "happy", 30), ("two", "happy", 10), ("one", "sad", 5), ("one", "calm", 55))
    weights = sample_weights(data.emotions, data.corpora)
    total = {
        (corpus, emotion): weights[(data.corpora == corpus) & (data.emotions == emotion)].sum()
        for corpus, emotion in {*zip(data.corpora.tolist(), data.emotions.tolist(), strict=True)}
    }
    assert weights[weights > 0].mean() == pytest.approx(1.0)
    assert ((weights > 0).sum(axis=1) == 1).all(), "of its own emotion alone"
    assert total["one", "sad"] == pytest.approx(total["one", "calm"])
    assert total["one", "happy"] == pytest.approx(total["two", "happy"])
    assert total["one", "happy"] + total["two", "happy"] == pytest.approx(total["one", "sad"])


def test_with_votes_a_clip_counts_as_its_emotions_do_and_its_label_stays_as_it_is():
    data = clips(("one", "happy", 30), ("two", "happy", 10), ("one", "sad", 5), ("one", "calm", 55))
    soft = replace(data, votes=votes(data, calm=3, happy=1)).labels(votes=0.5)
    weights = sample_weights(data.emotions, data.corpora, soft)
    assert weights[weights > 0].mean() == pytest.approx(1.0)
    rows = weights.sum(axis=1)
    by_emotion = soft[:, [EMOTION_NAMES.index(name) for name in ("calm", "happy", "sad")]]
    one = data.corpora == "one"
    np.testing.assert_allclose(weights[one], by_emotion[one] * rows[one, None])
    # A sad clip is half sad; of sad there are five, of calm fifty-five and many votes besides.
    assert rows[data.emotions == "sad"].min() > 3 * rows[data.emotions == "calm"].max()
    two = weights[data.corpora == "two"]
    assert (two[:, [0, 2]] == 0).all(), "nobody acts calm there: no vote for it counts"


def test_a_clip_whose_votes_all_fall_away_keeps_the_acted_emotion():
    data = clips(("one", "happy", 3), ("one", "sad", 3))
    soft = replace(data, votes=votes(data, disgust=9)).labels(votes=1.0)
    weights = sample_weights(data.emotions, data.corpora, soft)
    np.testing.assert_array_equal(weights, sample_weights(data.emotions, data.corpora))


def test_whole_labels_are_learned_to_the_digit_as_scikit_learn_alone_learns_them():
    data = clips(("one", "happy", 40), ("two", "happy", 9), ("one", "sad", 20), ("two", "calm", 30))
    data = replace(data, altered=data.features[:, None] + 1, votes=votes(data, calm=1))
    options = replace(QUICK, n_networks=2)
    plain = fit(data, options=options)
    spread = mlp.fit(**training_arrays(data), labels=data.labels(votes=0.0), options=options)
    rows = plain.pipelines[0][:-1].transform(np.concatenate([data.features, data.altered[:, 0]]))
    # Written out as the weights of labels that are not shared: one for a clip, of mean 1.
    cells = list(zip(data.emotions.tolist(), data.corpora.tolist(), strict=True))
    n_corpora = {name: len({cell for cell in cells if cell[0] == name}) for name, _ in cells}
    weights = 1.0 / np.array([cells.count(cell) * n_corpora[cell[0]] for cell in cells])
    weights /= weights.mean()
    for number, columns in enumerate(plain.pipelines[0]["classify"].columns):
        alone = MLPClassifier(
            (options.hidden_units,),
            alpha=options.alpha,
            batch_size=options.batch_size,
            max_iter=plain.pipelines[0]["classify"].networks_[number].n_iter_,
            random_state=number,
        )
        with threadpool_limits(1), pytest.warns(match="Maximum iterations"):
            alone.fit(
                rows[:, columns],
                np.tile(data.emotions, 2),
                sample_weight=np.tile(weights, 2),
            )
        for found in (plain, spread):
            network = found.pipelines[0]["classify"].networks_[number]
            for one, other in zip(network.coefs_, alone.coefs_, strict=True):
                np.testing.assert_array_equal(one, other)


def test_a_network_learns_the_shares_in_which_listeners_heard_a_clip():
    data = clips(("one", "happy", 60), ("one", "sad", 60))
    heard = np.zeros((120, len(EMOTION_NAMES)))
    heard[:, [EMOTION_NAMES.index("happy"), EMOTION_NAMES.index("sad")]] = np.where(
        (data.emotions == "happy")[:, None], (7, 3), (3, 7)
    )
    soft = replace(data, votes=heard).labels(votes=1.0)
    # A penalty this weak leaves whole labels almost certain.
    options = replace(QUICK, alpha=0.01)
    whole, shared = (
        mlp.fit(**training_arrays(data), labels=labels, options=options).predict_proba(
            data.features
        )[data.emotions == "happy", 0]
        for labels in (None, soft)
    )
    assert whole.mean() > 0.9
    assert shared.mean() == pytest.approx(0.7, abs=0.05)


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


def test_a_feature_that_varies_by_rounding_alone_is_left_out():
    random = np.random.default_rng(0)
    rows = random.standard_normal((50, 2)).astype(np.float32)
    rows[:, 1] = np.nextafter(np.float32(1), np.float32(2), dtype=np.float32) ** (rows[:, 0] > 0)
    scaled = Standardiser().fit(rows).transform(rows)
    np.testing.assert_array_equal(scaled[:, 1], 0.0)
    assert scaled[:, 0].std() == pytest.approx(1.0, rel=1e-5)


def test_copies_may_count_less_than_their_clips():
    data = clips(("one", "happy", 40), ("one", "sad", 40))
    misleading = replace(data, altered=-5 * data.features[:, None])
    heard = [
        fit(misleading, options=replace(QUICK, copies=copies)).predict_proba(data.features)
        for copies in (1.0, 0.01)
    ]
    truth = np.array([data.emotions == "happy", data.emotions == "sad"]).T
    loss = [-np.log(found[truth]).mean() for found in heard]
    assert loss[1] < loss[0]


def test_ordinary_speech_has_a_share_of_the_neutral_weight():
    data = clips(("one", "neutral", 10), ("one", "sad", 30), ("read", "neutral", 50))
    weights = sample_weights(data.emotions, data.corpora, ordinary=0.1)
    neutral = weights[:, 0]
    assert neutral[data.corpora == "read"].sum() / neutral.sum() == pytest.approx(0.1)
    assert neutral.sum() == pytest.approx(weights[:, 1].sum())


def test_an_encoders_features_have_options_of_their_own():
    assert default_options(("whisper",)) == ENCODER_OPTIONS
    assert default_options(("whisper", "prosody")) == default_options(("mel",)) == TrainingOptions()


def test_the_model_of_clips_standardised_by_speaker_is_averaged_with_the_other():
    data = clips(("one", "happy", 40), ("one", "sad", 40))
    data = replace(data, speakers=np.array(["a", "b"] * 40))
    both = fit(data, options=replace(QUICK, by_speaker=True))
    each = [pipeline.predict_proba(data.features) for pipeline in both.pipelines]
    assert len(each) == 2
    assert not np.allclose(each[0], each[1])
    product = np.sqrt(each[0] * each[1])
    np.testing.assert_allclose(
        both.predict_proba(data.features), product / product.sum(axis=1, keepdims=True)
    )


def test_networks_hear_other_families_and_one_of_them_all():
    sizes = {"mel": 30, "prosody": 20, "voice": 10}
    columns = build(TrainingOptions(n_components=15), sizes=sizes, n_clips=100)["classify"].columns
    assert len(columns) == TrainingOptions().n_networks == len(DROPPED_FAMILIES)
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
    few = fit(clips(("one", "happy", 30), ("one", "sad", 34)), options=options).pipelines[0][
        "classify"
    ]
    assert few.networks_[0].n_iter_ == LEAST_STEPS
    many = fit(clips(("one", "happy", 700), ("one", "sad", 708)), options=options).pipelines[0][
        "classify"
    ]
    assert many.networks_[0].n_iter_ == 20


@pytest.mark.parametrize("emotions", [("happy", "sad"), ("angry", "happy", "sad", "calm")])
def test_networks_asked_by_hand_say_what_scikit_learn_says(emotions):
    data = clips(*(("one", emotion, 30) for emotion in emotions))
    [pipeline] = fit(
        data, options=TrainingOptions(hidden_units=16, n_networks=3, epochs=20)
    ).pipelines
    rows = pipeline[:-1].transform(data.features)
    networks = pipeline["classify"]
    asked = [
        network.predict_proba(rows[:, columns])
        for network, columns in zip(networks.networks_, networks.columns, strict=True)
    ]
    np.testing.assert_allclose(networks.predict_proba(rows), np.mean(asked, axis=0), atol=1e-6)
