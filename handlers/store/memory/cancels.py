"""Cancels in memory: a queued order ends at once, a live one's cancel is wanted from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.ids import uuid7
from bus.values import OrderState
from handlers.records.lifecycle import LIVE
from handlers.store.memory.rows import Hint
from telemetry.stages import Stage

if TYPE_CHECKING:
    from bus.values import AccountId, OrderId
    from handlers.records.alerts import NewCancel, NewSignal
    from handlers.records.orders import Order
    from handlers.store.memory.tables import Tables


def cancel_or_want(
    tables: Tables, signal: NewSignal, cancel: NewCancel
) -> list[tuple[OrderId, AccountId]]:
    """Cancel what an alert names; return the live orders whose cancel must be hinted."""
    named = [
        order
        for order in tables.orders.values()
        if order.account_id == cancel.account_id
        and order.user_id == signal.user_id
        and cancel.symbol in {None, order.symbol}
    ]
    for order in named:
        if order.state is OrderState.QUEUED:
            cancel_queued(tables, order, actor="edge")
    return [
        (order.id, order.account_id)
        for order in named
        if order.state in LIVE and want_cancel(tables, order, actor="edge")
    ]


def cancel_queued(tables: Tables, order: Order, *, actor: str) -> None:
    """End an order that was not sent."""
    tables.change(order, state=OrderState.CANCELLED)
    tables.write(
        order,
        Stage.CANCEL_REQUESTED,
        moved=(OrderState.QUEUED, OrderState.CANCELLED),
        actor=actor,
    )


def want_cancel(tables: Tables, order: Order, *, actor: str) -> bool:
    """Note that a live order shall be cancelled; saying it twice changes nothing."""
    if order.cancel_requested_at is None:
        now = tables.clock.now()
        tables.change(order, cancel_requested_at=now)
        tables.write(order, Stage.CANCEL_REQUESTED, moved=(order.state, order.state), actor=actor)
        tables.outbox[order.id] = Hint(id=uuid7(), is_cancel=True, created_at=now)
    return True
