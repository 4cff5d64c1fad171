"""Examination of a model: its recipe by every kind of split, and its own answers."""

from dataclasses import replace
from unittest import mock

import numpy as np
import pytest

from ser_core.concurrency.parallel import Workers
from ser_core.errors import TrainingError
from ser_core.evaluation.ablation import ablate
from ser_core.evaluation.results import fit
from ser_core.models.calibration import REFUSED_SHARE_OF_STRANGERS, UNCALIBRATED, Calibration
from tests.ser_core.examinations import EMOTIONS, OPTIONS, clips, examined, model, quickly

LEFT_OUT = "leave-one-corpus-out"


def test_all_that_the_clips_allow_is_done_in_the_order_of_the_report():
    found = examined()
    assert list(found.evaluations) == [
        "speaker-independent",
        "loso",
        "leave-one-corpus-out",
        "ravdess-alone",
        "random",
    ]
    assert set(found.pairs) == {("ravdess", "nemo"), ("nemo", "ravdess")}
    assert found.skipped == {"emobox": "EmoBox's folds take all 24 actors of RAVDESS speech."}
    assert found.headline is found.evaluations["speaker-independent"]
    assert found.headline.uar > 0.5, "chance is 0.25"


def test_the_recipe_of_the_model_is_trained_anew_with_the_seed_asked_for():
    found = quickly(model("ravdess"), clips("ravdess"), ways=["loso"], seed=5)
    assert found.options == replace(OPTIONS, seed=5)
    assert list(found.evaluations) == ["loso"]
    assert len(examined().headline.repetitions) == 2, "as many as partitions were asked for"


def test_the_model_itself_is_asked_only_about_people_it_never_heard():
    found = examined()
    assert set(found.own_answers) == {"nemo"}
    assert found.left_out == ("ravdess",)
    heard = quickly(model("ravdess"), clips("ravdess-song", "nemo"), ways=["loso"])
    assert heard.left_out == ("ravdess-song",), "the same actors sing there"
    assert set(heard.own_answers) == {"nemo"}


def test_its_own_answers_are_those_that_it_gives():
    asked = replace(model("ravdess"), calibration=Calibration(temperature=2.0, threshold=0.5))
    data = clips("nemo")
    found = quickly(asked, data, ways=["loso"]).own_answers["nemo"]
    (rows,) = found.out_of_fold
    np.testing.assert_allclose(rows.calibrated, asked.predict_proba(data.features))
    confidence = asked.predict_proba(data.features).max(axis=1)
    assert found.calibrated.refused_share == pytest.approx(np.mean(confidence < 0.5))


def test_a_family_that_says_nothing_is_not_missed_and_the_one_that_tells_is():
    telling, nothing = examined().ablation
    assert (telling.family, nothing.family) == ("prosody", "chroma")
    assert telling.change < -0.2
    assert telling.interval.high < 0
    assert nothing.change == pytest.approx(0.0, abs=0.1)
    assert nothing.uar == pytest.approx(examined().headline.uar + nothing.change)
    assert telling.n_features + nothing.n_features == clips("nemo").features.shape[1]


@pytest.mark.slow
def test_what_the_clips_do_not_allow_is_left_out_with_the_reason_or_refused_if_asked_for():
    data = clips("ravdess")
    found = quickly(model("ravdess"), data, skip=True)
    assert set(found.skipped) == {
        *("leave-one-corpus-out", "cross-corpus", "emobox", "ravdess-alone")
    }
    assert "two corpora" in found.skipped["cross-corpus"]
    with pytest.raises(TrainingError, match="two corpora"):
        quickly(model("ravdess"), data, ways=["loso", "cross-corpus"])


def test_what_cannot_end_well_is_said_before_the_work():
    asked, data = model("ravdess"), clips("ravdess")
    with pytest.raises(TrainingError, match="--ablation needs"):
        quickly(asked, data, ways=["random"], with_ablation=True)
    with pytest.raises(TrainingError, match="two emotions"):
        quickly(asked, data.take(data.emotions == "calm"))
    with pytest.raises(TrainingError, match="too few"):
        quickly(asked, data.take(np.array([0, 4])), skip=True)
    alone = replace(data, families=("prosody",))
    with pytest.raises(TrainingError, match="only one family"):
        ablate(alone, examined().headline, [], options=OPTIONS, workers=Workers(1))


def test_strangers_are_only_asked_about_and_the_recipe_never_learns_from_them():
    data, strangers = clips("ravdess"), clips("nemo", seed=1)
    asked = model("ravdess")
    found = quickly(asked, data, strangers=strangers, ways=["speaker-independent"])
    assert found.headline.by_corpus == {}, "one corpus"
    assert found.own_answers["nemo"].repetitions[0].n_clips == len(strangers)
    # What has no calibration yet is calibrated on speakers who were left out, and no stranger.
    (rows,) = found.own_answers["nemo"].out_of_fold
    assert found.calibration == fit(found.headline.out_of_fold)
    assert set(rows.thresholds) == {found.calibration.threshold}


def test_what_is_reported_is_calibrated_on_other_corpora_that_were_left_out():
    data = clips("ravdess", "nemo")
    found = quickly(model("ravdess", "nemo"), data, ways=["speaker-independent", LEFT_OUT])
    (left_out,) = found.evaluations[LEFT_OUT].out_of_fold
    assert found.calibration == fit([left_out], refused_share=REFUSED_SHARE_OF_STRANGERS)
    for corpus in ("ravdess", "nemo"):
        other = fit(
            [left_out.take(left_out.corpora != corpus)], refused_share=REFUSED_SHARE_OF_STRANGERS
        )
        assert set(left_out.thresholds[left_out.corpora == corpus]) == {other.threshold}
    rows = found.headline.out_of_fold[0]
    for fold in np.unique(rows.folds):
        speakers = rows.speakers[rows.folds == fold]
        strangers = left_out.take(~np.isin(left_out.speakers, speakers))
        others = fit([strangers], refused_share=REFUSED_SHARE_OF_STRANGERS)
        assert set(rows.thresholds[rows.folds == fold]) == {others.threshold}
    mean = found.means[LEFT_OUT]
    uars = [one.uar_among_own for one in found.evaluations[LEFT_OUT].by_corpus.values()]
    assert (mean.n_corpora, mean.uar_among_own) == (2, pytest.approx(np.mean(uars)))


def test_a_model_is_not_calibrated_on_corpora_that_it_is_asked_about():
    found = quickly(model("ravdess"), clips("ravdess", "nemo"), ways=[LEFT_OUT])
    assert found.calibration == UNCALIBRATED
    assert found.own_answers["nemo"].calibrated is None


def test_emotions_that_few_corpora_have_are_left_out_of_a_second_figure():
    found = quickly(model("nemo"), clips("nemo"), strangers=clips("ravdess"), ways=["loso"])
    assert set(found.own_answers["ravdess"].by_emotion) == {"neutral", "happy", "angry"}
    assert found.own_answers_six == {}, "the model knows no calm"
    more = {"nemo": (*EMOTIONS["nemo"], "surprised"), "ravdess": (*EMOTIONS["nemo"], "surprised")}
    with mock.patch.dict(EMOTIONS, more):
        found = quickly(model("nemo"), clips("nemo"), strangers=clips("ravdess"), ways=["loso"])
    assert "surprised" in found.own_answers["ravdess"].by_emotion
    six = found.own_answers_six["ravdess"]
    assert set(six.by_emotion) == {"neutral", "happy", "angry"}
    assert six.uar_among_own >= six.uar
