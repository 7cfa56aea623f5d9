from __future__ import annotations

import pytest

from bus.values import Side
from handlers.records.sizing_rules import (
    Direction,
    DriftPolicy,
    Expected,
    Fixed,
    SizingRule,
    Target,
)
from handlers.sizing.sized import Denied, Holding, Sized, size
from tests.unit.handlers.sizing.sizing_builders import D, a_holding, an_instrument, in_words

LONG = Direction.LONG


def expecting(
    held: str | None,
    policy: DriftPolicy = DriftPolicy.BLOCK,
    *,
    direction: Direction | None = None,
    resync_to: str | None = None,
) -> Expected:
    size_ = None if held is None else D(held)
    if size_:
        direction = LONG if size_ > 0 else Direction.SHORT
    return Expected(
        direction=direction,
        size=size_,
        policy=policy,
        resync_to=None if resync_to is None else D(resync_to),
    )


def decide(rule: SizingRule, holding: Holding) -> Sized | Denied:
    return size(rule, holding, an_instrument(), can_flip=True)


@pytest.mark.parametrize(
    ("policy", "position", "expected"),
    [
        # The alert flips long 1 to short 1.
        (DriftPolicy.BLOCK, "1", "sell 2"),
        (DriftPolicy.BLOCK, "0", "position_drift"),
        (DriftPolicy.BLOCK, "3", "sell 3 reduce"),
        (DriftPolicy.EXECUTE, "0", "sell 1"),
        (DriftPolicy.EXECUTE, "3", "sell 4"),
        (DriftPolicy.RESYNC, "3", "sell 4"),
        (DriftPolicy.FLATTEN, "3", "sell 3 reduce"),
        (DriftPolicy.FLATTEN, "0", "nothing_to_do"),
    ],
)
def test_a_flip_from_another_position_follows_the_policy(
    policy: DriftPolicy, position: str, expected: str
) -> None:
    rule = Target(size=D(-1), expected=expecting("1", policy))

    assert in_words(decide(rule, a_holding(position))) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (DriftPolicy.BLOCK, "position_drift"),
        (DriftPolicy.EXECUTE, "buy 1"),
        (DriftPolicy.RESYNC, "buy 2"),
        (DriftPolicy.FLATTEN, "nothing_to_do"),
    ],
)
def test_a_quantity_as_sent_follows_the_policy_too(policy: DriftPolicy, expected: str) -> None:
    # The alert adds 1 to long 1; nothing is held.
    expected_ = expecting("1", policy, resync_to="2")
    rule = Fixed(side=Side.BUY, quantity=D(1), expected=expected_)

    assert in_words(decide(rule, a_holding("0"))) == expected


def test_an_exit_passes_whatever_is_held() -> None:
    rule = Target(size=D(0), expected=expecting("1"))

    assert in_words(decide(rule, a_holding("-3"))) == "buy 3 reduce"


@pytest.mark.parametrize(
    ("expected", "position"),
    [
        (expecting(None, direction=LONG), "7"),
        (expecting(None), "0"),
        (expecting("1.0004"), "1"),
    ],
)
def test_what_agrees_is_no_drift(expected: Expected, position: str) -> None:
    rule = Fixed(side=Side.BUY, quantity=D(1), expected=expected)

    assert in_words(decide(rule, a_holding(position))) == "buy 1"


@pytest.mark.parametrize(
    ("expected", "position", "words"),
    [
        (expecting(None, direction=LONG), "0", "position_drift"),
        (expecting(None, direction=LONG), "-0.5", "buy 0.5 reduce"),
        (expecting(None), "1", "position_drift"),
    ],
)
def test_a_direction_alone_is_compared_as_one(
    expected: Expected, position: str, words: str
) -> None:
    rule = Fixed(side=Side.BUY, quantity=D(1), expected=expected)

    assert in_words(decide(rule, a_holding(position))) == words


def test_an_order_that_still_works_is_no_drift() -> None:
    rule = Target(size=D(2), expected=expecting("1"))

    assert in_words(decide(rule, a_holding("0", working="1"))) == "buy 1"


def test_drift_is_told_in_plain_words() -> None:
    decision = decide(Target(size=D(-1), expected=expecting("1")), a_holding("3"))

    assert isinstance(decision, Sized)
    assert str(decision.notes[0]) == "The alert believes long 1, the account holds 3."


def test_a_position_that_was_not_read_is_no_drift() -> None:
    rule = Fixed(side=Side.BUY, quantity=D(1), expected=expecting("1"))

    assert in_words(decide(rule, Holding())) == "buy 1"
