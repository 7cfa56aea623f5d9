"""Up to where streams can be read, from what is under way."""

from __future__ import annotations

import pytest

from handlers.store.postgres.horizon import Horizon, end_of

_A_TRANSACTION = 1 << 20


class Watch:
    """Seconds as a test has them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("snapshot", "first"),
    [("700:700:", 700), ("700:705:700,703", 700), ("702:705:702", 702)],
)
def test_reading_ends_before_the_first_that_is_under_way(snapshot: str, first: int) -> None:
    assert Horizon(Watch()).of(snapshot) == first * _A_TRANSACTION


def test_nothing_waits_longer_than_ten_seconds_for_one() -> None:
    watch = Watch()
    horizon = Horizon(watch)
    horizon.of("700:701:700")
    watch.now = 9.9
    assert horizon.of("700:705:700,704") == 700 * _A_TRANSACTION

    watch.now = 10.0

    assert horizon.of("700:706:700,704") == 704 * _A_TRANSACTION
    assert horizon.of("700:706:700") == 706 * _A_TRANSACTION


def test_one_that_ended_is_not_waited_for_by_its_time() -> None:
    watch = Watch()
    horizon = Horizon(watch)
    horizon.of("700:701:700")
    horizon.of("701:701:")
    watch.now = 11.0

    assert horizon.of("701:702:701") == 701 * _A_TRANSACTION


def test_no_transaction_has_the_number_of_the_end() -> None:
    assert end_of("700:705:700,703") == 705 * _A_TRANSACTION
