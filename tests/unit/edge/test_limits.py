"""How fast one strategy may send."""

from __future__ import annotations

from datetime import timedelta

from edge.kept.limits import TokenBuckets
from tests.builders import ManualClock


def test_burst_is_let_through_and_the_next_is_not() -> None:
    buckets = TokenBuckets(ManualClock(), rate=1, burst=3)

    taken = [buckets.take("a") for _ in range(4)]

    assert taken == [True, True, True, False]


def test_bucket_fills_again_at_its_rate() -> None:
    clock = ManualClock()
    buckets = TokenBuckets(clock, rate=2, burst=1)
    buckets.take("a")

    clock.go_on(timedelta(seconds=0.4))
    too_soon = buckets.take("a")
    clock.go_on(timedelta(seconds=0.1))

    assert (too_soon, buckets.take("a")) == (False, True)


def test_bucket_never_holds_more_than_the_burst() -> None:
    clock = ManualClock()
    buckets = TokenBuckets(clock, rate=100, burst=2)
    clock.go_on(timedelta(hours=1))

    taken = [buckets.take("a") for _ in range(3)]

    assert taken == [True, True, False]


def test_one_key_does_not_use_up_another() -> None:
    buckets = TokenBuckets(ManualClock(), rate=1, burst=1)
    buckets.take("a")

    assert buckets.take("b")


def test_number_of_buckets_is_bounded() -> None:
    buckets = TokenBuckets(ManualClock(), rate=1, burst=1, size=10)

    for key in range(100):
        buckets.take(key)

    assert len(buckets) == 10
