"""The weaknesses of a model in sentences, with which a report begins."""

from collections.abc import Iterator

from ser_core.evaluation.examination import (
    CROSS_CORPUS,
    HEADLINE,
    LEAVE_ONE_CORPUS_OUT,
    OWN_ANSWERS,
    RANDOM,
    Examination,
)
from ser_core.evaluation.metrics import confusions, percent
from ser_core.evaluation.results import Evaluation

N_SAID = 4  # recalls, and as many confusions
ACCEPTED_CALIBRATION_ERROR = 0.05


def weak_spots(examination: Examination) -> list[str]:
    """Return sentences on what is recognised worst: emotions, corpora, speakers, confidence.

    Parameters
    ----------
    examination
        An examination with at least one evaluation or pair of corpora.
    """
    return [
        *_emotions(examination.headline),
        *_corpora(examination),
        *_strange_corpora(examination),
        *_ordinary_speech(examination),
        *_speakers(examination.headline),
        *_confidence(examination.headline),
        *_flattery(examination),
    ]


def _emotions(headline: Evaluation) -> Iterator[str]:
    parts = headline.by_corpus or {"": headline}
    where = {corpus: f" on {corpus}" if corpus else "" for corpus in parts}
    recalls = [
        (one.recall, emotion, where[corpus])
        for corpus, part in parts.items()
        for emotion, one in part.by_emotion.items()
    ]
    for recall, emotion, place in sorted(recalls)[:N_SAID]:
        yield f"{emotion.capitalize()}{place} is recognised in {percent(recall)} of its clips."
    wrong = [
        (-one.share, one.acted, one.heard, where[corpus])
        for corpus, part in parts.items()
        for one in confusions(part.confusion, part.emotions)
    ]
    for minus_share, acted, heard, place in sorted(wrong)[:N_SAID]:
        share = percent(-minus_share)
        yield f"{acted.capitalize()}{place} is taken for {heard} in {share} of its clips."


def _corpora(examination: Examination) -> Iterator[str]:
    if examination.pairs:
        pair, worst = min(examination.pairs.items(), key=lambda item: item[1].uar)
        yield (
            f"Between corpora it does worst when trained on {pair[0]} and tested on {pair[1]}: "
            f"UAR {worst.uar:.2f}, where chance is {1 / len(worst.by_emotion):.2f}."
        )
    elif CROSS_CORPUS in examination.skipped:
        yield "How it does on people from another corpus was not measured: there is no other here."


def _strange_corpora(examination: Examination) -> Iterator[str]:
    """Yield the worst of the corpora that were left out, and of those that it never heard."""
    for way, words in (
        (LEAVE_ONE_CORPUS_OUT, "Of corpora left out in turn"),
        (OWN_ANSWERS, "Of corpora that it never heard"),
    ):
        parts = [one for one in examination.parts.get(way, ()) if len(one[1].by_emotion) > 1]
        if not parts:
            continue
        corpus, worst = min(parts, key=lambda item: item[1].uar)
        yield f"{words}, it does worst on {corpus}: UAR {worst.uar:.2f}."
        sure = [
            (one.calibrated.accuracy_when_sure, 1 - (one.calibrated.refused_share or 0.0), name)
            for name, one in parts
            if one.calibrated is not None and one.calibrated.accuracy_when_sure is not None
        ]
        if sure:
            right, share, corpus = min(sure)
            yield (
                f"{words}, being sure means least on {corpus}: right in {percent(right)} of the "
                f"{percent(share)} of the clips that it is sure of."
            )


def _ordinary_speech(examination: Examination) -> Iterator[str]:
    neutral = [
        (one.neutral.sure_of_a_feeling, corpus)
        for way in (LEAVE_ONE_CORPUS_OUT, OWN_ANSWERS)
        for corpus, one in examination.parts.get(way, ())
        if one.neutral is not None
    ]
    if neutral:
        share, corpus = max(neutral)
        yield (
            f"Of the neutral clips of {corpus}, whose voices it did not know, it surely hears a "
            f"feeling in {percent(share)}."
        )


def _speakers(headline: Evaluation) -> Iterator[str]:
    uars = headline.by_speaker
    if len(uars) > 1:
        worst, best = min(uars, key=uars.__getitem__), max(uars, key=uars.__getitem__)
        yield (
            f"From speaker to speaker it differs much: UAR {uars[worst]:.2f} for {worst}, "
            f"{uars[best]:.2f} for {best}."
        )


def _confidence(headline: Evaluation) -> Iterator[str]:
    before, after = headline.certainty, headline.calibrated
    if after is None:
        yield f"Its confidence is off by {before.ece:.2f} on average, and was not calibrated here."
    elif after.ece > ACCEPTED_CALIBRATION_ERROR:
        yield f"Even calibrated, its confidence is off by {after.ece:.2f} on average."


def _flattery(examination: Examination) -> Iterator[str]:
    strangers = examination.evaluations.get(HEADLINE)
    flattering = examination.evaluations.get(RANDOM)
    if strangers is None:
        yield "Nothing here is measured in folds of strangers: these figures may flatter."
    elif flattering is not None and flattering.uar > strangers.uar:
        yield (
            f"Of the UAR of {flattering.uar:.2f} in a random split, "
            f"{flattering.uar - strangers.uar:.2f} comes of knowing the speakers already."
        )
