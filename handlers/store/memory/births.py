"""How an order comes into the memory record: its row, its outbox row, its first events."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from bus.ids import uuid7
from bus.values import OrderId, OrderState
from handlers.planning.client_ids import client_order_id
from handlers.records.orders import Mark, Order
from handlers.records.sizing_rules import Fixed
from handlers.store.memory.rows import Asked, Hint
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bus.values import UserId
    from handlers.records.alerts import NewOrder, NewSignal
    from handlers.records.orders import NextLeg
    from handlers.store.memory.tables import Tables


# What an order is that no send has touched yet.
_UNSENT: Mapping[str, Any] = MappingProxyType(
    {
        "frozen_quantity": None,
        "next_leg": None,
        "filled_quantity": Decimal(0),
        "average_price": None,
        "broker_order_id": None,
        "traded_as": None,
        "epoch": None,
        "send_started_at": None,
        "send_by": None,
        "attempts": 0,
        "cancel_requested_at": None,
        "cancel_sent_at": None,
    }
)


def record_order(
    tables: Tables,
    user: UserId,
    new: NewOrder,
    *,
    trace: tuple[str, str],
    signal: NewSignal | None = None,
) -> Order:
    """Write an order down: queued with its outbox row, or denied."""
    now = tables.clock.now()
    order = Order(
        id=new.id,
        user_id=user,
        account_id=new.account_id,
        strategy_id=None if signal is None else signal.strategy_id,
        signal_id=None if signal is None else signal.id,
        parent_id=new.parent_id,
        leg=1,
        seq=tables.next_seq(new.account_id),
        mode=new.mode,
        symbol=new.symbol,
        sizing=new.sizing,
        side=new.side,
        quantity=new.quantity,
        order_type=new.order_type,
        limit_price=new.limit_price,
        stop_price=new.stop_price,
        time_in_force=new.time_in_force,
        reduce_only=new.reduce_only,
        reference_price=new.reference_price,
        state=OrderState.QUEUED if new.denied_code is None else OrderState.DENIED,
        client_order_id=new.client_order_id,
        expires_at=new.expires_at if signal is None else _wanted_until(new, signal, now),
        error_code=new.denied_code,
        error_message=new.error_message,
        trace_id=trace[0],
        traceparent=trace[1],
        created_at=now,
        updated_at=now,
        mapping=new.mapping,
        **_UNSENT,
    )
    _keep(tables, order)
    return order


def _wanted_until(new: NewOrder, signal: NewSignal, now: datetime) -> datetime:
    """How long it is wanted is the edge's word; from when on is this clock's, as claims are."""
    return now + (new.expires_at - signal.received_at)


def write_birth(tables: Tables, order: Order, *, received_at: datetime, actor: str) -> None:
    """Write the first events of an order: received, recorded, and denied if it is."""
    tables.write_marks(order, (Mark(stage=Stage.EDGE_RECEIVED, at=received_at),), actor)
    queued = OrderState.QUEUED
    tables.write(order, Stage.EDGE_RECORDED, moved=(None, queued), actor=actor)
    if order.state is OrderState.DENIED:
        tables.write(
            order,
            Stage.DENIED,
            moved=(queued, OrderState.DENIED),
            actor=actor,
            evidence={"code": order.error_code},
        )


def record_second_leg(tables: Tables, first: Order, leg: NextLeg, *, actor: str) -> Order:
    """Write a reversal's opening part down, queued, in the place that the reversal has."""
    now = tables.clock.now()
    child_id = OrderId(uuid7())
    child = msgspec.structs.replace(
        first,
        id=child_id,
        parent_id=first.id,
        leg=2,
        sizing=Fixed(side=leg.side, quantity=leg.quantity),
        side=leg.side,
        quantity=leg.quantity,
        reduce_only=False,
        state=OrderState.QUEUED,
        client_order_id=client_order_id(child_id),
        error_code=None,
        error_message=None,
        created_at=now,
        updated_at=now,
        **_UNSENT,
    )
    _keep(tables, child)
    tables.write(
        child,
        Stage.EDGE_RECORDED,
        moved=(None, OrderState.QUEUED),
        actor=actor,
        evidence={"parent": str(first.id)},
    )
    return child


def _keep(tables: Tables, order: Order) -> None:
    tables.orders[order.id] = order
    tables.asked[order.id] = Asked(side=order.side, reduce_only=order.reduce_only)
    tables.client_ids[order.account_id, order.client_order_id] = order.id
    if order.state is OrderState.QUEUED:
        tables.outbox[order.id] = Hint(id=uuid7(), is_cancel=False, created_at=tables.clock.now())
