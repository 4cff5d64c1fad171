"""Rate limits, with a clock that the test sets."""

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
    """Return how many tokens could be taken, of a number of tries."""
    count = 0
    for _ in range(tries):
        if rates.retry_after(key) == 0:  # type: ignore[arg-type]
            rates.take(key)  # type: ignore[arg-type]
            count += 1
    return count


def test_the_tokens_of_a_minute_can_be_taken_at_once_and_no_more():
    assert taken(RateLimiter(20, clock=Clock()), "Ada", 30) == 20


def test_without_tokens_the_time_until_the_next_one_is_returned():
    clock = Clock()
    rates = RateLimiter(20, clock=clock)
    taken(rates, "Ada", 20)
    assert rates.retry_after("Ada") == pytest.approx(3.0)
    clock.now = 2.0
    assert rates.retry_after("Ada") == pytest.approx(1.0)
    clock.now = 3.0
    assert taken(rates, "Ada", 5) == 1


def test_each_key_has_a_bucket_of_its_own():
    rates = RateLimiter(1, clock=Clock())
    assert [taken(rates, name, 2) for name in ("Ada", "Grace")] == [1, 1]


def test_no_rate_means_no_limit_and_no_bucket():
    rates = RateLimiter(0, clock=Clock())
    assert taken(rates, "Ada", 1000) == 1000
    assert len(rates) == 0


def test_the_number_of_buckets_is_limited(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rates, "MAX_BUCKETS", 3)
    clock = Clock()
    kept = RateLimiter(2, clock=clock)
    for key in (0, 1, 2, 1, 0, 3):
        taken(kept, key, 1)
    assert len(kept) == 3
    assert [taken(kept, key, 2) for key in (0, 2)] == [0, 2]


@given(st.lists(st.floats(0.0, 20.0), max_size=100), st.integers(1, 60))
def test_in_no_period_are_there_more_tokens_than_a_full_bucket_and_its_refill(
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
