"""Buckets of tokens, by a clock that the test turns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy import rates
from bot.policy.rates import RateLimiter


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def taken(rates: RateLimiter, key: object, tries: int) -> int:
    """Return how many tokens were there to take, of so many tries."""
    count = 0
    for _ in range(tries):
        if rates.retry_after(key) == 0:  # type: ignore[arg-type]
            rates.take(key)  # type: ignore[arg-type]
            count += 1
    return count


def test_a_minutes_worth_may_be_had_at_once_and_no_more():
    assert taken(RateLimiter(20, clock=Clock()), "Ada", 30) == 20


def test_who_has_none_left_is_told_when_the_next_one_comes():
    clock = Clock()
    rates = RateLimiter(20, clock=clock)
    taken(rates, "Ada", 20)
    assert rates.retry_after("Ada") == pytest.approx(3.0)
    clock.now = 2.0
    assert rates.retry_after("Ada") == pytest.approx(1.0)
    clock.now = 3.0
    assert taken(rates, "Ada", 5) == 1


def test_each_has_a_bucket_of_their_own():
    rates = RateLimiter(1, clock=Clock())
    assert [taken(rates, name, 2) for name in ("Ada", "Grace")] == [1, 1]


def test_no_rate_means_no_bound_and_nothing_to_remember():
    rates = RateLimiter(0, clock=Clock())
    assert taken(rates, "Ada", 1000) == 1000
    assert len(rates) == 0


def test_no_more_than_so_many_who_asked_lately_are_remembered(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rates, "MAX_BUCKETS", 3)
    clock = Clock()
    kept = RateLimiter(2, clock=clock)
    for key in (0, 1, 2, 1, 0, 3):
        taken(kept, key, 1)
    assert len(kept) == 3
    assert [taken(kept, key, 2) for key in (0, 2)] == [0, 2]


@given(st.lists(st.floats(0.0, 20.0), max_size=100), st.integers(1, 60))
def test_in_no_stretch_of_time_are_there_more_than_a_bucketful_and_what_fills_it(
    pauses: list[float], per_minute: int
):
    clock = Clock()
    bucket = RateLimiter(per_minute, clock=clock)
    times = []
    for pause in pauses:
        clock.now += pause
        if taken(bucket, "Ada", 1):
            times.append(clock.now)
    for first in range(len(times)):
        for last in range(first, len(times)):
            span = times[last] - times[first]
            assert last - first + 1 <= per_minute + span * per_minute / 60 + 1e-6
