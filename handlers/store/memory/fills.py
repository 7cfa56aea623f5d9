"""Executions in memory: one that is heard of twice counts once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bus.ids import uuid7
from handlers.records.lifecycle import UNRESOLVED
from handlers.records.views import FillView

if TYPE_CHECKING:
    from bus.values import OrderId
    from handlers.records.orders import Order, Settlement
    from handlers.store.memory.tables import Tables

_NEAR = timedelta(hours=1)


def take_fills(tables: Tables, order: Order, said: Settlement) -> int:
    """Write down the fills that are new, and return how many; none for what was never sent."""
    if order.attempts == 0:
        return 0
    new = [fill for fill in said.fills if (order.account_id, fill.fill_key) not in tables.fills]
    for fill in sorted(new, key=lambda fill: fill.fill_key):
        fill_id = uuid7()
        tables.fills[order.account_id, fill.fill_key] = FillView(
            id=str(fill_id),
            order_id=order.id,
            account_id=order.account_id,
            symbol=order.symbol,
            side=fill.side,
            quantity=fill.quantity,
            price=fill.price,
            fee=fill.fee,
            fee_currency=fill.fee_currency,
            broker_trade_id=fill.broker_trade_id,
            at=fill.at,
            traded_as=order.traded_as,
        )
        tables.enter(order.user_id, "fill", fill_id)
    return len(new)


def fills_of_others(tables: Tables, order: Order, said: Settlement) -> list[str]:
    """Return the keys of these executions that belong to other orders of the account."""
    if order.attempts == 0:
        return []
    known = ((fill.fill_key, tables.fills[order.account_id, fill.fill_key]) for fill in said.fills)
    return sorted(key for key, kept in known if kept.order_id != order.id)


def holder_at_venue(tables: Tables, order: Order, broker_order_id: str | None) -> OrderId | None:
    """Return the order that has this id at the venue already, where one that is looked up has it.

    Such ones were sent within a minute, and other days may use an id again.
    """
    if order.state not in UNRESOLVED or broker_order_id in {None, order.broker_order_id}:
        return None
    for other in tables.orders.values():
        is_other = other.account_id == order.account_id and other.id != order.id
        # A venue's markets may each count on their own.
        is_other = is_other and _traded(other) == _traded(order)
        is_near = abs(other.created_at - order.created_at) < _NEAR
        if is_other and is_near and _ids(other.broker_order_id) & _ids(broker_order_id):
            return other.id
    return None


def _traded(order: Order) -> str:
    return order.traded_as or order.symbol


def _ids(broker_order_id: str | None) -> frozenset[str]:
    """Return the venue's ids of one of ours, which may be two orders there."""
    return frozenset() if broker_order_id is None else frozenset(broker_order_id.split("+"))
