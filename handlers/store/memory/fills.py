"""Executions in memory: one that is heard of twice counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.ids import uuid7
from handlers.records.views import FillView

if TYPE_CHECKING:
    from handlers.records.orders import Order, Settlement
    from handlers.store.memory.tables import Tables


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
