"""Fates that are repeatable, in the shares that were asked for."""

from __future__ import annotations

from collections import Counter

from infra.local.doubles.hostility import Fate, Fates, Hostility

HALF_LATE = Hostility(late_share=0.5, late_ms=(10, 20))


def fates(seed: int, hostility: Hostility, keys: range) -> dict[str, Fate]:
    drawn = Fates(seed)
    drawn.set(hostility, "submit")
    return {str(key): drawn.sentence("submit", str(key)).fate for key in keys}


def test_same_seed_gives_same_fates_in_whatever_order() -> None:
    there = fates(7, HALF_LATE, range(100))
    back = fates(7, HALF_LATE, range(99, -1, -1))

    assert there == back


def test_another_seed_gives_other_fates() -> None:
    assert fates(7, HALF_LATE, range(100)) != fates(8, HALF_LATE, range(100))


def test_shares_are_kept() -> None:
    hostility = Hostility(late_share=0.2, held_share=0.1, swallow_after=0.05, swallow_before=0.05)

    counts = Counter(fates(1, hostility, range(10_000)).values())

    assert abs(counts[Fate.LATE] - 2000) < 150
    assert abs(counts[Fate.HELD] - 1000) < 150
    assert abs(counts[Fate.SWALLOWED_AFTER] - 500) < 100
    assert abs(counts[Fate.SWALLOWED_BEFORE] - 500) < 100


def test_request_asked_again_gets_another_chance() -> None:
    drawn = Fates(1)
    drawn.set(Hostility(swallow_before=0.5), "find")

    answers = {drawn.sentence("find", "one").fate for _ in range(20)}

    assert answers == {Fate.HONEST, Fate.SWALLOWED_BEFORE}


def test_kind_that_was_not_named_is_served_honestly() -> None:
    drawn = Fates(1)
    drawn.set(Hostility(swallow_before=1), "submit")

    assert drawn.sentence("cancel", "one").fate is Fate.HONEST


def test_lateness_lies_within_its_span() -> None:
    drawn = Fates(1)
    drawn.set(Hostility(late_share=1, late_ms=(10, 20)), "submit")

    waits = [drawn.sentence("submit", str(n)).seconds for n in range(50)]

    assert 0.010 <= min(waits) < max(waits) <= 0.020
