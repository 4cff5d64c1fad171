"""Confidence intervals over speakers."""

import numpy as np
import pytest

from ser_core.evaluation import intervals


def tallies(recalls, *, clips=10):
    """Return tallies of one repetition, a row per speaker, from the recall of each emotion."""
    right = np.asarray(recalls, dtype=float) * clips
    return np.stack([np.full_like(right, clips), right], axis=-1)[None]


def test_uar_and_accuracy_are_those_of_the_counts():
    counts = np.array([[4.0, 3.0], [2.0, 1.0], [0.0, 0.0]])
    assert intervals.uar(counts) == pytest.approx((3 / 4 + 1 / 2) / 2), "of emotions that occur"
    assert intervals.accuracy(counts) == pytest.approx(4 / 6)


def test_speakers_who_are_heard_alike_leave_no_doubt():
    interval = intervals.over_speakers(tallies([[0.5, 0.7]] * 6), intervals.uar)
    assert (interval.low, interval.high) == (pytest.approx(0.6), pytest.approx(0.6))


def test_the_interval_is_as_wide_as_theory_has_it():
    generator = np.random.default_rng(0)
    recalls = np.clip(0.6 + 0.1 * generator.standard_normal((100, 1)), 0, 1)
    interval = intervals.over_speakers(tallies(recalls), intervals.uar)
    error = recalls.std() / np.sqrt(100)  # of the mean of 100 speakers
    assert interval.low == pytest.approx(recalls.mean() - 1.96 * error, abs=0.3 * error)
    assert interval.high == pytest.approx(recalls.mean() + 1.96 * error, abs=0.3 * error)


def test_more_clips_of_the_same_speakers_make_it_no_narrower():
    recalls = [[0.2], [0.5], [0.6], [0.9]]
    few = intervals.over_speakers(tallies(recalls, clips=10), intervals.uar)
    many = intervals.over_speakers(tallies(recalls, clips=1000), intervals.uar)
    assert (few.low, few.high) == (pytest.approx(many.low), pytest.approx(many.high))


def test_a_difference_is_drawn_with_the_same_speakers_on_both_sides():
    recalls = np.array([[0.2], [0.5], [0.6], [0.9]])
    interval = intervals.over_speakers(
        tallies(recalls + 0.1), intervals.uar, minus=tallies(recalls)
    )
    assert (interval.low, interval.high) == (pytest.approx(0.1), pytest.approx(0.1))


def test_the_same_seed_gives_the_same_interval_and_one_speaker_none():
    counts = tallies([[0.2], [0.5], [0.9]])
    once, again = (intervals.over_speakers(counts, intervals.uar, seed=1) for _ in range(2))
    assert once == again
    assert once.low <= 0.5 <= once.high
    assert intervals.over_speakers(tallies([[0.5]]), intervals.uar) is None, "nothing of others"
