"""From the venue's rows to what the house is told."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from broker_adapters.base import Fill, OrderReport
from broker_adapters.paper.answers import Changes, Placed
from broker_adapters.paper.money import average
from broker_adapters.paper.rows import Change, PaperOrder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


class KeptFill(msgspec.Struct, frozen=True, kw_only=True):
    """A fill as it is kept beside its order."""

    n: int
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    at: datetime
    version: int


class KeptOrder(PaperOrder, frozen=True, kw_only=True):
    """An order as it is kept: when it last changed, and its fills."""

    changed_at: datetime
    version: int
    fills: tuple[KeptFill, ...]


def fills_of(order: KeptOrder) -> tuple[Fill, ...]:
    """Return an order's fills. Their key is the venue's own, the same however they are heard of."""
    return tuple(
        Fill(
            fill_key=f"{order.order_id}:{fill.n}",
            broker_trade_id=f"{order.order_id}:{fill.n}",
            broker_order_id=str(order.order_id),
            client_order_id=order.client_order_id,
            symbol=order.symbol,
            side=order.side,
            quantity=fill.quantity,
            price=fill.price,
            fee=fill.fee,
            fee_currency=fill.fee_currency,
            at=fill.at,
        )
        for fill in order.fills
    )


def report_of(order: KeptOrder) -> OrderReport:
    """Return an order as the venue knows it."""
    filled = order.filled_quantity
    return OrderReport(
        broker_order_id=str(order.order_id),
        client_order_id=order.client_order_id,
        symbol=order.symbol,
        side=order.side,
        quantity=order.quantity,
        state=order.state,
        filled_quantity=filled,
        average_price=average(order.filled_notional, filled) if filled else None,
        at=order.changed_at,
        fills=fills_of(order),
        reason=order.reason,
    )


def as_kept(order: PaperOrder, change: Change, *, version: int, at: datetime) -> KeptOrder:
    """Return an order of a change as it is kept, with the fills it got there."""
    row = {name: getattr(order, name) for name in PaperOrder.__struct_fields__}
    fills = tuple(
        KeptFill(
            n=fill.n,
            quantity=fill.quantity,
            price=fill.price,
            fee=fill.fee,
            fee_currency=fill.fee_currency,
            at=at,
            version=version,
        )
        for fill in change.fills
        if fill.order_id == order.order_id
    )
    return KeptOrder(**row, fills=fills, version=version, changed_at=at)


def placed(change: Change, order_id: UUID, *, version: int, at: datetime) -> Placed:
    """Return the answer to a submit whose change is committed."""
    order = next(order for order in change.orders if order.order_id == order_id)
    return Placed(
        report=report_of(as_kept(order, change, version=version, at=at)),
        version=version,
        moved_others=len(change.orders) > 1,
    )


def changes(orders: Sequence[KeptOrder], *, version: int, has_working: bool) -> Changes:
    """Return the answer about what changed."""
    return Changes(
        version=version,
        reports=tuple(report_of(order) for order in orders),
        versions=tuple(order.version for order in orders),
        has_working=has_working,
    )
