from __future__ import annotations

import pytest

from bench.wire import Counter

READY = b"Z\x00\x00\x00\x05I"
ROW = b"D\x00\x00\x00\x0bZZZZZZZ"


def test_each_answer_that_is_finished_counts_once() -> None:
    counter = Counter()
    counter.take(1, ROW + READY + ROW + ROW + READY)

    assert counter.round_trips == 2


@pytest.mark.parametrize("cut", range(len(ROW + READY)))
def test_answer_that_comes_in_parts_counts_once(cut: int) -> None:
    counter = Counter()
    counter.take(1, (ROW + READY)[:cut])
    counter.take(1, (ROW + READY)[cut:])

    assert counter.round_trips == 1


def test_parts_of_two_connections_are_kept_apart() -> None:
    counter = Counter()
    counter.take(1, READY[:3])
    counter.take(2, READY)
    counter.take(1, READY[3:])

    assert counter.round_trips == 2
