"""Which alert of a bar goes first, and for how long one waits for another."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bus.ids import uuid7
from bus.values import StrategyId
from handlers.records.orders import Mark, Order
from handlers.records.sizing_rules import Direction, DriftPolicy, Expected, Target
from handlers.sizing.moves import Holding
from handlers.sizing.same_bar import WINDOW, is_next, may_pass, patience_of
from telemetry.stages import Stage
from tests.unit.handlers.records.test_lifecycle import NOW, S, an_order

STEP = Decimal("0.001")
STRATEGY = StrategyId(uuid7())
A_MS = timedelta(milliseconds=1)


def an_alert(before: int | None, after: int | None = 5, **fields: Any) -> Order:
    """Make a queued order whose alert goes from one size to another."""
    direction = Direction.LONG if before else None
    expected = Expected(
        direction=direction,
        size=None if before is None else Decimal(before),
        policy=DriftPolicy.BLOCK,
        resync_to=None if after is None else Decimal(after),
    )
    told: dict[str, Any] = {
        "sizing": Target(size=Decimal(5), expected=expected),
        "strategy_id": STRATEGY,
        "created_at": NOW,
        "account_id": STRATEGY,
    }
    return an_order(S.QUEUED, **(told | fields))


def holding(position: int, *, working: int = 0) -> Holding:
    return Holding(position=Decimal(position), working=Decimal(working))


def delivered(after: timedelta) -> tuple[Mark, ...]:
    return (Mark(stage=Stage.DELIVERED, at=NOW + after),)


def test_an_alert_that_starts_from_what_is_held_is_next() -> None:
    assert is_next(an_alert(2), holding(2), STEP)


def test_an_alert_that_starts_from_what_will_be_held_is_next() -> None:
    assert is_next(an_alert(2), holding(1, working=1), STEP)


def test_an_alert_that_starts_elsewhere_is_not_next() -> None:
    assert not is_next(an_alert(2), holding(1), STEP)


def test_an_alert_without_sizes_is_always_next() -> None:
    assert is_next(an_alert(None), holding(1), STEP)


@pytest.mark.parametrize(
    ("now", "seen", "left"),
    [
        (0, 0, 150),
        (40, 0, 110),
        (40, 30, 110),
        (150, 140, 0),
        (900, 890, 0),
        # The record's clock is ahead of this process's: delivery alone counts.
        (-5000, -5010, 140),
    ],
)
def test_the_wait_ends_with_the_window_by_whichever_clock(now: int, seen: int, left: int) -> None:
    patience = patience_of(an_alert(2), delivered(seen * A_MS), NOW + now * A_MS)

    assert patience == left * A_MS


def test_an_order_of_no_strategy_waits_for_nothing() -> None:
    assert patience_of(an_alert(2, strategy_id=None), delivered(A_MS), NOW) == timedelta(0)


def test_an_order_that_nobody_delivered_waits_for_nothing() -> None:
    assert patience_of(an_alert(2), (), NOW) == timedelta(0)


def test_the_next_alert_passes_one_that_waits() -> None:
    assert may_pass(an_alert(0, 2), an_alert(2), holding(0), STEP)


@pytest.mark.parametrize(
    ("order", "ahead"),
    [
        (an_alert(1, 2), an_alert(2)),
        (an_alert(0, None), an_alert(2)),
        (an_alert(0, 2), an_alert(0)),
        (an_alert(0, 2), an_alert(2, strategy_id=StrategyId(uuid7()))),
        (an_alert(0, 2), an_alert(2, symbol="ETHUSDT")),
        (an_alert(0, 2), an_alert(2, created_at=NOW - WINDOW - A_MS)),
        (an_alert(0, 2, strategy_id=None), an_alert(2, strategy_id=None)),
    ],
)
def test_nothing_else_is_passed(order: Order, ahead: Order) -> None:
    assert not may_pass(order, ahead, holding(0), STEP)
