"""Alerts of one bar that arrive swapped: which goes first, and how long one waits for another.

Pure. Each alert with sizes says from which position to which it goes; the one that starts from what
is really held goes first. One that does not waits a moment: the one between may be on its way.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.sizing.drift import drift_of
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from handlers.records.orders import Mark, Order
    from handlers.sizing.moves import Holding

# The record keeps to the same window (`pass_sibling` in the migrations).
WINDOW = timedelta(milliseconds=150)
_NONE = timedelta(0)


def is_next(order: Order, holding: Holding, step: Decimal) -> bool:
    """Say whether an alert's chain goes on from what is held; true where it names no sizes."""
    expected = order.sizing.expected
    if expected is None or expected.size is None or holding.position is None:
        return True
    return drift_of(order.sizing, holding, step).note is None


def patience_of(order: Order, marks: Sequence[Mark], now: datetime) -> timedelta:
    """Return for how long an order that is not next may wait for a sibling.

    Whatever the two clocks say, no longer than the window from its recording, and no longer than
    that from its delivery to this process, which alone is by one clock.
    """
    delivered = [mark.at for mark in marks if mark.stage is Stage.DELIVERED]
    if order.strategy_id is None or not delivered:
        return _NONE
    left = WINDOW - max(now - order.created_at, now - max(delivered), _NONE)
    return max(left, _NONE)


def may_pass(order: Order, ahead: Order, holding: Holding, step: Decimal) -> bool:
    """Say whether an order goes before an older one that waits for it, or for another like it."""
    expected = order.sizing.expected
    if expected is None or expected.size is None or expected.resync_to is None:
        return False
    is_sibling = order.strategy_id is not None and (
        (order.account_id, order.symbol, order.strategy_id)
        == (ahead.account_id, ahead.symbol, ahead.strategy_id)
    )
    return (
        is_sibling
        and order.created_at - ahead.created_at <= WINDOW
        and is_next(order, holding, step)
        and not is_next(ahead, holding, step)
    )
