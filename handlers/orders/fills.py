"""Taking in what a venue tells by itself: states and fills of orders that work there."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from broker_adapters.base import Fill, OrderReport
from bus.values import OrderState
from handlers.orders.outcomes import settlement_of_report
from handlers.records.orders import Settlement

if TYPE_CHECKING:
    from handlers.orders.desk import Desk, OnRead


async def take_event(
    event: OrderReport | Fill, desk: Desk, *, on_read: OnRead | None = None
) -> OrderState | None:
    """Record a report or a fill; `None` where the order is none of ours.

    Hearing the same twice changes nothing: fills are keyed by what stream and look-up both carry.
    """
    order = await desk.orders.by_client_id(desk.account.id, event.client_order_id)
    if order is None:
        return None
    if on_read is not None:
        on_read(order)
    match event:
        case OrderReport():
            settlement = settlement_of_report(order.id, event, desk)
        case Fill():
            settlement = Settlement(
                order_id=order.id,
                state=OrderState.PARTIALLY_FILLED,
                epoch=desk.lease.epoch,
                actor=desk.actor,
                broker_order_id=event.broker_order_id,
                fills=(event,),
            )
        case _:
            assert_never(event)
    settled = await desk.orders.settle(settlement)
    if settled.has_changed:
        await desk.tell(order.user_id)
    return settled.state
