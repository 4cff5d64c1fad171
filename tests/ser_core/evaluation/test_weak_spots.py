"""Weak spots, which a report names first."""

from dataclasses import replace

from ser_core.evaluation.weak_spots import weak_spots
from tests.ser_core.examinations import clips, examined, model, quickly


def test_the_lowest_recall_comes_first_and_the_biggest_confusion_is_named():
    found = examined()
    recalls = [
        (one.recall, emotion, corpus)
        for corpus, part in found.headline.by_corpus.items()
        for emotion, one in part.by_emotion.items()
    ]
    recall, emotion, corpus = min(recalls)
    first, *_ = said = weak_spots(found)
    assert first == (
        f"{emotion.capitalize()} on {corpus} is recognised in {100 * recall:.0f} % of its clips."
    )
    assert any("is taken for" in sentence for sentence in said)


def test_the_worst_pair_of_corpora_and_the_worst_speaker_are_named():
    found = examined()
    said = " ".join(weak_spots(found))
    worst = min(found.pairs, key=lambda pair: found.pairs[pair].uar)
    assert f"trained on {worst[0]} and tested on {worst[1]}" in said
    speakers = found.headline.by_speaker
    assert min(speakers, key=speakers.__getitem__) in said


def test_without_strangers_it_warns_and_without_a_second_corpus_it_says_so():
    flattering = quickly(model("ravdess"), clips("ravdess"), ways=["random"])
    assert "may flatter" in weak_spots(flattering)[-1]
    assert any("was not calibrated here" in sentence for sentence in weak_spots(flattering))
    alone = replace(flattering, skipped={"cross-corpus": "why"})
    assert any("from another corpus was not measured" in one for one in weak_spots(alone))
