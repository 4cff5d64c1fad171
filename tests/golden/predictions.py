"""Predictions, and the figures that are expected of them, worked out from their definitions.

Nothing of `ser_core.evaluation` is used: counts, means and draws are plain Python and numpy, and
scikit-learn has to agree where it has the same figure. The confidence of `one_speaker` and the
figures of `by_hand` can be checked on paper.
"""

import itertools
import math
from functools import cache

import numpy as np
from sklearn import metrics

from ser_core.emotions import EMOTION_NAMES

N_BINS = 15  # of confidence, of equal width; the upper end belongs to a bin
COVERAGES = (0.25, 0.5, 0.75, 1.0)
KEPT_COVERAGE = 0.75
N_RESAMPLES = 1000
BATCH = 100  # draws that the generator is asked for at once


def by_hand():
    """Return six clips of three emotions by two speakers: figures that can be checked on paper."""
    return {
        "emotions": ["happy", "sad", "angry"],
        "truth": [0, 0, 0, 0, 1, 1],
        "probabilities": [
            *([0.8, 0.15, 0.05], [0.7, 0.2, 0.1], [0.6, 0.1, 0.3], [0.3, 0.6, 0.1]),
            *([0.2, 0.5, 0.3], [0.1, 0.4, 0.5]),
        ],
        "speakers": ["ann", "ann", "bob", "bob", "ann", "bob"],
    }


def one_speaker():
    """Return one speaker, an emotion never answered, one never spoken, and equal confidences."""
    return {
        "emotions": ["neutral", "happy", "sad", "angry"],
        "truth": [0, 0, 1, 1, 3, 3, 3, 0],
        "probabilities": [
            *([0.5, 0.25, 0.25, 0.0], [0.25, 0.5, 0.25, 0.0], [0.25, 0.5, 0.25, 0.0]),
            *([0.25, 0.25, 0.5, 0.0], [0.75, 0.25, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]),
            *([0.0, 0.75, 0.25, 0.0], [1.0, 0.0, 0.0, 0.0]),
        ],
        "speakers": ["ann"] * 8,
    }


def many_clips():
    """Return 150 clips of eight emotions by six speakers, some harder, with calibration."""
    generator = np.random.default_rng(0)
    n_clips, n_emotions = 150, len(EMOTION_NAMES)
    truth = generator.integers(0, n_emotions, n_clips)
    speakers = generator.integers(0, 6, n_clips)
    scores = generator.normal(size=(n_clips, n_emotions))
    scores[np.arange(n_clips), truth] += 0.6 + 0.4 * speakers
    calibrated, plain = _softmax(scores), _softmax(2.0 * scores)
    return {
        "emotions": list(EMOTION_NAMES),
        "truth": truth.tolist(),
        "probabilities": plain.round(4).tolist(),
        "speakers": [f"speaker {number}" for number in speakers],
        "calibrated": calibrated.round(4).tolist(),
        "thresholds": np.where(speakers < 3, 0.5, 0.4).tolist(),
    }


def _softmax(scores):
    powers = np.exp(scores)
    return powers / powers.sum(axis=1, keepdims=True)


# --- Expected figures ---


def expected(case):
    """Return what a report should say of predictions, with plain numbers and lists."""
    truth, rows, emotions = case["truth"], case["probabilities"], case["emotions"]
    answers = [row.index(max(row)) for row in rows]
    pairs = list(zip(truth, answers, strict=True))
    confusion = [[pairs.count((one, other)) for other in _columns(case)] for one in _columns(case)]
    by_emotion = {}
    for column in sorted(set(truth)):
        right, n_clips = confusion[column][column], truth.count(column)
        recall, precision = right / n_clips, right / max(answers.count(column), 1)
        f1 = 2 * right / (n_clips + answers.count(column))
        by_emotion[emotions[column]] = {
            "precision": precision,
            "recall": recall,
            "f1": f1,
            "n_clips": n_clips,
        }
    figures = {
        "n_clips": len(truth),
        "accuracy": sum(one == other for one, other in pairs) / len(pairs),
        "uar": _mean(one["recall"] for one in by_emotion.values()),
        "f1": _mean(one["f1"] for one in by_emotion.values()),
        "by_emotion": by_emotion,
        "by_speaker": {name: _uar(theirs) for name, theirs in _by_speaker(case, pairs).items()},
        "confusion": confusion,
        "accuracy_interval": _interval(case, pairs, _accuracy),
        "uar_interval": _interval(case, pairs, _uar),
        "certainty": _certainty(truth, rows),
        "calibrated": None,
    }
    if "calibrated" in case:
        figures["calibrated"] = _certainty(truth, case["calibrated"], case["thresholds"])
    _compare_with_scikit_learn(figures, truth, answers, emotions)
    return figures


def _columns(case):
    return range(len(case["emotions"]))


def _by_speaker(case, pairs):
    found = {name: [] for name in sorted(set(case["speakers"]))}
    for pair, name in zip(pairs, case["speakers"], strict=True):
        found[name].append(pair)
    return found


def _mean(values):
    values = list(values)
    return sum(values) / len(values)


def _accuracy(pairs):
    return _mean(one == other for one, other in pairs)


def _uar(pairs):
    occurring = sorted({one for one, _ in pairs})
    return _mean(_mean(other == one for a, other in pairs if a == one) for one in occurring)


def _interval(case, pairs, figure):
    """Return the ends of the middle 95 % of the figure over speakers drawn with replacement.

    The draws are those that numpy's generator gives for seed 0, batch by batch; their ends are
    compared with those of all draws that there are.
    """
    of_speaker = list(_by_speaker(case, pairs).values())
    n_speakers = len(of_speaker)
    if n_speakers < 2:
        return None

    @cache
    def of_sorted(drawn):
        return figure([pair for speaker in drawn for pair in of_speaker[speaker]])

    def figures_of(draws):
        return [of_sorted(tuple(sorted(drawn))) for drawn in draws]

    generator = np.random.default_rng(0)
    draws = [
        drawn
        for _ in range(N_RESAMPLES // BATCH)
        for drawn in generator.integers(0, n_speakers, (BATCH, n_speakers)).tolist()
    ]
    low, high = np.percentile(figures_of(draws), [2.5, 97.5]).tolist()
    every = figures_of(itertools.product(range(n_speakers), repeat=n_speakers))
    bounds = np.quantile(every, [0.01, 0.04, 0.96, 0.99], method="inverted_cdf")
    assert bounds[0] <= low <= bounds[1], "the draws are not like all that there are"
    assert bounds[2] <= high <= bounds[3], "the draws are not like all that there are"
    return [low, high]


def _certainty(truth, rows, thresholds=None):
    clips = [
        (max(row), float(row.index(max(row)) == one)) for row, one in zip(rows, truth, strict=True)
    ]
    error = 0.0
    for number in range(N_BINS):
        low, high = number / N_BINS, (number + 1) / N_BINS
        inside = [clip for clip in clips if low < clip[0] <= high]
        if inside:
            gap = _mean(right for _, right in inside) - _mean(sure for sure, _ in inside)
            error += len(inside) / len(clips) * abs(gap)
    risks = _risks(clips)
    accuracy = _mean(right for _, right in clips)
    kept = 1.0 - risks[math.ceil(KEPT_COVERAGE * len(clips)) - 1]
    sure = None
    if thresholds is not None:
        sure = [right for (c, right), t in zip(clips, thresholds, strict=True) if c >= t]
    return {
        "ece": error,
        "risks": {str(share): risks[math.ceil(share * len(clips)) - 1] for share in COVERAGES},
        "area": _mean(risks),
        "accuracy": accuracy,
        "accuracy_at_coverage": kept,
        "gain": kept / accuracy - 1.0,
        "refused_share": None if sure is None else 1.0 - len(sure) / len(clips),
        "accuracy_when_sure": None if sure is None else _mean(sure),
    }


def _risks(clips):
    """Return the share of wrong answers among the k surest; the equally sure share their errors."""
    risks, wrong = [], 0.0
    for confidence in sorted({one for one, _ in clips}, reverse=True):
        level = [1.0 - right for one, right in clips if one == confidence]
        for _ in level:
            wrong += _mean(level)
            risks.append(wrong / (len(risks) + 1))
    return risks


def _compare_with_scikit_learn(figures, truth, answers, emotions):
    occurring = sorted(set(truth))
    options = {"labels": occurring, "average": "macro", "zero_division": 0.0}
    theirs = {
        "accuracy": metrics.accuracy_score(truth, answers),
        "uar": metrics.recall_score(truth, answers, **options),
        "f1": metrics.f1_score(truth, answers, **options),
    }
    for name, value in theirs.items():
        assert math.isclose(figures[name], value, rel_tol=1e-12), name
    table = metrics.confusion_matrix(truth, answers, labels=range(len(emotions)))
    assert figures["confusion"] == table.tolist()


CASES = {make.__name__: make for make in (by_hand, one_speaker, many_clips)}
